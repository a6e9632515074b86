#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "engines/series_store/parquet/manifest.hpp"

/// Any bytes as a manifest: an error, or a series whose text describes it again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace aitrading::engines;
    const auto manifest = parse_manifest({reinterpret_cast<const char*>(data), size}, "series.manifest");
    if (!manifest) return 0;
    const auto again = parse_manifest(to_text(*manifest), "series.manifest");
    CHECK(again.has_value() && to_text(*again) == to_text(*manifest) && again->parts == manifest->parts);
    return 0;
}

#include "ports/series_store/conformance/conformance.hpp"

#include "engines/series_store/parquet/parquet_store.hpp"
#include "engines/series_store/parquet/tests/home_folder.hpp"

namespace aitrading::ports::conformance {
namespace {

FreshStore make(std::size_t part_rows) {
    auto folder = std::make_shared<engines::HomeFolder>();
    auto store = engines::open_parquet_store(folder->path(), {part_rows});
    return {folder, *std::move(store)};
}

INSTANTIATE_TEST_SUITE_P(Parquet, SeriesStoreConformance,
                         testing::Values([] { return make(1'000'000); }, [] { return make(999); }));

}  // namespace
}  // namespace aitrading::ports::conformance

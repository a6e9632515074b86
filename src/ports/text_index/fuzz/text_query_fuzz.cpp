#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "ports/text_index/text_query.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto terms = aitrading::ports::parse_text_query({reinterpret_cast<const char*>(data), size});
    if (!terms) return 0;
    // No character of any engine's language is left in a term.
    for (const auto& term : *terms)
        for (const char c : term.text)
            if (static_cast<unsigned char>(c) < 0x80 && c != ' ' && !(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z')) std::abort();
    return 0;
}

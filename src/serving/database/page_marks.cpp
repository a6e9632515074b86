#include "serving/database/page_marks.hpp"

#include "base/bytes.hpp"

namespace aitrading::serving {
namespace {

constexpr std::string_view magic = "dbp1", digits = "0123456789abcdef";
/// The longest place: a key of 512 bytes and an index of as many, with what lies around them.
constexpr std::size_t mark_bytes_max = 4'096;

std::unexpected<Error> no_mark() { return fail(ErrorCode::bad_input, "page: this is no mark of this question; take the one of its page before, or begin without"); }

}  // namespace

std::string make_mark(std::uint64_t print, std::string_view place) {
    ByteWriter out;
    out.put(print);
    out.put_text(place);
    return out.sealed(magic);
}

Result<std::string> read_mark(std::string_view mark, std::uint64_t print) {
    if (mark.size() > mark_bytes_max) return no_mark();
    auto in = ByteReader::unseal(mark, magic, "page");
    if (!in) return no_mark();
    const auto found = in->get<std::uint64_t>();
    std::string place = in->get_text();
    if (!in->at_end() || found != print) return no_mark();
    return place;
}

std::string make_text_mark(std::uint64_t print, std::string_view place) {
    std::string out;
    for (const char c : make_mark(print, place)) {
        const auto byte = static_cast<unsigned char>(c);
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

Result<std::string> read_text_mark(std::string_view mark, std::uint64_t print) {
    if (mark.size() % 2 != 0 || mark.size() > 2 * mark_bytes_max) return no_mark();
    std::string bytes;
    for (std::size_t i = 0; i < mark.size(); i += 2) {
        const std::size_t high = digits.find(mark[i]), low = digits.find(mark[i + 1]);
        if (high == std::string_view::npos || low == std::string_view::npos) return no_mark();
        bytes += static_cast<char>(high << 4 | low);
    }
    return read_mark(bytes, print);
}

std::string pack(TickPlace place) {
    ByteWriter out;
    out.put(place.time_ns);
    out.put(place.given);
    return out.bytes();
}

Result<TickPlace> unpack_tick_place(std::string_view bytes) {
    ByteReader in(bytes);
    TickPlace out;
    out.time_ns = in.get<std::int64_t>();
    out.given = in.get<std::int64_t>();
    if (!in.at_end() || out.given < 0) return no_mark();
    return out;
}

}  // namespace aitrading::serving

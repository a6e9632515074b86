#include "engines/series_store/parquet/manifest.hpp"

#include <fmt/format.h>

#include <charconv>

namespace aitrading::engines {
namespace {

constexpr std::string_view title = "aitrading-series ";
constexpr int version_max = 2;

std::string_view take(std::string_view& text, char end) {
    const std::size_t at = text.find(end);
    const std::string_view out = text.substr(0, at);
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
    return out;
}

template <class T>
bool read_number(std::string_view text, T& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && end == text.data() + text.size();
}

bool is_unit(std::int64_t unit) {
    while (unit > 1 && unit % 10 == 0) unit /= 10;
    return unit == 1;
}

bool read_part(std::string_view text, int version, Part& part) {
    part.file = std::string(take(text, ' '));
    return !part.file.empty() && part.file.find('/') == std::string::npos && read_number(take(text, ' '), part.rows) &&
           read_number(take(text, ' '), part.first.value) && read_number(take(text, ' '), part.last.value) &&
           read_number(take(text, ' '), part.price_digits) &&
           (version == 1 || (read_number(take(text, ' '), part.time_unit) && is_unit(part.time_unit) &&
                             read_number(take(text, ' '), part.size_unit) && is_unit(part.size_unit))) &&
           text.empty() && part.rows > 0 && part.price_digits >= 0 && part.price_digits <= 9;
}

bool read_line(std::string_view line, Manifest& manifest) {
    SeriesInfo& info = manifest.info;
    const std::string_view key = take(line, ' ');
    if (key == "symbol") {
        info.key.symbol = std::string(line);
        return !line.empty();
    }
    if (key == "timeframe") {
        const auto timeframe = parse_timeframe(line);
        if (timeframe) info.key.timeframe = *timeframe;
        return timeframe.has_value();
    }
    if (key == "part") return read_part(line, manifest.version, manifest.parts.emplace_back());
    std::int64_t value = 0;
    if (!read_number(line, value)) return false;
    if (key == "generation") manifest.generation = value;
    else if (key == "digits") info.digits = static_cast<int>(value);
    else if (key == "rows") info.rows = value;
    else if (key == "first") info.first.value = value;
    else if (key == "last") info.last.value = value;
    else if (key == "gaps") info.gaps = value;
    else if (key == "ask") info.has_ask = value != 0;
    else if (key == "spread") info.has_spread = value != 0;
    return true;  // a field added by a later build of the same format
}

}  // namespace

std::string to_text(const Manifest& m) {
    std::string out = fmt::format(
        "{}{}\nsymbol {}\ntimeframe {}\ngeneration {}\ndigits {}\nrows {}\nfirst {}\nlast {}\ngaps {}\nask {}\nspread {}\n",
        title, m.version, m.info.key.symbol, name(m.info.key.timeframe), m.generation, m.info.digits, m.info.rows,
        m.info.first.value, m.info.last.value, m.info.gaps, m.info.has_ask ? 1 : 0, m.info.has_spread ? 1 : 0);
    for (const Part& part : m.parts)
        out += fmt::format("part {} {} {} {} {}{}\n", part.file, part.rows, part.first.value, part.last.value,
                           part.price_digits,
                           m.version == 1 ? "" : fmt::format(" {} {}", part.time_unit, part.size_unit));
    return out;
}

Result<Manifest> parse_manifest(std::string_view text, const std::filesystem::path& file) {
    Manifest manifest;
    int row = 1;
    std::string_view first_line = take(text, '\n');
    bool ok = first_line.starts_with(title);
    if (ok) first_line.remove_prefix(title.size());
    ok = ok && read_number(first_line, manifest.version) && manifest.version >= 1;
    if (ok && manifest.version > version_max)
        return fail(ErrorCode::failed,
                    fmt::format("{}: series format {} was written by a newer build, this one knows {}; update the program",
                                file.string(), manifest.version, version_max));
    while (ok && !text.empty()) {
        ++row;
        ok = read_line(take(text, '\n'), manifest);
    }
    std::int64_t rows = 0;
    for (const Part& part : manifest.parts) rows += part.rows;
    if (ok && rows == manifest.info.rows && !manifest.info.key.symbol.empty()) return manifest;
    return fail(ErrorCode::failed,
                fmt::format("{}, line {}: not a series description of this program; remove the series and import it again",
                            file.string(), row));
}

std::string folder_name(std::string_view symbol) {
    std::string out;
    for (std::size_t i = 0; i < symbol.size(); ++i) {
        const auto c = static_cast<unsigned char>(symbol[i]);
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                           c == '-' || (c == '.' && i > 0);
        out += plain ? std::string(1, static_cast<char>(c)) : fmt::format("%{:02X}", c);
    }
    return out;
}

}  // namespace aitrading::engines

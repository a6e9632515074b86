#include "proving/backtest/service/csv_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstring>

namespace aitrading::backtest {
namespace {

bool two_digits(const char* p, int& out) {
    const auto a = static_cast<unsigned>(p[0] - '0'), b = static_cast<unsigned>(p[1] - '0');
    out = static_cast<int>(a * 10 + b);
    return a < 10 && b < 10;
}

/// `HH:MM[:SS[.fraction]]` with an optional Z, as nanoseconds into the day.
bool read_clock(std::string_view text, std::int64_t& nanos) {
    if (!text.empty() && text.back() == 'Z') text.remove_suffix(1);
    int hour = 0, minute = 0, second = 0;
    if (text.size() < 5 || text[2] != ':' || !two_digits(text.data(), hour) || !two_digits(text.data() + 3, minute))
        return false;
    std::int64_t fraction = 0;
    if (text.size() > 5) {
        if (text.size() < 8 || text[5] != ':' || !two_digits(text.data() + 6, second)) return false;
        if (text.size() > 8 && (text[8] != '.' || text.size() > 18)) return false;
        std::int64_t unit = nanos_per_second / 10;
        for (std::size_t i = 9; i < text.size(); ++i, unit /= 10) {
            if (text[i] < '0' || text[i] > '9') return false;
            fraction += (text[i] - '0') * unit;
        }
    }
    nanos = hour * nanos_per_hour + minute * nanos_per_minute + second * nanos_per_second + fraction;
    return hour < 24 && minute < 60 && second < 60;
}

bool read_epoch(std::string_view text, UnixNanos& out) {
    std::int64_t value = 0;
    if (text.empty() || text.size() > 19) return false;
    for (const char c : text) {
        if (c < '0' || c > '9' || value > INT64_MAX / 10 - 1) return false;
        value = value * 10 + (c - '0');
    }
    std::int64_t unit = 1;
    if (value < 100'000'000'000) unit = nanos_per_second;
    else if (value < 100'000'000'000'000) unit = 1'000'000;
    else if (value < 100'000'000'000'000'000) unit = 1'000;
    return !__builtin_mul_overflow(value, unit, &out.value);
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

}  // namespace

bool read_decimal(std::string_view text, std::int64_t& billionths, int& decimals) {
    const bool negative = !text.empty() && text.front() == '-';
    if (negative || (!text.empty() && text.front() == '+')) text.remove_prefix(1);
    static constexpr std::array<std::int64_t, 10> powers{1,         10,         100,         1'000,         10'000,
                                                         100'000,   1'000'000,  10'000'000,  100'000'000,   1'000'000'000};
    std::uint64_t value = 0;
    std::size_t i = 0;
    for (; i < text.size() && text[i] != '.'; ++i) {
        const auto digit = static_cast<unsigned>(text[i] - '0');
        if (digit > 9 || i > 9) return false;
        value = value * 10 + digit;
    }
    const std::size_t whole = i;
    decimals = 0;
    for (++i; i < text.size(); ++i) {
        const auto digit = static_cast<unsigned>(text[i] - '0');
        if (digit > 9) return false;
        if (decimals == 9) continue;
        value = value * 10 + digit;
        ++decimals;
    }
    if (whole == 0 && decimals == 0) return false;
    if (__builtin_mul_overflow(static_cast<std::int64_t>(value), powers[static_cast<std::size_t>(9 - decimals)],
                               &billionths))
        return false;
    if (negative) billionths = -billionths;
    return true;
}

bool TimeReader::read(std::string_view text, UnixNanos& out) {
    if (text.size() > 10 && text[4] == '-' && std::memcmp(text.data(), day_.data(), 10) == 0) {
        std::int64_t clock = 0;
        if ((text[10] == 'T' || text[10] == ' ') && read_clock(text.substr(11), clock)) {
            out.value = day_nanos_ + clock;
            return true;
        }
    }
    if (read_epoch(text, out)) return true;
    const auto parsed = parse_iso8601(text);
    if (!parsed) return false;
    out = *parsed;
    if (const auto day = parse_iso8601(text.substr(0, 10))) {
        std::memcpy(day_.data(), text.data(), 10);
        day_nanos_ = day->value;
    }
    return true;
}

Result<CsvRows> CsvRows::open(const std::filesystem::path& path) {
    CsvRows rows;
    rows.path_ = path;
    if (!std::filesystem::exists(path))
        return fail(ErrorCode::not_found, fmt::format("{}: no such file", path.string()));
    if (std::filesystem::is_directory(path))
        return fail(ErrorCode::bad_input, fmt::format("{}: a folder; --input takes one CSV file", path.string()));
    rows.file_.reset(std::fopen(path.c_str(), "rb"));
    if (!rows.file_) return fail(ErrorCode::failed, fmt::format("{}: cannot be read (permission?)", path.string()));
    rows.block_.resize(block_bytes);
    std::string_view header;
    TRY(const bool any, rows.next_line(header));
    if (!any) return fail(ErrorCode::bad_input, fmt::format("{}: empty file", path.string()));
    if (header.find('\0') != std::string_view::npos)
        return fail(ErrorCode::bad_input, fmt::format("{}: not a text file; --input takes plain CSV, use `data import` "
                                                      "for packed files", path.string()));
    if (header.starts_with("\xEF\xBB\xBF")) header.remove_prefix(3);
    if (header.find(',') == std::string_view::npos)
        rows.separator_ = header.find(';') != std::string_view::npos ? ';' : '\t';
    const std::size_t count = rows.split(header, fields_max);
    for (std::size_t i = 0; i < count; ++i) rows.names_.push_back(lower(rows.fields_[i]));
    rows.needed_ = rows.names_.size();
    return rows;
}

int CsvRows::column(std::string_view name) const {
    const auto it = std::ranges::find(names_, name);
    return it == names_.end() ? -1 : static_cast<int>(it - names_.begin());
}

std::size_t CsvRows::split(std::string_view line, std::size_t most) {
    std::size_t count = 0;
    const char* at = line.data();
    const char* end = at + line.size();
    while (count < most) {
        const char* stop = at;
        while (stop != end && *stop != separator_) ++stop;
        fields_[count++] = {at, static_cast<std::size_t>(stop - at)};
        if (stop == end) break;
        at = stop + 1;
    }
    return count;
}

Result<bool> CsvRows::next_line(std::string_view& line) {
    for (;;) {
        const char* begin = block_.data() + begin_;
        const auto* stop = static_cast<const char*>(std::memchr(begin, '\n', end_ - begin_));
        if (stop != nullptr || (exhausted_ && begin_ < end_)) {
            const auto size = static_cast<std::size_t>((stop != nullptr ? stop : block_.data() + end_) - begin);
            line = {begin, size};
            begin_ = std::min(end_, begin_ + size + 1);
            ++line_;
            if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
            return true;
        }
        if (exhausted_) return false;
        std::memmove(block_.data(), begin, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
        if (end_ == block_.size())
            return fail(ErrorCode::bad_input,
                        fmt::format("{}: line {} is longer than 1 MiB: not a CSV file", path_.string(), line_ + 1));
        const std::size_t got = std::fread(block_.data() + end_, 1, block_.size() - end_, file_.get());
        end_ += got;
        exhausted_ = got == 0;
    }
}

Result<bool> CsvRows::next() {
    std::string_view text;
    do {
        TRY(const bool any, next_line(text));
        if (!any) return false;
    } while (text.empty());
    const std::size_t count = split(text, needed_);
    if (count < needed_)
        return fail(ErrorCode::bad_input, fmt::format("{}: line {} has {} fields where {} are needed", path_.string(),
                                                      line_, count, needed_));
    return true;
}

std::unexpected<Error> CsvRows::refuse(std::string_view field, std::string_view text, std::string_view expected) const {
    return fail(ErrorCode::bad_input, fmt::format("{}: line {}, field {}: \"{}\" is not {}", path_.string(), line_, field,
                                                  text.substr(0, 40), expected));
}

}  // namespace aitrading::backtest

#include "market/calendar/news.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <tuple>

#include "market/calendar/csv_records.hpp"

namespace aitrading::market {
namespace {

constexpr std::size_t refused_max = 100, columns_of_gold = 10;
constexpr int year_min = 1990;
constexpr std::string_view gold_header = "Dates\tURL\tNews\t";
constexpr std::string_view own_header = "day,known_from,direction,sentiment,headline,url";

bool is_number(std::string_view text, int& out) {
    if (text.empty() || text.size() > 4) return false;
    out = 0;
    for (const char c : text) {
        if (std::isdigit(static_cast<unsigned char>(c)) == 0) return false;
        out = out * 10 + c - '0';
    }
    return true;
}

/// Three numbers between two equal separators.
bool three_numbers(std::string_view text, char separator, int (&out)[3]) {
    for (int& number : out) {
        const std::size_t at = text.find(separator);
        if (!is_number(text.substr(0, at), number)) return false;
        text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
    }
    return text.empty();
}

struct Day {
    int year = 0, month = 0, day = 0;
};

/// `28-01-2016`, `11/6/2008` (day first) or `2016-01-28`.
std::optional<Day> day_of(std::string_view text) {
    int n[3]{};
    if (!three_numbers(text, text.find('/') == std::string_view::npos ? '-' : '/', n)) return std::nullopt;
    const bool year_first = text.find('-') == 4;
    return year_first ? Day{n[0], n[1], n[2]} : Day{n[2], n[1], n[0]};
}

bool possible(const Day& d) {
    CivilTime civil;
    civil.year = d.year;
    civil.month = d.month;
    civil.day = d.day;
    return d.year >= year_min && d.month >= 1 && d.day >= 1 && valid(civil);
}

/// The last `YYYY-MM-DD` in a URL.
std::optional<Day> day_in_url(std::string_view url) {
    for (std::size_t at = url.size(); at-- > 0;) {
        if (at + 10 > url.size()) continue;
        const std::string_view piece = url.substr(at, 10);
        if (piece[4] != '-' || piece[7] != '-') continue;
        if (const auto day = day_of(piece); day && possible(*day)) return day;
    }
    return std::nullopt;
}

void set_day(Headline& out, const Day& d) {
    out.day = fmt::format("{:04}-{:02}-{:02}", d.year, d.month, d.day);
    out.known_from = {(days_from_civil(d.year, d.month, d.day) + 1) * nanos_per_day + nanos_per_day / 2};
}

/// A line break inside a headline reads as a blank.
std::string one_line(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (c != '\r') out += c == '\n' || c == '\t' ? ' ' : c;
    return out;
}

Result<Headline> gold_row(const std::vector<std::string>& fields, bool& from_url) {
    const auto refuse = [](std::string text) { return fail(ErrorCode::bad_input, std::move(text)); };
    if (fields.size() != columns_of_gold) return refuse(fmt::format("{} fields, the header has {}", fields.size(), columns_of_gold));
    Headline out;
    auto day = day_of(fields[0]);
    from_url = !day || !possible(*day);
    if (from_url) day = day_in_url(fields[1]);
    if (!day) return refuse(fmt::format("date \"{}\" is impossible and the URL names no day", fields[0].substr(0, 20)));
    set_day(out, *day);
    out.url = fields[1];
    out.text = one_line(fields[2]);
    if (out.text.empty()) return refuse("the headline is empty");
    out.direction = fields[3] == "1" ? "up" : fields[5] == "1" ? "down" : fields[4] == "1" ? "constant" : "";
    out.sentiment = fields[9];
    return out;
}

Result<Headline> own_row(const std::vector<std::string>& fields) {
    if (fields.size() != 6) return fail(ErrorCode::bad_input, fmt::format("{} fields, the header has 6", fields.size()));
    Headline out;
    const auto day = day_of(fields[0]);
    if (!day || !possible(*day)) return fail(ErrorCode::bad_input, fmt::format("day \"{}\" is impossible", fields[0].substr(0, 20)));
    set_day(out, *day);
    out.direction = fields[2];
    out.sentiment = fields[3];
    out.text = fields[4];
    out.url = fields[5];
    return out;
}

/// `sentence@label`, as the Financial PhraseBank is written.
bool is_phrase_bank(std::string_view text) {
    const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
    return line.ends_with("@positive") || line.ends_with("@neutral") || line.ends_with("@negative");
}

}  // namespace

bool is_news(std::string_view text) {
    return text.starts_with(gold_header) || text.starts_with(own_header) || is_phrase_bank(text);
}

Result<NewsFile> read_news(std::string_view text, std::string_view source) {
    if (is_phrase_bank(text))
        return fail(ErrorCode::bad_input,
                    fmt::format("{}: the Financial PhraseBank holds sentences without dates, so none of them can stand beside a "
                                "price; it may train a reader of sentiment, but it is no calendar of news", source));
    const bool gold = text.starts_with(gold_header);
    if (!gold && !text.starts_with(own_header))
        return fail(ErrorCode::bad_input, fmt::format("{}, line 1: no table of news; known is Dates, URL, News, … by tabs", source));
    NewsFile out;
    out.format = gold ? "gold-news" : "aitrading-news";
    CsvRecords records(text, gold ? '\t' : ',');
    std::vector<std::string> fields;
    if (!records.next(fields)) return out;
    while (records.next(fields)) {
        ++out.rows_read;
        bool from_url = false;
        auto row = gold ? gold_row(fields, from_url) : own_row(fields);
        if (row) {
            out.dates_from_url += from_url ? 1 : 0;
            out.headlines.push_back(*std::move(row));
            continue;
        }
        ++out.rows_refused;
        if (out.refused.size() < refused_max) out.refused.push_back(fmt::format("line {}: {}", records.line(), row.error().text));
    }
    if (out.headlines.empty() && gold)
        return fail(ErrorCode::bad_input, fmt::format("{}: none of {} rows is a headline with a day", source, out.rows_read));
    std::ranges::stable_sort(out.headlines, {}, [](const Headline& h) { return std::tuple(h.known_from, std::string_view(h.text), std::string_view(h.url)); });
    return out;
}

}  // namespace aitrading::market

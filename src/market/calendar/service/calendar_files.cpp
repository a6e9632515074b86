#include "market/calendar/service/calendar_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "kit/atomic_file.hpp"
#include "market/calendar/csv_records.hpp"

namespace aitrading::market {
namespace fs = std::filesystem;
namespace {

Result<std::string> read_if_there(const fs::path& file) {
    auto text = kit::read_file(file);
    if (!text && text.error().code == ErrorCode::not_found) return std::string();
    return text;
}

Result<void> write(const fs::path& home, const char* name, std::string_view text) {
    std::error_code problem;
    fs::create_directories(home / "calendar", problem);
    if (problem)
        return fail(ErrorCode::failed, fmt::format("cannot make {}: {}; choose another --home", (home / "calendar").string(), problem.message()));
    TRY(auto file, kit::AtomicFile::create(home / "calendar" / name));
    TRY_VOID(file.write(text));
    return file.commit();
}

std::string to_csv(const std::vector<EconomicEvent>& events) {
    std::string out = "time,day,currency,impact,title,actual,forecast,previous\n";
    for (const EconomicEvent& e : events)
        out += fmt::format("{},{},{},{},{},{},{},{}\n", e.time ? to_iso8601(*e.time) : "", e.day, csv_field(e.currency),
                           name(e.impact), csv_field(e.title), csv_field(e.actual), csv_field(e.forecast), csv_field(e.previous));
    return out;
}

using EventKey = std::tuple<std::int64_t, std::string, std::string, std::string>;
EventKey key_of(const EconomicEvent& e) {
    return {e.time ? e.time->value : INT64_MIN, e.time ? "" : e.day, e.currency, e.title};
}

/// Fills what is empty; true where something stood against the new. `replace` takes the new there.
bool fill(std::string& held, const std::string& incoming, bool replace, bool& changed) {
    if (incoming.empty() || held == incoming) return false;
    const bool against = !held.empty();
    if (against && !replace) return true;
    held = incoming;
    changed = true;
    return against;
}

}  // namespace

Result<std::vector<EconomicEvent>> load_events(const fs::path& home) {
    const fs::path file = home / "calendar" / "events.csv";
    TRY(const std::string text, read_if_there(file));
    if (text.empty()) return std::vector<EconomicEvent>{};
    CsvRecords records(text, ',');
    std::vector<std::string> fields;
    if (records.next(fields) && !records.next(fields)) return std::vector<EconomicEvent>{};  // the header alone
    TRY(CalendarFile read, read_calendar(text, file.string(), "UTC"));
    if (read.rows_refused > 0)
        return fail(ErrorCode::bad_input, fmt::format("{}, line {}: {}; mend the line or remove the file and import again",
                                                      file.string(), read.refused[0].line, read.refused[0].text));
    return std::move(read.events);
}

Result<Merged> store_events(const fs::path& home, const std::vector<EconomicEvent>& events, bool replace) {
    TRY(std::vector<EconomicEvent> all, load_events(home));
    std::map<EventKey, std::size_t> at;
    for (std::size_t i = 0; i < all.size(); ++i) at.emplace(key_of(all[i]), i);
    Merged out;
    for (const EconomicEvent& event : events) {
        const auto [found, is_new] = at.emplace(key_of(event), all.size());
        if (is_new) {
            all.push_back(event);
            ++out.stored;
            continue;
        }
        EconomicEvent& held = all[found->second];
        bool changed = false, against = false;
        against |= fill(held.actual, event.actual, replace, changed);
        against |= fill(held.forecast, event.forecast, replace, changed);
        against |= fill(held.previous, event.previous, replace, changed);
        if (replace && held.impact != event.impact) {
            held.impact = event.impact;
            changed = true;
        }
        ++(changed ? out.stored : against ? out.conflicting : out.known);
    }
    if (out.stored == 0) return out;
    std::ranges::stable_sort(all, comes_before);
    TRY_VOID(write(home, "events.csv", to_csv(all)));
    return out;
}

Result<std::vector<Headline>> load_news(const fs::path& home) {
    const fs::path file = home / "calendar" / "news.csv";
    TRY(const std::string text, read_if_there(file));
    if (text.empty()) return std::vector<Headline>{};
    TRY(NewsFile read, read_news(text, file.string()));
    if (read.rows_refused > 0)
        return fail(ErrorCode::bad_input, fmt::format("{}, {}; mend the line or remove the file and import again", file.string(), read.refused[0]));
    return std::move(read.headlines);
}

Result<Merged> store_news(const fs::path& home, const std::vector<Headline>& headlines) {
    TRY(std::vector<Headline> all, load_news(home));
    const auto key = [](const Headline& h) { return std::tuple(h.known_from, h.text, h.url); };
    std::set<std::tuple<UnixNanos, std::string, std::string>> held;
    for (const Headline& h : all) held.insert(key(h));
    Merged out;
    for (const Headline& h : headlines) {
        if (!held.insert(key(h)).second) {
            ++out.known;
            continue;
        }
        all.push_back(h);
        ++out.stored;
    }
    if (out.stored == 0) return out;
    std::ranges::sort(all, {}, key);
    std::string text = "day,known_from,direction,sentiment,headline,url\n";
    for (const Headline& h : all)
        text += fmt::format("{},{},{},{},{},{}\n", h.day, to_iso8601(h.known_from), csv_field(h.direction), csv_field(h.sentiment),
                            csv_field(h.text), csv_field(h.url));
    TRY_VOID(write(home, "news.csv", text));
    return out;
}

}  // namespace aitrading::market

#include "market/history/quarantine.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <tuple>

#include "market/history/line_reader.hpp"

namespace aitrading::market {
namespace {

constexpr std::string_view quarantine_note = "quarantine", origins_note = "origins";
constexpr std::size_t origins_max = 20'000, defects_max = 50;

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\t' || c == '\n' || c == '\r' || c == '\\') out += '\\';
        out += c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : c;
    }
    return out;
}

std::string unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) {
            const char c = text[++i];
            out += c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c;
        } else {
            out += text[i];
        }
    }
    return out;
}

/// Fields of each line.
std::vector<std::vector<std::string>> rows_of(std::string_view text) {
    std::vector<std::vector<std::string>> out;
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        std::vector<std::string>& fields = out.emplace_back();
        while (true) {
            const std::size_t tab = line.find('\t');
            fields.push_back(unescaped(line.substr(0, tab)));
            if (tab == std::string_view::npos) break;
            line.remove_prefix(tab + 1);
        }
    }
    return out;
}

Result<std::string> note_or_empty(const ports::SeriesStore& store, const SeriesKey& key, std::string_view name) {
    TRY_VOID(store.describe(key));
    auto text = store.read_note(key, name);
    if (!text && text.error().code == ErrorCode::not_found) return std::string();
    return text;
}

std::string path_of(const ImportReport& report) {
    std::error_code failed;
    const auto absolute = std::filesystem::weakly_canonical(report.path, failed);
    return failed ? report.path.string() : absolute.string();
}

/// Reads the file once more for the rows whose text was not at hand when they were refused.
void fill_texts(const std::string& path, std::vector<RefusedRow>& rows) {
    constexpr std::size_t text_max = 512;
    std::multimap<std::int64_t, RefusedRow*> wanted;
    for (RefusedRow& row : rows)
        if (row.text.empty()) wanted.emplace(row.line, &row);
    if (wanted.empty()) return;
    auto lines = open_lines(path);
    std::string_view line;
    while (lines && !wanted.empty()) {
        const auto more = lines->next(line);
        if (!more || !*more) break;
        const auto [from, to] = wanted.equal_range(lines->line_number());
        for (auto row = from; row != to; ++row) row->second->text = std::string(line.substr(0, text_max));
        wanted.erase(from, to);
    }
}

Result<void> record_rows(std::span<const ImportReport* const> reports, const SeriesKey& key, ports::SeriesStore& store) {
    TRY(Quarantine all, read_quarantine(store, key));
    std::set<std::string> files;
    for (const ImportReport* report : reports) files.insert(path_of(*report));
    const bool had_rows = !all.rows.empty();
    std::erase_if(all.rows, [&](const QuarantinedRow& row) { return files.contains(row.file); });
    for (const ImportReport* report : reports) {
        std::vector<RefusedRow> rows = report->refused_rows;
        fill_texts(report->path, rows);
        const auto beyond = report->rows_rejected - static_cast<std::int64_t>(rows.size());
        if (beyond > 0) all.omitted = std::max(all.omitted, beyond);
        for (RefusedRow& row : rows) all.rows.push_back({path_of(*report), std::move(row)});
    }
    std::ranges::stable_sort(all.rows, {}, [](const QuarantinedRow& r) { return std::tie(r.file, r.row.line, r.row.kind); });
    if (all.rows.size() > quarantine_rows_max) {
        all.omitted += static_cast<std::int64_t>(all.rows.size() - quarantine_rows_max);
        all.rows.resize(quarantine_rows_max);
    }
    return all.rows.empty() && !had_rows ? Result<void>{} : store.put_note(key, quarantine_note, to_text(all));
}

Result<void> record_origins(std::span<const ImportReport* const> reports, const SeriesKey& key, ports::SeriesStore& store) {
    TRY(const std::vector<ImportOrigin> old, read_origins(store, key));
    std::map<std::string, ImportOrigin> by_file;
    for (const ImportOrigin& origin : old) by_file[origin.file] = origin;
    for (const ImportReport* r : reports)
        by_file[path_of(*r)] = {path_of(*r), r->format, r->timezone, std::string(name(r->clock.source)),
                                fmt::format("{}", fmt::join(r->clock.reasons, "; ")), r->clock.probability, r->defects};
    std::string text;
    std::size_t count = 0;
    for (const auto& [file, o] : by_file) {
        if (++count > origins_max) break;
        text += fmt::format("{}\t{}\t{}\t{}\t{:.6f}\t{}", escaped(file), escaped(o.format), escaped(o.timezone), escaped(o.source),
                            o.probability, escaped(o.evidence));
        for (std::size_t i = 0; i < std::min(o.defects.size(), defects_max); ++i)
            text += fmt::format("\t{}\t{}\t{}\t{}", escaped(o.defects[i].kind), o.defects[i].row, o.defects[i].count, escaped(o.defects[i].text));
        text += '\n';
    }
    return store.put_note(key, origins_note, text);
}

}  // namespace

std::optional<UnixNanos> time_in(std::string_view reason) {
    constexpr std::size_t length = 20;  // 2018-02-01T13:30:00Z
    for (std::size_t at = reason.find('T'); at != std::string_view::npos; at = reason.find('T', at + 1)) {
        if (at < 10 || at + 10 > reason.size()) continue;
        const auto end = reason.find('Z', at);
        if (end == std::string_view::npos || end - (at - 10) + 1 < length || end - at > 19) continue;
        if (const auto time = parse_iso8601(reason.substr(at - 10, end - (at - 10) + 1))) return *time;
    }
    return std::nullopt;
}

std::pair<Price, Price> prices_in(std::string_view reason) {
    const auto after = [&](std::string_view word) {
        const std::size_t at = reason.find(word);
        return at == std::string_view::npos ? Price{} : Price::from_double(std::strtod(std::string(reason.substr(at + word.size(), 24)).c_str(), nullptr));
    };
    return {after("high "), after("low ")};
}

std::string to_text(const Quarantine& quarantine) {
    std::string out = fmt::format("omitted\t{}\n", quarantine.omitted);
    for (const QuarantinedRow& q : quarantine.rows)
        out += fmt::format("{}\t{}\t{}\t{}\t{}\n", escaped(q.file), q.row.line, escaped(q.row.kind), escaped(q.row.reason),
                           escaped(q.row.text));
    return out;
}

Result<Quarantine> parse_quarantine(std::string_view text) {
    Quarantine out;
    const auto rows = rows_of(text);
    const auto number = [](const std::string& field, std::int64_t& value) {
        return std::from_chars(field.data(), field.data() + field.size(), value).ec == std::errc{};
    };
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::vector<std::string>& f = rows[i];
        QuarantinedRow row;
        const bool head = i == 0 && f.size() == 2 && f[0] == "omitted" && number(f[1], out.omitted);
        const bool good = head || (i > 0 && f.size() == 5 && number(f[1], row.row.line));
        if (!good) return fail(ErrorCode::failed, fmt::format("quarantine, line {}: damaged; import the files again", i + 1));
        if (head) continue;
        row.file = f[0], row.row.kind = f[2], row.row.reason = f[3], row.row.text = f[4];
        out.rows.push_back(std::move(row));
    }
    return out;
}

Result<Quarantine> read_quarantine(const ports::SeriesStore& store, const SeriesKey& key) {
    TRY(const std::string text, note_or_empty(store, key, quarantine_note));
    return text.empty() ? Quarantine{} : parse_quarantine(text);
}

Result<std::vector<ImportOrigin>> read_origins(const ports::SeriesStore& store, const SeriesKey& key) {
    TRY(const std::string text, note_or_empty(store, key, origins_note));
    std::vector<ImportOrigin> out;
    for (const auto& f : rows_of(text)) {
        if (f.size() < 6) continue;
        ImportOrigin origin{f[0], f[1], f[2], f[3], f[5], std::strtod(f[4].c_str(), nullptr), {}};
        for (std::size_t i = 6; i + 3 < f.size(); i += 4)
            origin.defects.push_back({f[i], std::strtoll(f[i + 1].c_str(), nullptr, 10), f[i + 3], std::strtoll(f[i + 2].c_str(), nullptr, 10), {}, false});
        out.push_back(std::move(origin));
    }
    return out;
}

Result<void> record_imports(std::span<const ImportReport* const> reports, const SeriesKey& key, ports::SeriesStore& store) {
    if (reports.empty()) return {};
    if (const auto there = store.describe(key); !there)
        return there.error().code == ErrorCode::not_found ? Result<void>{} : std::unexpected(there.error());
    TRY(const auto lock, store.lock_writers(key));
    // A file that brought nothing new and is not known leaves no trace: the series is not its work.
    TRY(const std::vector<ImportOrigin> known, read_origins(store, key));
    std::vector<const ImportReport*> relevant;
    for (const ImportReport* report : reports)
        if (report->rows_stored > 0 || std::ranges::find(known, path_of(*report), &ImportOrigin::file) != known.end())
            relevant.push_back(report);
    if (relevant.empty()) return {};
    TRY_VOID(record_rows(relevant, key, store));
    return record_origins(relevant, key, store);
}

}  // namespace aitrading::market

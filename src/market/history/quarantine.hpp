#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "market/history/import.hpp"
#include "ports/series_store/series_store.hpp"

namespace aitrading::market {

/// A row that an import kept out of a series.
struct QuarantinedRow {
    std::string file;  ///< absolute path
    RefusedRow row;
    friend bool operator==(const QuarantinedRow& a, const QuarantinedRow& b) {
        return a.file == b.file && a.row.line == b.row.line && a.row.kind == b.row.kind && a.row.reason == b.row.reason &&
               a.row.text == b.row.text;
    }
};

/// The unsound rows of all files that were imported into a series, by file and line.
struct Quarantine {
    std::vector<QuarantinedRow> rows;  ///< at most quarantine_rows_max
    std::int64_t omitted = 0;          ///< rows that did not fit
};
inline constexpr std::size_t quarantine_rows_max = 100'000;

/// How one file came into a series: what a check tells of its clock.
struct ImportOrigin {
    std::string file, format, timezone, source, evidence;
    double probability = 0;
    std::vector<Defect> defects;  ///< as the import named them, at most 50
};

/// The instant that a reason names first, and the high and low that it names after it (zero where it does not).
std::optional<UnixNanos> time_in(std::string_view reason);
std::pair<Price, Price> prices_in(std::string_view reason);

/// Tab-separated text, one row a line; tabs, line ends and backslashes inside fields are escaped.
std::string to_text(const Quarantine& quarantine);
Result<Quarantine> parse_quarantine(std::string_view text);

/// Empty where no row was ever kept out. @errors not_found (no such series), failed
Result<Quarantine> read_quarantine(const ports::SeriesStore& store, const SeriesKey& key);
/// @errors not_found (no such series), failed
Result<std::vector<ImportOrigin>> read_origins(const ports::SeriesStore& store, const SeriesKey& key);

/// Puts the unsound rows and the origin of each report in place of what an earlier import of the same file left. The same
/// files twice change no byte. A series that does not exist (nothing was sound) keeps none.
/// @errors failed
Result<void> record_imports(std::span<const ImportReport* const> reports, const SeriesKey& key, ports::SeriesStore& store);

}  // namespace aitrading::market

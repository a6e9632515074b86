#pragma once

#include <optional>
#include <span>
#include <string>

#include "market/history/import.hpp"
#include "market/history/row_stream.hpp"

namespace aitrading::market {

/// A file of bars that was read and is not yet in the store.
struct PendingBars {
    ImportReport report;
    BarColumns bars;
    DefectTally defects;
    Side side = Side::unknown;
    std::optional<Error> error;  ///< why it could not be stored
};

/// A file of ticks whose series and beginning are known.
struct PendingTicks {
    std::filesystem::path path;
    SeriesKey key;
    UnixNanos first;
    ImportReport report;
    std::optional<Error> error;
};

Result<PendingBars> read_bar_file(RowStream& rows, const ImportOptions& options, const std::filesystem::path& path);
/// Merges files of one series into the store; reports and errors are set in place. @pre one key, at least one file
void store_bar_files(std::span<PendingBars* const> files, const ImportOptions& options, ports::SeriesStore& store);

/// Reads the first tick only.
Result<PendingTicks> probe_tick_file(RowStream& rows, const ImportOptions& options, const std::filesystem::path& path);
/// Streams files of one series into the store, one after the other. @pre one key, at least one file
void store_tick_files(std::span<PendingTicks* const> files, const ImportOptions& options, ports::SeriesStore& store);

/// What is known of a file once its layout is.
ImportReport begin_report(RowStream& rows, const std::filesystem::path& path);
/// Counts and defects at the end of a file.
void end_report(const RowStream& rows, const DefectTally& defects, ImportReport& report);

/// A recording of an order book. Rows count book rows, not lines. A file whose span is stored with other rows is left out
/// as a whole unless `replace`; one that is stored just so changes nothing.
/// Nothing where the file is no such recording and none was asked for. @errors as import_file
Result<std::optional<ImportReport>> import_if_book(const std::filesystem::path& path, const ImportOptions& options,
                                                   ports::SeriesStore& store);

/// Neither the file nor the user tells the symbol.
Error symbol_unknown(const std::filesystem::path& path);

}  // namespace aitrading::market

#include "market/history/import.hpp"

#include <fmt/format.h>

#include "market/history/import_parts.hpp"
#include "market/history/row_stream.hpp"

namespace aitrading::market {

Result<ImportReport> import_file(const std::filesystem::path& path, const ImportOptions& options,
                                 ports::SeriesStore& store) {
    TRY(RowStream rows, RowStream::open(path, options));
    ImportReport report;
    report.path = path;
    report.format = rows.format();
    report.warnings = rows.layout().remarks;
    TRY_VOID(rows.layout().kind == RowKind::bars ? import_bars(rows, options, store, report)
                                                 : import_ticks(rows, options, store, report));
    report.rows_read = rows.rows_read();
    report.rows_rejected = rows.defects().refused();
    report.defects = rows.defects().list();
    return report;
}

Error symbol_unknown(const std::filesystem::path& path) {
    return {ErrorCode::usage,
            fmt::format("{}: neither the name nor the content tells the symbol; say it, for example --symbol EURUSD",
                        path.string()),
            false};
}

}  // namespace aitrading::market

#include "market/history/import.hpp"

#include <fmt/format.h>

#include <array>

#include "market/history/import_many.hpp"
#include "market/history/import_parts.hpp"
#include "market/history/row_stream.hpp"

namespace aitrading::market {

Result<ImportReport> import_file(const std::filesystem::path& path, const ImportOptions& options,
                                 ports::SeriesStore& store) {
    const std::array files{path};
    return std::move(import_files(files, options, store)[0].report);
}

ImportReport begin_report(RowStream& rows, const std::filesystem::path& path) {
    ImportReport report;
    report.path = path;
    report.format = rows.format();
    report.warnings = rows.layout().remarks;
    return report;
}

void end_report(const RowStream& rows, const DefectTally& defects, ImportReport& report) {
    report.rows_read = rows.rows_read();
    report.rows_rejected = defects.refused();
    report.defects = defects.list();
    report.refused_rows = defects.rows();
}

Error symbol_unknown(const std::filesystem::path& path) {
    return {ErrorCode::usage,
            fmt::format("{}: neither the name nor the content tells the symbol; say it, for example --symbol EURUSD",
                        path.string()),
            false};
}

}  // namespace aitrading::market

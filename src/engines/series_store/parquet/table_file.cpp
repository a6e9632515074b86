#include "engines/series_store/parquet/table_file.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "engines/series_store/parquet/duck.hpp"
#include "engines/disk/files.hpp"

namespace aitrading::engines {
namespace {

/// Whole vectors of DuckDB, of which a row group of this many columns takes about 16 MB.
std::size_t rows_of_a_group(std::size_t columns) {
    constexpr std::size_t values = 2'000'000, vector_rows = 2'048;
    return std::max<std::size_t>(1, values / columns / vector_rows) * vector_rows;
}

}  // namespace

Result<std::int64_t> write_parquet_table(const std::filesystem::path& out, const TableFile& table,
                                         const TableSource& source) {
    CHECK(!table.names.empty());
    TRY(const auto duck, Duck::open());
    std::int64_t rows = 0;
    TRY_VOID(write_whole(out, [&](const std::filesystem::path& unfinished) -> Result<void> {
        TRY(rows, duck->write_table(unfinished, table.names, table.note, rows_of_a_group(table.names.size() + 1), source));
        return {};
    }));
    return rows;
}

}  // namespace aitrading::engines

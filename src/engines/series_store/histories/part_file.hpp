#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engines/series_store/histories/row_bytes.hpp"
#include "engines/series_store/parquet/duck.hpp"

namespace aitrading::engines::histories {

/// Gives the next row, or false at the end.
using RowSource = std::function<Result<bool>(StoredRow& row)>;

/// Writes a whole Parquet file: `symbol, known_at, number` (nanoseconds, counts) and the columns, rows as they come. Memory holds
/// one group of at most `group_rows`. Returns the rows. @errors failed, those of the source
Result<std::int64_t> write_part(const Duck& duck, const std::filesystem::path& file, const std::vector<ports::HistoryColumn>& columns, std::size_t group_rows,
                                const RowSource& source);

/// Which rows of a part are wanted.
struct PartFilter {
    std::optional<std::string> symbol;  ///< none: all
    TimeRange range;
};

/// Rows of a part in the order of the file, a chunk of 2,048 at a time.
class PartRows {
  public:
    /// @param columns those to read, all in the file @pre the duck outlives it @errors failed
    static Result<std::unique_ptr<PartRows>> open(const Duck& duck, const std::string& file, std::vector<ports::HistoryColumn> columns, const PartFilter& filter);
    ~PartRows();
    PartRows(const PartRows&) = delete;
    PartRows& operator=(const PartRows&) = delete;
    /// Values in the order of the columns that were asked for; false at the end. @errors failed
    Result<bool> next(StoredRow& row);

  private:
    PartRows();
    struct Query;
    std::unique_ptr<Query> query_;
};

}  // namespace aitrading::engines::histories

#pragma once

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engines/series_store/parquet/columns.hpp"
#include "engines/series_store/parquet/duck.hpp"
#include "engines/disk/files.hpp"
#include "engines/series_store/parquet/manifest.hpp"
#include "ports/series_store/series_store.hpp"

namespace aitrading::engines {

/// A series as a reader holds it: the manifest and every part of it that the range needs, open, so that a writer may
/// remove them.
struct OpenSeries {
    Manifest manifest;
    std::vector<Part> parts;
    std::vector<FileHandle> files;
    std::filesystem::path folder;
};

/// The rows of the open parts, one chunk after the other. @pre `duck` outlives it
class PartReader {
  public:
    PartReader(Duck& duck, OpenSeries series, std::vector<std::string> names, TimeRange range);
    /// Rows of the next chunk, 0 at the end. @errors failed, naming the part
    Result<std::size_t> next();
    /// Of the last chunk, in the order of the names.
    const std::vector<const std::int64_t*>& columns() const { return columns_; }
    const Part& part() const { return series_.parts[part_ - 1]; }
    Units units() const { return {part().price_digits, part().time_unit, part().size_unit}; }
    const Manifest& manifest() const { return series_.manifest; }

  private:
    Error failure(const Error& error) const;
    Duck& duck_;
    OpenSeries series_;
    std::vector<std::string> names_;
    TimeRange range_;
    std::unique_ptr<Duck::Rows> rows_;
    std::size_t part_ = 0;  ///< parts begun
    std::vector<const std::int64_t*> columns_;
};

/// Batches of exactly `batch_rows` rows but for the last, cut from the chunks.
/// @param Format has `prepare(Batch&, const Manifest&)`, which empties a batch and names its series, and
///               `append(Batch&, const PartReader&, from, count)`
template <class Batch, class Format>
class PartCursor final : public ports::Cursor<Batch> {
  public:
    PartCursor(PartReader reader, std::size_t batch_rows) : reader_(std::move(reader)), batch_rows_(batch_rows) {}

    Result<bool> next(Batch& batch) override {
        Format::prepare(batch, reader_.manifest());
        while (batch.size() < batch_rows_) {
            if (from_ == rows_) {
                from_ = 0;
                TRY(rows_, reader_.next());
                if (rows_ == 0) break;
            }
            const std::size_t count = std::min(rows_ - from_, batch_rows_ - batch.size());
            Format::append(batch, reader_, from_, count);
            from_ += count;
        }
        return batch.size() > 0;
    }

  private:
    PartReader reader_;
    std::size_t batch_rows_, from_ = 0, rows_ = 0;
};

}  // namespace aitrading::engines

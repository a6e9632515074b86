#include "engines/series_store/parquet/part_reader.hpp"

#include <fmt/format.h>

namespace aitrading::engines {

PartReader::PartReader(Duck& duck, OpenSeries series, std::vector<std::string> names, TimeRange range)
    : duck_(duck), series_(std::move(series)), names_(std::move(names)), range_(range) {}

Result<std::size_t> PartReader::next() {
    while (true) {
        if (rows_) {
            const auto got = rows_->next(columns_);
            if (!got) return std::unexpected(failure(got.error()));
            if (*got > 0) return *got;
            rows_.reset();
        }
        if (part_ == series_.parts.size()) return 0;
        ++part_;
        const std::string path = fmt::format("/proc/self/fd/{}", series_.files[part_ - 1].get());
        auto rows = duck_.rows(path, names_, range_, part().time_unit);
        if (!rows) return std::unexpected(failure(rows.error()));
        rows_ = *std::move(rows);
    }
}

Error PartReader::failure(const Error& error) const {
    return {ErrorCode::failed, fmt::format("{}: {}; remove the series and import it again",
                                           (series_.folder / part().file).string(), error.text),
            false};
}

}  // namespace aitrading::engines

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace aitrading::models {

/// Members' logits on rows that they had not learnt from, in time order.
struct MetaRows {
    std::size_t members = 0, regimes = 0;
    std::vector<double> logits;           ///< [rows x members]
    std::vector<double> posterior;        ///< [rows x regimes] of one fit, so that a number means one regime; NaN: not known
    std::vector<float> y;                 ///< 0 or 1
    std::vector<std::uint32_t> row, end;  ///< label spans
    std::vector<int> regime;              ///< [rows] by rule, as known at the row, 0: not known; or empty
    std::size_t size() const { return y.size(); }
    std::span<const double> logits_of(std::size_t i) const { return std::span(logits).subspan(i * members, members); }
    std::span<const double> posterior_of(std::size_t i) const { return std::span(posterior).subspan(i * regimes, regimes); }
};

/// Rows from 0 whose labels end before `row`, of the first `limit`. Ends need not be sorted: the first one that reaches `row`
/// stops it.
inline std::size_t known_before(const MetaRows& rows, std::size_t limit, std::uint32_t row) {
    while (limit > 0 && rows.end[limit - 1] >= row) --limit;
    return limit;
}

}  // namespace aitrading::models

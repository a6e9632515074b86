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
    std::size_t size() const { return y.size(); }
    std::span<const double> logits_of(std::size_t i) const { return std::span(logits).subspan(i * members, members); }
    std::span<const double> posterior_of(std::size_t i) const { return std::span(posterior).subspan(i * regimes, regimes); }
};

}  // namespace aitrading::models

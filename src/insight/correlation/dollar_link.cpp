#include "insight/correlation/dollar_link.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace aitrading::insight {
namespace {

constexpr std::size_t none = static_cast<std::size_t>(-1);

std::size_t column_of(const AlignedReturns& rows, std::string_view name) {
    const auto found = std::ranges::find(rows.names, name);
    return found == rows.names.end() ? none : static_cast<std::size_t>(found - rows.names.begin());
}

Result<DollarLink> link_of(const CrossSeries& instrument, std::span<const CrossSeries> legs, std::span<const std::string_view> absent,
                           AlignOptions align) {
    align.rule = GridRule::all;  // one missing leg would make a stale index
    DollarLink out;
    out.instrument = instrument.name;
    std::vector<CrossSeries> series(legs.begin(), legs.end());
    if (std::ranges::find(legs, instrument.name, &CrossSeries::name) == legs.end()) series.push_back(instrument);
    TRY(const AlignedReturns rows, aligned_returns(series, align));
    std::array<std::size_t, 6> columns{};
    for (std::size_t i = 0; i < columns.size(); ++i) columns[i] = column_of(rows, dollar_index_legs[i].pair);
    std::vector<std::string_view> left_out(absent.begin(), absent.end());
    const std::vector<double> index = dollar_index_returns(rows, columns, dollar_index_weights(left_out));
    for (const std::string_view leg : dollar_index_own_legs(instrument.name)) {
        out.own_legs.emplace_back(leg);
        left_out.push_back(leg);
        out.own_weight += std::abs(std::ranges::find(dollar_index_legs, leg, &DollarIndexLeg::pair)->weight);
    }
    const std::vector<double> rest = dollar_index_returns(rows, columns, dollar_index_weights(left_out));
    const std::vector<double> own = rows.column(column_of(rows, instrument.name));
    out.with = correlation_estimate(own, index);
    out.without = correlation_estimate(own, rest);
    out.next_with = correlation_estimate(index, own, 1);
    out.next_without = correlation_estimate(rest, own, 1);
    return out;
}

}  // namespace

std::vector<double> dollar_index_returns(const AlignedReturns& rows, std::span<const std::size_t, 6> columns,
                                         std::span<const double, 6> weights) {
    std::vector<double> out(rows.rows());
    for (std::size_t leg = 0; leg < weights.size(); ++leg) {
        if (weights[leg] == 0) continue;
        CHECK(columns[leg] < rows.columns());
        for (std::size_t i = 0; i < out.size(); ++i) out[i] += weights[leg] * rows.values[i * rows.columns() + columns[leg]];
    }
    return out;
}

Result<DollarLinks> dollar_links(std::span<const CrossSeries> instruments, std::span<const CrossSeries> given, const AlignOptions& align) {
    DollarLinks out;
    std::vector<CrossSeries> legs;
    std::vector<std::string_view> absent;
    for (const DollarIndexLeg& leg : dollar_index_legs) {
        const auto found = std::ranges::find(given, leg.pair, &CrossSeries::name);
        if (found != given.end() && found->size() > 0) {
            legs.push_back(*found);
            continue;
        }
        absent.push_back(leg.pair);
        out.missing.emplace_back(leg.pair);
    }
    if (absent.size() > 1 || (absent.size() == 1 && absent.front() != "USDSEK")) {
        out.index = "not available";
        return out;
    }
    out.index = absent.empty() ? "ICE US dollar index, returns of its six legs by the published weights"
                               : "Index of five legs: USDSEK is missing, the other weights are divided by 0.958";
    for (const CrossSeries& instrument : instruments) {
        TRY(DollarLink link, link_of(instrument, legs, absent, align));
        out.links.push_back(std::move(link));
    }
    return out;
}

}  // namespace aitrading::insight

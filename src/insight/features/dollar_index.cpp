#include "insight/features/dollar_index.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.hpp"

namespace aitrading::insight {
namespace {

/// The earliest instant at which a series has news; the greatest number when none has any left.
std::int64_t next_news(std::span<const CrossSeries* const> series, std::span<const std::size_t> seen) {
    std::int64_t first = std::numeric_limits<std::int64_t>::max();
    for (std::size_t j = 0; j < series.size(); ++j)
        if (seen[j] < series[j]->size()) first = std::min(first, series[j]->known[seen[j]].value);
    return first;
}

/// The currency that the leg sets against the dollar.
std::string_view currency_of(std::string_view pair) { return pair.starts_with("USD") ? pair.substr(3) : pair.substr(0, 3); }

}  // namespace

double dollar_index_level(std::span<const double> quotes) {
    CHECK(quotes.size() == dollar_index_legs.size());
    double level = std::log(dollar_index_scale);
    for (std::size_t i = 0; i < quotes.size(); ++i) level += dollar_index_legs[i].weight * std::log(quotes[i]);
    return std::exp(level);
}

std::array<double, 6> dollar_index_weights(std::span<const std::string_view> left_out) {
    std::array<double, 6> weights{};
    double sizes = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        if (std::ranges::find(left_out, dollar_index_legs[i].pair) != left_out.end()) continue;
        weights[i] = dollar_index_legs[i].weight;
        sizes += std::abs(weights[i]);
    }
    if (left_out.empty()) return weights;
    for (double& weight : weights) weight = sizes > 0 ? weight / sizes : 0;
    return weights;
}

std::vector<std::string_view> dollar_index_own_legs(std::string_view symbol) {
    std::vector<std::string_view> own;
    if (symbol.size() < 6) return own;
    for (const DollarIndexLeg& leg : dollar_index_legs) {
        const std::string_view currency = currency_of(leg.pair);
        if (symbol.substr(0, 3) == currency || symbol.substr(3, 3) == currency) own.push_back(leg.pair);
    }
    return own;
}

Result<DollarIndexStream> DollarIndexStream::of(std::span<const std::string_view> present, std::span<const std::string_view> own) {
    DollarIndexStream out;
    std::vector<std::string_view> missing, left_out(own.begin(), own.end());
    for (const DollarIndexLeg& leg : dollar_index_legs) {
        if (std::ranges::find(own, leg.pair) != own.end()) continue;
        if (std::ranges::find(present, leg.pair) != present.end())
            out.legs_.push_back({.pair = leg.pair});
        else
            missing.push_back(leg.pair);
    }
    if (!missing.empty() && (missing.size() > 1 || missing.front() != "USDSEK"))
        return fail(ErrorCode::not_found, fmt::format("the dollar index needs {}, which {} not stored", fmt::join(missing, ", "),
                                                      missing.size() == 1 ? "is" : "are"));
    left_out.insert(left_out.end(), missing.begin(), missing.end());
    const std::array<double, 6> weights = dollar_index_weights(left_out);
    for (std::size_t i = 0, next = 0; i < weights.size() && next < out.legs_.size(); ++i)
        if (weights[i] != 0) out.legs_[next++].weight = weights[i];
    out.meaning_ = left_out.empty() ? "ICE US dollar index from its six legs"
                                    : fmt::format("ICE US dollar index without {}, other weights divided by the sum of their sizes", fmt::join(left_out, " and "));
    return out;
}

std::vector<std::string> DollarIndexStream::pairs() const {
    std::vector<std::string> out;
    out.reserve(legs_.size());
    for (const Leg& leg : legs_) out.emplace_back(leg.pair);
    return out;
}

std::optional<double> DollarIndexStream::level() const {
    double level = std::log(dollar_index_scale);
    for (const Leg& leg : legs_) {
        if (!leg.level) return std::nullopt;
        level += leg.weight * std::log(*leg.level);
    }
    return std::exp(level);
}

Result<CrossSeries> dollar_index(std::span<const CrossSeries> given, std::span<const std::string_view> own) {
    std::vector<std::string_view> present;
    for (const CrossSeries& series : given)
        if (series.size() > 0) present.push_back(series.name);
    TRY(DollarIndexStream stream, DollarIndexStream::of(present, own));
    std::vector<const CrossSeries*> legs;
    for (const std::string& pair : stream.pairs()) legs.push_back(&*std::ranges::find(given, pair, &CrossSeries::name));
    std::vector<std::size_t> seen(legs.size());
    CrossSeries index{"dxy", stream.meaning(), {}, {}};
    for (std::int64_t now = next_news(legs, seen); now != std::numeric_limits<std::int64_t>::max(); now = next_news(legs, seen)) {
        for (std::size_t j = 0; j < legs.size(); ++j)
            while (seen[j] < legs[j]->size() && legs[j]->known[seen[j]].value <= now) stream.take(j, legs[j]->level[seen[j]++]);
        const std::optional<double> level = stream.level();
        if (!level) continue;
        index.known.push_back({now});
        index.level.push_back(*level);
    }
    return index;
}

}  // namespace aitrading::insight

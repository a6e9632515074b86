#include "insight/features/dollar_index.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.hpp"

namespace aitrading::insight {
namespace {

struct Leg {
    double weight;
    const CrossSeries* series = nullptr;
    std::size_t next = 0;  ///< first level that is not known yet
};

/// The earliest instant at which a leg has news; the greatest number when none has any left.
std::int64_t next_news(std::span<const Leg> legs) {
    std::int64_t first = std::numeric_limits<std::int64_t>::max();
    for (const Leg& leg : legs)
        if (leg.next < leg.series->size()) first = std::min(first, leg.series->known[leg.next].value);
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

Result<CrossSeries> dollar_index(std::span<const CrossSeries> given, std::span<const std::string_view> own) {
    std::vector<Leg> legs;
    std::vector<std::string_view> missing, left_out(own.begin(), own.end());
    const auto is_own = [&](std::string_view pair) { return std::ranges::find(own, pair) != own.end(); };
    for (const DollarIndexLeg& leg : dollar_index_legs) {
        if (is_own(leg.pair)) continue;
        const auto found = std::ranges::find(given, leg.pair, &CrossSeries::name);
        if (found != given.end() && found->size() > 0)
            legs.push_back({leg.weight, &*found});
        else
            missing.push_back(leg.pair);
    }
    if (!missing.empty() && (missing.size() > 1 || missing.front() != "USDSEK"))
        return fail(ErrorCode::not_found, fmt::format("the dollar index needs {}, which {} not stored", fmt::join(missing, ", "),
                                                      missing.size() == 1 ? "is" : "are"));
    left_out.insert(left_out.end(), missing.begin(), missing.end());
    const std::array<double, 6> weights = dollar_index_weights(left_out);
    for (std::size_t i = 0, next = 0; i < weights.size() && next < legs.size(); ++i)
        if (weights[i] != 0) legs[next++].weight = weights[i];
    CrossSeries index{"dxy", left_out.empty() ? "ICE US dollar index from its six legs"
                                              : fmt::format("ICE US dollar index without {}, other weights divided by the sum of their sizes",
                                                            fmt::join(left_out, " and ")), {}, {}};
    for (std::int64_t now = next_news(legs); now != std::numeric_limits<std::int64_t>::max(); now = next_news(legs)) {
        double level = std::log(dollar_index_scale);
        bool all = true;
        for (Leg& leg : legs) {
            while (leg.next < leg.series->size() && leg.series->known[leg.next].value <= now) ++leg.next;
            all = all && leg.next > 0;
            if (leg.next > 0) level += leg.weight * std::log(leg.series->level[leg.next - 1]);
        }
        if (!all) continue;
        index.known.push_back({now});
        index.level.push_back(std::exp(level));
    }
    return index;
}

}  // namespace aitrading::insight

#include "insight/correlation/hayashi_yoshida.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.hpp"

namespace aitrading::insight {
namespace {

double realised_variance(const TickPath& path) {
    double sum = 0;
    for (std::size_t i = 1; i < path.size(); ++i) {
        const double move = path.log_price[i] - path.log_price[i - 1];
        sum += move * move;
    }
    return sum;
}

}  // namespace

Result<TickPath> TickPath::of(std::span<const UnixNanos> time, std::span<const double> price) {
    CHECK(time.size() == price.size());
    TickPath path;
    path.time.reserve(time.size());
    path.log_price.reserve(time.size());
    for (std::size_t i = 0; i < time.size(); ++i) {
        if (!std::isfinite(price[i]) || price[i] <= 0)
            return fail(ErrorCode::bad_input, fmt::format("tick {}: the price {} is no price; remove the row", i + 1, price[i]));
        if (!path.time.empty() && time[i] < path.time.back())
            return fail(ErrorCode::bad_input, fmt::format("tick {} at {} lies before the one ahead of it; sort the ticks by time", i + 1,
                                                          to_iso8601(time[i])));
        if (!path.time.empty() && time[i] == path.time.back()) {
            path.log_price.back() = std::log(price[i]);
            continue;
        }
        path.time.push_back(time[i]);
        path.log_price.push_back(std::log(price[i]));
    }
    if (path.size() < 2)
        return fail(ErrorCode::bad_input, fmt::format("{} ticks at different times; two are needed for one move", path.size()));
    return path;
}

Result<TickPath> TickPath::mid(const TickColumns& ticks) {
    std::vector<UnixNanos> time;
    std::vector<double> price;
    time.reserve(ticks.size());
    price.reserve(ticks.size());
    for (std::size_t i = 0; i < ticks.size(); ++i) {
        if (ticks.ask[i] < ticks.bid[i]) continue;
        time.push_back(ticks.time[i]);
        price.push_back((ticks.bid[i].to_double() + ticks.ask[i].to_double()) / 2);
    }
    auto path = of(time, price);
    if (!path) return fail(path.error().code, to_string(ticks.key) + ": " + path.error().text);
    return path;
}

double HayashiYoshida::correlation() const {
    const double scale = std::sqrt(variance_first * variance_second);
    return scale > 0 ? covariance / scale : NAN;
}

HayashiYoshida hayashi_yoshida(const TickPath& first, const TickPath& second, std::int64_t shift_nanos) {
    DCHECK(first.size() >= 2 && second.size() >= 2);
    const std::size_t last = second.size() - 1;
    const auto at = [&](std::size_t j) { return second.time[j].value + shift_nanos; };
    // All increments of the second that overlap ]begin, end] reach from its last tick up to `begin` to its first from `end`
    // on, so that their sum is one difference of prices.
    std::size_t low = 0, high = 0;
    double sum = 0;
    for (std::size_t i = 1; i < first.size(); ++i) {
        const std::int64_t begin = first.time[i - 1].value, end = first.time[i].value;
        while (low < last && at(low + 1) <= begin) ++low;
        high = std::max(high, low);
        while (high < last && at(high) < end) ++high;
        sum += (first.log_price[i] - first.log_price[i - 1]) * (second.log_price[high] - second.log_price[low]);
    }
    return {sum, realised_variance(first), realised_variance(second)};
}

void HayashiYoshidaStream::update(int market, UnixNanos time, double log_price) {
    CHECK(market == 0 || market == 1);
    Side& own = side_[market];
    Side& other = side_[1 - market];
    const bool replaces = own.ticks > 0 && own.time == time;
    const double change = log_price - own.price;
    if (own.ticks > 0 && !replaces) {
        own.before = own.price;
        own.other_before = own.other_then;
        own.ticks = 2;
    }
    if (own.ticks == 2) {
        // The other's increments that overlap ]earlier time, time] sum up to one difference of its prices.
        const double move = log_price - own.before, replaced = replaces ? own.price - own.before : 0.0;
        add(other.ticks > 0 ? change * (other.price - own.other_before) : 0.0, market, move * move - replaced * replaced);
    }
    own.ticks = std::max(own.ticks, 1);
    if (own.ticks == 1) other.other_then = other.other_before = log_price;  // nothing of this market was known before
    own.time = time;
    own.price = log_price;
    if (other.ticks == 0) return;
    own.other_then = other.price;
    if (other.time == time) other.other_then = log_price;
}

void HayashiYoshidaStream::add(double covariance, int market, double variance) {
    for (HayashiYoshida* sum : {&total_, &part_}) {
        sum->covariance += covariance;
        (market == 0 ? sum->variance_first : sum->variance_second) += variance;
    }
}

HayashiYoshida HayashiYoshidaStream::take() { return std::exchange(part_, {}); }

}  // namespace aitrading::insight

#include "market/simulator/market_csv.hpp"

#include <charconv>
#include <cstring>

#include "base/check.hpp"

namespace aitrading::market {
namespace {

char* put(char* at, char* end, double value) {
    *at++ = ',';
    return std::to_chars(at, end, value).ptr;
}

/// Exactly `digits` decimal digits of a non-negative number, with leading zeros.
char* put_padded(char* at, std::int64_t value, int digits) {
    for (int i = digits - 1; i >= 0; --i) {
        at[i] = static_cast<char>('0' + value % 10);
        value /= 10;
    }
    return at + digits;
}

}  // namespace

void append_csv(std::string& out, const MarketRow& row, const std::optional<Judgement>& judgement) {
    char line[256];
    char* const end = line + sizeof line;
    char* at = std::to_chars(line, end, row.t).ptr;
    for (const double value : {row.x, row.dxy, row.r_bp, row.log_volume, row.log_spread}) at = put(at, end, value);
    if (judgement) {
        at = put(at, end, judgement->p_up_bayes);
        *at++ = ',';
        at = std::to_chars(at, end, judgement->regime).ptr;
    }
    *at++ = '\n';
    out.append(line, static_cast<std::size_t>(at - line));
}

TickCsv::TickCsv(int digits) : digits_(digits), point_(Price::scale), one_(1) {
    CHECK(digits >= 0 && digits <= 9);
    for (int i = 0; i < digits; ++i) {
        point_ /= 10;
        one_ *= 10;
    }
}

void TickCsv::append(std::string& out, const Tick& tick) {
    const std::int64_t minute = tick.time.value / nanos_per_minute;
    if (minute != minute_) {
        minute_ = minute;
        const std::string text = to_iso8601({minute * nanos_per_minute});
        CHECK(text.size() == sizeof prefix_);
        std::memcpy(prefix_, text.data(), sizeof prefix_ - 1);
        prefix_[sizeof prefix_ - 1] = '.';
    }
    char line[128];
    char* const end = line + sizeof line;
    std::memcpy(line, prefix_, sizeof prefix_);
    const std::int64_t ms = tick.time.value % nanos_per_minute / 1'000'000;
    put_padded(line + sizeof prefix_ - 3, ms / 1'000, 2);
    char* at = put_padded(line + sizeof prefix_, ms % 1'000, 3);
    *at++ = 'Z';
    for (const Price price : {tick.bid, tick.ask}) {
        const std::int64_t points = (price.raw + point_ / 2) / point_;
        *at++ = ',';
        at = std::to_chars(at, end, points / one_).ptr;
        if (digits_ == 0) continue;
        *at++ = '.';
        at = put_padded(at, points % one_, digits_);
    }
    for (const Quantity size : {tick.bid_size, tick.ask_size}) {
        *at++ = ',';
        at = std::to_chars(at, end, (size.raw + Quantity::scale / 2) / Quantity::scale).ptr;
    }
    *at++ = '\n';
    out.append(line, static_cast<std::size_t>(at - line));
}

}  // namespace aitrading::market

// MetaTrader 4's history files: a header of 148 bytes (version 400 or 401, symbol, minutes of a bar, digits), then records
// of 44 bytes (time as 32 bits, open, low, high, close, volume as double) or of 60 (time as 64 bits, open, high, low, close,
// tick volume as 64 bits, spread in points, real volume), the least significant byte first.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "market/history/layout.hpp"
#include "market/history/record_bytes.hpp"

namespace aitrading::market {
namespace {

constexpr std::size_t header_size = 148, old_record = 44, new_record = 60;
constexpr int minutes_max = 43'200, digits_max = 9;

struct Header {
    int version = 0, minutes = 0, digits = 0;
    std::string symbol;
    std::size_t record_size() const { return version == 400 ? old_record : new_record; }
};

bool read_header(std::string_view head, Header& out) {
    if (head.size() < header_size) return false;
    out.version = read_little<std::int32_t>(head, 0);
    out.minutes = read_little<std::int32_t>(head, 80);
    out.digits = read_little<std::int32_t>(head, 84);
    const std::string_view symbol = head.substr(68, 12);
    out.symbol = std::string(symbol.substr(0, std::min(symbol.find('\0'), symbol.size())));
    const bool known = out.version == 400 || out.version == 401;
    return known && out.minutes > 0 && out.minutes <= minutes_max && out.digits >= 0 && out.digits <= digits_max;
}

std::optional<Timeframe> timeframe_of(int minutes) {
    if (minutes == minutes_max) return Timeframe::mn1;
    for (const Timeframe timeframe : all_timeframes)
        if (timeframe != Timeframe::ticks && duration_nanos(timeframe) == minutes * nanos_per_minute) return timeframe;
    return std::nullopt;
}

class HstParser final : public RowParser {
  public:
    explicit HstParser(const Header& header)
        : old_(header.version == 400), of_days_(header.minutes * nanos_per_minute >= nanos_per_day), digits_(header.digits) {
        for (int i = 0; i < digits_; ++i) scale_ *= 10;
        unit_ = Price::scale / scale_;
    }
    RowFault parse(std::string_view record, ParsedRow& row) override {
        CHECK(record.size() == (old_ ? old_record : new_record));
        row = {};
        const std::int64_t seconds = old_ ? read_little<std::int32_t>(record, 0) : read_little<std::int64_t>(record, 0);
        constexpr std::int64_t year_3000 = 32'503'680'000;
        if (seconds <= 0 || seconds >= INT64_MAX / nanos_per_second || seconds >= year_3000)
            return {"not_a_time", "time", "a number that is no time"};
        row.stamp.wall_nanos = seconds * nanos_per_second;
        row.stamp.date_only = of_days_ && row.stamp.wall_nanos % nanos_per_day == 0;  // the trading day
        static constexpr std::array<std::string_view, 4> names{"open", "high", "low", "close"};
        const std::array<std::size_t, 4> places = old_ ? std::array<std::size_t, 4>{4, 20, 12, 28} : std::array<std::size_t, 4>{8, 16, 24, 32};
        for (std::size_t i = 0; i < names.size(); ++i)
            if (const auto kind = take_price(read_little<double>(record, places[i]), row.bid[i]); !kind.empty()) return {kind, names[i], ""};
        row.decimals = digits_;
        const double volume = old_ ? read_little<double>(record, 36) : static_cast<double>(read_little<std::int64_t>(record, 40));
        constexpr double volume_max = 9e12;
        if (!(volume >= 0 && volume < volume_max)) return {"not_a_number", "volume", ""};
        row.volume.raw = std::llround(volume * static_cast<double>(Quantity::scale));
        row.spread.raw = old_ ? 0 : std::clamp(read_little<std::int32_t>(record, 48), 0, 1'000'000'000) * Price::scale;
        return {};
    }

  private:
    std::string_view take_price(double value, Price& out) const {
        if (!std::isfinite(value)) return "nan";
        if (value <= 0) return value == 0 ? "zero" : "negative";
        constexpr double price_max = 9.2e9;
        if (value > price_max) return "too_large";
        out.raw = std::llround(value * static_cast<double>(scale_)) * unit_;
        return out.raw == 0 ? "zero" : "";
    }
    bool old_, of_days_;
    int digits_;
    std::int64_t scale_ = 1, unit_ = 1;
};

int confidence(const Sample& sample, const LayoutOptions&) {
    Header header;
    return read_header(sample.head, header) ? 100 : 0;
}

/// Whether one of the first records states a spread: many brokers leave zero in every one.
bool states_spread(std::string_view head, const Header& header) {
    if (header.version == 400) return false;
    for (std::size_t at = header_size; at + new_record <= head.size(); at += new_record)
        if (read_little<std::int32_t>(head, at + 48) > 0) return true;
    return false;
}

Result<OpenLayout> open_file(const Sample& sample, const LayoutOptions&, std::string_view) {
    Header header;
    if (!read_header(sample.head, header))
        return fail(ErrorCode::bad_input, fmt::format("{}: no MetaTrader 4 history (version 400 or 401); leave --format out",
                                                      sample.path.string()));
    OpenLayout open;
    open.timeframe = timeframe_of(header.minutes);
    if (!open.timeframe)
        return fail(ErrorCode::bad_input,
                    fmt::format("{}: bars of {} minutes, which are not kept here; export M1 M5 M15 M30 H1 H4 D1 W1 or MN1 and resample",
                                sample.path.string(), header.minutes));
    open.has_spread = states_spread(sample.head, header);
    open.skip_bytes = header_size;
    open.record_bytes = header.record_size();
    open.symbol = header.symbol;
    open.parser = std::make_unique<HstParser>(header);
    open.default_clock = "Europe/Athens";
    open.clock_reason = "MetaTrader 4 keeps the broker's clock, mostly EET/EEST";
    open.clock_is_assumed = open.clock_is_unknown = true;
    return open;
}

}  // namespace

const Layout hst_layout{"mt4-hst", confidence, open_file, true};

}  // namespace aitrading::market

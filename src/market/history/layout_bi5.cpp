// Dukascopy's own ticks, one file an hour: LZMA of 20-byte records, most significant byte first: milliseconds in the hour,
// ask and bid in points, ask and bid volume as float. Instrument, day and hour stand in the path alone, the month counted
// from 0: GBPJPY/2012/11/03/07h_ticks.bi5 is 3 December 2012, 07:00 UTC.
#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "base/check.hpp"
#include "market/history/layout.hpp"
#include "market/history/record_bytes.hpp"

namespace aitrading::market {
namespace {

constexpr std::size_t record_size = 20;
constexpr std::int32_t ms_per_hour = 3'600'000;
constexpr float volume_max = 1e9F;

struct Hour {
    std::string symbol;
    std::int64_t begin_nanos = 0;
};

int digits_of(const std::string& text, std::size_t count) {
    if (text.size() < count) return -1;
    int out = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (text[i] < '0' || text[i] > '9') return -1;
        out = out * 10 + (text[i] - '0');
    }
    return out;
}

std::optional<Hour> hour_in_path(const std::filesystem::path& given) {
    std::error_code code;
    const std::filesystem::path path = std::filesystem::absolute(given, code).lexically_normal();
    const std::filesystem::path day = path.parent_path(), month = day.parent_path(), year = month.parent_path();
    const std::string file = path.filename().string();
    const auto whole = [](const std::filesystem::path& folder, std::size_t count) {
        const std::string text = folder.filename().string();
        return text.size() == count ? digits_of(text, count) : -1;
    };
    CivilTime civil;
    civil.year = whole(year, 4), civil.month = whole(month, 2) + 1, civil.day = whole(day, 2), civil.hour = digits_of(file, 2);
    if (file.size() < 3 || file[2] != 'h' || civil.year < 0 || civil.month < 1 || !valid(civil)) return std::nullopt;
    return Hour{year.parent_path().filename().string(), from_civil(civil).value};
}

class Bi5Parser final : public RowParser {
  public:
    Bi5Parser(std::int64_t begin_nanos, std::int64_t point_raw) : begin_nanos_(begin_nanos), point_raw_(point_raw) {
        for (std::int64_t unit = point_raw; unit > 0 && unit % Price::scale != 0; unit *= 10) ++decimals_;
    }
    RowFault parse(std::string_view record, ParsedRow& row) override {
        CHECK(record.size() == record_size);
        const auto ms = read_big<std::int32_t>(record, 0), ask = read_big<std::int32_t>(record, 4), bid = read_big<std::int32_t>(record, 8);
        if (ms < 0 || ms >= ms_per_hour) return {"not_a_time", "milliseconds", "a time outside the hour"};
        row = {};
        row.stamp.wall_nanos = begin_nanos_ + ms * 1'000'000LL;
        if (ask <= 0 || bid <= 0) return {ask == 0 || bid == 0 ? "zero" : "negative", ask <= 0 ? "ask" : "bid", ""};
        row.ask[3].raw = ask * point_raw_;
        row.bid[3].raw = bid * point_raw_;
        row.decimals = decimals_;
        if (!take(read_big<float>(record, 12), row.ask_volume)) return {"not_a_number", "ask volume", ""};
        if (!take(read_big<float>(record, 16), row.volume)) return {"not_a_number", "bid volume", ""};
        return {};
    }

  private:
    static bool take(float volume, Quantity& out) {
        if (!(volume >= 0.0F && volume <= volume_max)) return false;
        out.raw = std::llround(static_cast<double>(volume) * static_cast<double>(Quantity::scale));
        return true;
    }
    std::int64_t begin_nanos_, point_raw_;
    int decimals_ = 0;
};

/// Dukascopy's point: 0.001 against yen, rouble and for metals, 0.00001 for other pairs; of other names not known.
std::optional<Price> point_of(std::string_view symbol) {
    if (symbol.size() != 6) return std::nullopt;
    for (const char c : symbol)
        if (c < 'A' || c > 'Z') return std::nullopt;
    const bool coarse = symbol.ends_with("JPY") || symbol.ends_with("RUB") || symbol.starts_with("XAU") || symbol.starts_with("XAG");
    return Price{coarse ? 1'000'000 : 10'000};
}

int confidence(const Sample& sample, const LayoutOptions&) {
    constexpr std::size_t head_bytes = 4096;
    const std::string_view head = sample.head;
    if (head.size() < record_size || (head.size() < head_bytes && head.size() % record_size != 0)) return 0;
    std::int32_t last = 0;
    for (std::size_t at = 0; at + record_size <= head.size(); at += record_size) {
        const auto ms = read_big<std::int32_t>(head, at);
        const float ask = read_big<float>(head, at + 12), bid = read_big<float>(head, at + 16);
        if (ms < last || ms >= ms_per_hour || !(ask >= 0.0F && ask <= volume_max) || !(bid >= 0.0F && bid <= volume_max)) return 0;
        last = ms;
    }
    return 90;
}

Result<OpenLayout> open_file(const Sample& sample, const LayoutOptions& options, std::string_view symbol) {
    const auto hour = hour_in_path(sample.path);
    if (!hour)
        return fail(ErrorCode::bad_input,
                    fmt::format("{}: ticks of Dukascopy count from their hour, which stands in the path alone; keep the folders as "
                                "they were, SYMBOL/YYYY/MM/DD/HHh_ticks.bi5 with January as 00",
                                sample.path.string()));
    OpenLayout open;
    open.symbol = hour->symbol;
    const std::string name = options.symbol.empty() ? hour->symbol : std::string(symbol);
    const std::optional<Price> point = options.point ? options.point : point_of(name);
    if (!point)
        return fail(ErrorCode::usage, fmt::format("{}: prices count points, and the size of one is not known for \"{}\"; say it, "
                                                  "for example --point 0.001",
                                                  sample.path.string(), name));
    open.kind = RowKind::ticks;
    open.record_bytes = record_size;
    open.parser = std::make_unique<Bi5Parser>(hour->begin_nanos, point->raw);
    open.clock_reason = "Dukascopy's hours are of UTC";
    return open;
}

}  // namespace

const Layout dukascopy_bi5_layout{"dukascopy-bi5", confidence, open_file, true};

}  // namespace aitrading::market

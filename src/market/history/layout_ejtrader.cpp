// ejtrader: `Date,open,high,low,close,tick_volume` from MetaTrader 5 brokers, prices as integer points written as floats
// (158611.0 is 1.58611), with noise such as 100076.00000000001.
#include <fmt/format.h>

#include <cmath>
#include <cstdlib>

#include "market/calendar/instruments.hpp"
#include "market/history/layout.hpp"
#include "market/history/table_parser.hpp"

namespace aitrading::market {
namespace {

/// The least price in points that tells points from prices: 0.01 of a five-digit pair is 1,000 points.
constexpr double points_min = 1'000.0;

bool is_points(std::string_view text) {
    const double value = std::strtod(std::string(text).c_str(), nullptr);
    return value >= points_min && std::abs(value - std::round(value)) < 1e-6;
}

int confidence(const Sample& sample, const LayoutOptions&) {
    if (sample.lines.size() < 2 || sample.lines[0] != "Date,open,high,low,close,tick_volume") return 0;
    for (std::size_t i = 1; i < sample.lines.size(); ++i) {
        std::array<std::string_view, 6> fields;
        if (split_fields(sample.lines[i], ',', fields) != 6) continue;  // a broken row says nothing
        for (std::size_t column = 1; column < 5; ++column)
            if (looks_numeric(fields[column]) && !is_points(fields[column])) return 0;
    }
    return 95;
}

/// Digits that MetaTrader brokers quote; none where the symbol is not known.
std::optional<Price> usual_point(std::string_view symbol) {
    const Instrument* known = InstrumentTable::built_in().find(symbol);
    // Brokers agree on the digits of pairs and metals; on those of indices and coins they do not.
    if (known != nullptr && (known->kind == InstrumentClass::fx || known->kind == InstrumentClass::metal)) return known->point();
    if (symbol.size() != 6) return std::nullopt;
    if (symbol.starts_with("XAU")) return Price{10'000'000};
    if (symbol.starts_with("XAG") || symbol.ends_with("JPY")) return Price{1'000'000};
    for (const char c : symbol)
        if (c < 'A' || c > 'Z') return std::nullopt;
    return Price{10'000};
}

Result<OpenLayout> open_file(const Sample& sample, const LayoutOptions& options, std::string_view symbol) {
    const std::optional<Price> point = options.point ? options.point : usual_point(symbol);
    if (!point)
        return fail(ErrorCode::usage, fmt::format("{}: prices count points, and the size of one is not known for \"{}\"; "
                                                  "say it, for example --point 0.01",
                                                  sample.path.string(), symbol));
    OpenLayout open;
    TableShape shape;
    shape.columns = {{"Date", Role::time}, {"open", Role::open},   {"high", Role::high},
                     {"low", Role::low},   {"close", Role::close}, {"tick_volume", Role::volume}};
    shape.point_raw = point->raw;
    open.parser = make_table_parser(std::move(shape));
    open.header_lines = 1;
    const bool metal = symbol.starts_with("XAU") || symbol.starts_with("XAG");
    open.default_clock = metal ? "Europe/Athens" : "Europe/Berlin until 2014-11-22, Europe/Athens";
    open.clock_reason = metal ? "this publisher's metals carry EET/EEST"
                              : "this publisher's pairs carry CET/CEST up to 2014-11-21 and EET/EEST after";
    open.clock_is_assumed = true;
    open.remarks.push_back(fmt::format("prices are integer points, one point is {} ({})",
                                       to_decimal(*point, 5), options.point ? "as given" : "usual for the symbol"));
    return open;
}

}  // namespace

const Layout ejtrader_layout{"ejtrader", confidence, open_file};

}  // namespace aitrading::market

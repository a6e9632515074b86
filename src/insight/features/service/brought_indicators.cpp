#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "aitrading/v1/inference.pb.h"
#include "insight/features/registry.hpp"
#include "insight/features/service/feature_desk.hpp"
#include "kit/contracts/bar_news.hpp"

namespace aitrading::insight {
namespace {

constexpr std::size_t bars_max = 20'000, columns_max = 256, values_max = 1'000'000;

SteadyTime steady_now() { return std::chrono::steady_clock::now(); }

Result<std::vector<IndicatorRequest>> read_wanted(const v1::ComputeIndicatorsRequest& request) {
    std::vector<IndicatorRequest> wanted;
    std::set<std::string> columns;
    if (request.indicators().empty()) return fail(ErrorCode::bad_input, "indicators: none was named; ListIndicators tells them");
    for (const std::string& text : request.indicators()) {
        TRY(IndicatorRequest one, parse_indicator(text));
        for (const std::string& column : one.columns)
            if (!columns.insert(column).second) return fail(ErrorCode::bad_input, fmt::format("indicators: the column {} is asked for twice", column));
        if (columns.size() > columns_max) return fail(ErrorCode::bad_input, fmt::format("indicators: at most {} columns are made at a time", columns_max));
        wanted.push_back(std::move(one));
    }
    if (columns.size() * static_cast<std::size_t>(request.bars_size()) > values_max)
        return fail(ErrorCode::bad_input, fmt::format("{} columns of {} bars are more than {} values: bring fewer bars or name fewer indicators", columns.size(), request.bars_size(), values_max));
    return wanted;
}

}  // namespace

Result<v1::ComputeIndicatorsReply> compute_brought(const v1::ComputeIndicatorsRequest& request, const Deadline& deadline) {
    TRY(const std::vector<IndicatorRequest> wanted, read_wanted(request));
    TRY(const BarColumns bars, kit::brought_bars(request.bars(), {}, 9, bars_max));
    std::vector<Candle> candles;
    candles.reserve(bars.size());
    for (std::size_t i = 0; i < bars.size(); ++i) candles.push_back(Candle::of(bars.bar(i)));
    const bool has_volume = std::ranges::any_of(bars.volume, [](Quantity v) { return v.raw > 0; });
    v1::ComputeIndicatorsReply reply;
    for (const IndicatorRequest& one : wanted) {
        if (deadline.passed(steady_now())) return fail(ErrorCode::failed, "the deadline has passed before all indicators were made; bring fewer bars");
        if (one.entry->needs_volume() && !has_volume) return fail(ErrorCode::bad_input, fmt::format("bars: {} needs volume_e6, and no bar has any", one.entry->name));
        const auto columns = compute_indicators({&one, 1}, candles);
        for (std::size_t c = 0; c < columns.size(); ++c) {
            v1::IndicatorColumn& out = *reply.add_columns();
            out.set_column(one.columns[c]);
            out.mutable_values()->Add(columns[c].begin(), columns[c].end());
        }
    }
    return reply;
}

v1::ListIndicatorsReply list_indicators() {
    v1::ListIndicatorsReply reply;
    for (const IndicatorEntry& entry : indicator_registry()) {
        v1::IndicatorSummary& out = *reply.add_indicators();
        out.set_indicator(entry.name);
        for (const Parameter& p : entry.parameters) out.add_parameters(fmt::format("{}={}", p.name, p.standard));
        for (std::size_t at = 0; at < entry.inputs.size();) {
            const std::size_t end = std::min(entry.inputs.find(' ', at), entry.inputs.size());
            out.add_inputs(entry.inputs.substr(at, end - at));
            at = end + 1;
        }
        for (const std::string& output : entry.outputs) out.add_outputs(entry.name + "." + output);
        if (entry.outputs.empty()) out.add_outputs(entry.name);
        out.set_warm_up_bars(entry.standard_warm_up());
    }
    return reply;
}

}  // namespace aitrading::insight

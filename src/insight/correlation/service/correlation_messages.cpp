#include "insight/correlation/service/correlation_messages.hpp"

#include <algorithm>

#include "aitrading/v1/insight.pb.h"
#include "insight/correlation/pairs.hpp"

namespace aitrading::insight {
namespace {

void add_look(v1::CorrelationMatrixComputed& message, const CorrelationStream& stream, std::int64_t bar_nanos, double told_p_max) {
    const std::vector<std::string>& names = stream.names();
    const CorrelationLook look = stream.look(told_p_max);
    for (const FoundLead& lead : look.leads) {
        v1::LeadLag& out = *message.add_lead_lags();
        out.set_leader(names[lead.leader]);
        out.set_follower(names[lead.follower]);
        out.set_lag_ns(static_cast<std::int64_t>(lead.rows) * bar_nanos);
        out.set_correlation(lead.correlation);
        out.set_p_value(std::min(lead.p, 1.0));
    }
    for (const FoundBreak& found : look.breaks) {
        v1::CorrelationBreak& out = *message.add_breaks();
        out.set_first(names[found.first]);
        out.set_second(names[found.second]);
        out.set_before(found.before);
        out.set_after(found.after);
        out.set_p_value(std::min(found.p, 1.0));
    }
    if (look.dollar.links.empty()) return;
    message.set_dollar_index(look.dollar.index);
    for (const DollarLink& link : look.dollar.links) {
        v1::DollarCorrelation& out = *message.add_dollar();
        out.set_symbol(link.instrument);
        out.set_whole(link.with.value);
        out.set_without_own_legs(link.without.value);
        for (const std::string& leg : link.own_legs) out.add_own_legs(leg);
        out.set_rows(static_cast<std::int64_t>(link.with.n));
    }
}

}  // namespace

void fill(v1::CorrelationMatrixComputed& message, const ServedUniverse& universe, double told_p_max, bool degraded) {
    const CorrelationStream& stream = universe.stream;
    const bool rolling = stream.options().method == PathMethod::rolling;
    message.set_universe(universe.name);
    message.set_timeframe(kit::to_contract(universe.timeframe));
    message.set_known_ns(stream.known().value);
    message.set_method(rolling ? "rolling" : "ewma");
    message.set_window_bars(rolling ? static_cast<int>(stream.options().window) : 0);
    message.set_rows(static_cast<std::int64_t>(stream.complete_rows()));
    message.set_degraded(degraded);
    for (const std::string& name : stream.names()) message.add_symbols(name);
    for (std::size_t low = 0; low < stream.columns(); ++low)
        for (std::size_t high = low + 1; high < stream.columns(); ++high) message.add_upper(stream.pairs()[pair_index(low, high)]);
    for (const std::size_t j : stream.missing()) message.add_missing(stream.names()[j]);
    add_look(message, stream, duration_nanos(universe.timeframe), told_p_max);
}

}  // namespace aitrading::insight

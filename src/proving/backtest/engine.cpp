#include "proving/backtest/engine.hpp"

#include <fmt/format.h>

#include <utility>

namespace aitrading::backtest {

using trading::AccountView;
using trading::OrderCommands;
using trading::Quote;

Engine::Engine(const EngineOptions& options, trading::Strategy& strategy)
    : fill_rule_(options.fill),
      strategy_(strategy),
      venue_(options.cash, options.rules),
      recorder_(options.list_max) {
    venue_.listen(this);
}

void Engine::on_bar_closed(const trading::BarClosed& event) {
    last_ = event.last;
    strategy_.on_bar(event, AccountView(venue_.account(), last_), commands_);
    if (!commands_.empty()) {
        const Quote now{event.known, event.last.bid, event.last.ask};
        carry_out(now);
        if (fill_rule_ == FillRule::same_close) venue_.at(now, true);
    }
    recorder_.on_mark(event.bar.time, venue_.account(), last_.mid());
}

void Engine::carry_out(const Quote& now) {
    // The venue may fill nothing here, so no command can arrive while this list is being read.
    for (const OrderCommands::Command& command : commands_.pending()) {
        if (command.cancels)
            venue_.cancel(command.order.id);
        else
            venue_.submit(command.order, now);
    }
    commands_.pending().clear();
}

void Engine::on_fill(const Fill& fill, const std::optional<Trade>& ended, const Quote& at) {
    recorder_.on_fill(fill, ended);
    strategy_.on_fill(fill, AccountView(venue_.account(), at), commands_);
    if (!commands_.empty()) carry_out(at);
}

void Engine::on_refused(const Order&, trading::Refusal reason) {
    ++incidents_.refused[static_cast<std::size_t>(reason)];
}

void Engine::on_stop_out(const Quote&) { ++incidents_.stop_outs; }

void Engine::finish(RunResult& result) {
    const std::int64_t uncounted = recorder_.fills_unlisted();
    recorder_.finish(venue_.account(), last_.mid(), result);
    const auto refused = [&](trading::Refusal reason) { return incidents_.refused[static_cast<std::size_t>(reason)]; };
    const auto note = [&](std::int64_t count, std::string_view text) {
        if (count > 0) result.notes.push_back(fmt::format("{} {}", count, text));
    };
    note(refused(trading::Refusal::margin), "orders (or the opening part of them) refused for lack of margin");
    note(refused(trading::Refusal::below_lot_step), "orders refused: smaller than one lot step");
    note(refused(trading::Refusal::invalid), "orders refused: price or quantity missing");
    note(refused(trading::Refusal::too_many_orders), "orders refused: too many waiting");
    note(incidents_.stop_outs, "times the position was closed by force (stop-out)");
    note(uncounted, "further fills are counted but not listed");
}

}  // namespace aitrading::backtest

#include "models/ensemble/rule_regimes.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "insight/regimes/regime_state.hpp"  // before the features, whose `unknown` the enumerator would shadow
#include "insight/regimes/release_times.hpp"

#include "insight/features/feature_set.hpp"

namespace aitrading::models {
namespace {

using insight::regime_kinds;
using insight::RegimeState;
using insight::RuleRegimes;

static_assert(rule_regime_kinds == regime_kinds);

insight::RuleOptions rules_of(const RuleRegimeOptions& options) {
    insight::RuleOptions out;
    out.window = options.window;
    out.has_volume = options.has_volume;
    out.has_spread = options.has_spread;
    return out;
}

/// Whether a release lies at a bar, as far as anyone can say at its close.
std::optional<bool> release_at(const RuleRegimeOptions& options, UnixNanos open, UnixNanos close) {
    return options.releases ? options.releases->at_bar(open, close) : std::nullopt;
}

std::optional<double> known(double spread) { return insight::is_unknown(spread) ? std::nullopt : std::optional(spread); }

RegimeReport report_of(const RegimeState& state) {
    RegimeReport out;
    out.regime = state.known ? static_cast<int>(state.present) + 1 : 0;
    out.probability = state.posterior;
    out.next = state.next;
    out.remaining = state.expected_remaining_bars;
    out.shock = state.known && state.news_shock;
    return out;
}

class RuleRegimeGuest final : public insight::FeatureGuest {
  public:
    RuleRegimeGuest(RuleRegimeOptions options, RuleRegimes rules) : options_(std::move(options)), rules_(std::move(rules)) {}
    std::unique_ptr<FeatureGuest> clone() const override { return std::make_unique<RuleRegimeGuest>(*this); }
    void describe(insight::Catalogue& c) const override {
        c.group("regimes");
        c.add("regime", "market regime by rule with hysteresis, 1 to 12");
        for (std::size_t k = 1; k <= regime_kinds; ++k)
            c.add(fmt::format("regime_p_{}", k),
                  fmt::format("how near the rule of {} is to its thresholds, 0 to 1, not calibrated", insight::regime_names[k]));
        c.add("regime_remaining", "bars that a stay in this regime is expected to go on for, by the stays so far");
        c.add("regime_shock", "1 after a significant jump for 3 bars, after a move of 4 deviations at a release for 6");
    }
    std::vector<std::pair<std::string, std::string>> parameters() const override {
        return {{"regimes", fmt::format("rules version 2, window {}, reference {} windows, volume {}, spread {}, releases {}", options_.window,
                                        insight::RuleOptions{}.references, options_.has_volume ? "yes" : "no", options_.has_spread ? "yes" : "no",
                                        options_.releases ? fmt::format("{}", fmt::join(options_.currencies, " ")) : "none")}};
    }
    double* update(const insight::Moment& m, double* out) override {
        const RegimeState& state = last_ = rules_.update(m.bar, known(m.spread), release_at(options_, m.opened, m.known));
        if (!state.known) return std::fill_n(out, regime_kinds + 3, insight::unknown);
        *out++ = static_cast<double>(state.present + 1);
        out = std::ranges::copy(state.posterior, out).out;
        *out++ = state.expected_remaining_bars;
        *out++ = state.news_shock ? 1 : 0;
        return out;
    }

    const RuleRegimeOptions& options() const { return options_; }
    const RegimeState& last() const { return last_; }

  private:
    RuleRegimeOptions options_;
    RuleRegimes rules_;
    RegimeState last_;
};

}  // namespace

RuleRegimeOptions RuleRegimeOptions::of(const BarColumns& bars, int window) {
    RuleRegimeOptions out;
    out.window = window;
    out.has_volume = std::ranges::any_of(bars.volume, [](Quantity v) { return v.raw > 0; });
    out.has_spread = bars.has_spread() || bars.has_ask();
    return out;
}

Result<std::unique_ptr<insight::FeatureGuest>> rule_regime_guest(const RuleRegimeOptions& options) {
    TRY(RuleRegimes rules, RuleRegimes::of(rules_of(options)));
    return std::make_unique<RuleRegimeGuest>(options, std::move(rules));
}

struct RuleRegimeStream::State {
    RuleRegimeOptions options;
    RuleRegimes rules;
    RegimeReport report;
};

RuleRegimeStream::RuleRegimeStream(std::unique_ptr<State> state) : state_(std::move(state)) {}
RuleRegimeStream::RuleRegimeStream(const RuleRegimeStream& other) : state_(std::make_unique<State>(*other.state_)) {}
RuleRegimeStream::RuleRegimeStream(RuleRegimeStream&&) noexcept = default;
RuleRegimeStream& RuleRegimeStream::operator=(RuleRegimeStream&&) noexcept = default;
RuleRegimeStream::~RuleRegimeStream() = default;

Result<RuleRegimeStream> RuleRegimeStream::of(const RuleRegimeOptions& options) {
    TRY(RuleRegimes rules, RuleRegimes::of(rules_of(options)));
    return RuleRegimeStream(std::make_unique<State>(State{options, std::move(rules), {}}));
}

int RuleRegimeStream::warm_up() const { return state_->rules.warm_up(); }

const RegimeReport& RuleRegimeStream::update(const Bar& bar, double spread, UnixNanos close) {
    state_->report = report_of(state_->rules.update(insight::Candle::of(bar), known(spread), release_at(state_->options, bar.time, close)));
    return state_->report;
}

bool told_by_guest(const insight::FeatureSet& set, const RuleRegimeOptions& options, RegimeReport& out) {
    for (const insight::GuestBox& box : set.guests()) {
        const auto* guest = dynamic_cast<const RuleRegimeGuest*>(&*box);
        if (guest == nullptr) continue;
        const RuleRegimeOptions& own = guest->options();
        const bool same = own.window == options.window && own.has_volume == options.has_volume && own.has_spread == options.has_spread &&
                          (own.releases != nullptr) == (options.releases != nullptr) && own.currencies == options.currencies;
        if (same) out = report_of(guest->last());
        return same;
    }
    return false;
}

Result<RegimePath> rule_regimes(const BarColumns& bars, const RuleRegimeOptions& options, const std::stop_token& stop) {
    TRY(RuleRegimeStream rules, RuleRegimeStream::of(options));
    RegimePath out;
    out.warm_up = rules.warm_up();
    out.regime.reserve(bars.size());
    for (auto* laws : {&out.probability, &out.next}) laws->reserve(bars.size());
    if (!options.has_volume) out.not_available.emplace_back("volume: the series has none; its conditions are left out");
    if (!options.has_spread) out.not_available.emplace_back("spread: the series has none; crisis is told by Amihud's measure alone");
    if (!options.releases) out.not_available.emplace_back("economic calendar: no releases were given; shocks are told by jumps alone");
    const std::vector<double> spreads = insight::closing_spreads(bars);
    for (std::size_t i = 0; i < bars.size(); ++i) {
        if (i % 4096 == 0 && stop.stop_requested())
            return fail(ErrorCode::interrupted, "stopped while telling the regimes of " + to_string(bars.key));
        const UnixNanos close{bars.time[i].value + duration_nanos(bars.key.timeframe)};
        const RegimeReport& report = rules.update(bars.bar(i), spreads.empty() ? insight::unknown : spreads[i], close);
        out.regime.push_back(report.regime);
        out.probability.push_back(report.probability);
        out.next.push_back(report.next);
        out.remaining.push_back(report.remaining);
        out.shock.push_back(report.shock);
    }
    return out;
}

}  // namespace aitrading::models

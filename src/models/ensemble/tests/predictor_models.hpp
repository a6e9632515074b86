#pragma once

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

#include "base/hash.hpp"
#include "base/random.hpp"
#include "models/boosting/boosting.hpp"
#include "models/deep/net_learner.hpp"
#include "models/deep/tests/random_net.hpp"
#include "models/ensemble/predictor.hpp"
#include "models/ensemble/series_members.hpp"
#include "models/evaluation/labels.hpp"

namespace aitrading::models::testing_predictor {

/// A walk whose volatility and drift change now and then, with volume and a spread; weekends are left out.
inline BarColumns made_bars(std::size_t rows, std::uint64_t seed) {
    SplitMix64 random(seed);
    const auto unit = [&] { return static_cast<double>(random.next_below(1'000'001)) / 500'000 - 1; };
    BarColumns bars;
    bars.key = {"MADE", Timeframe::h1};
    double price = 1.2, scale = 1e-3, drift = 0;
    std::int64_t time = from_civil({2001, 1, 1}).value;
    for (std::size_t i = 0; i < rows; ++i, time += nanos_per_hour * (i % 120 == 0 ? 49 : 1)) {
        if (i % 150 == 0) scale = 3e-4 * std::exp(unit() + 1), drift = 4e-4 * unit() - 1e-4 * (price - 1.2);
        const double open = price;
        price *= std::exp(drift + scale * (unit() + unit()));
        const double high = std::max(open, price) * (1 + scale * std::abs(unit())), low = std::min(open, price) * (1 - scale * std::abs(unit()));
        bars.append({{time}, Price::from_double(open), Price::from_double(high), Price::from_double(low), Price::from_double(price),
                     Quantity::from_double(100 + 50 * unit())});
        bars.spread.push_back(Price::from_double(1e-4 * (1.5 + unit())));
    }
    return bars;
}

/// A net as it was drawn: serving does not ask whether a net has learnt anything.
class DrawnNet final : public Learner {
  public:
    explicit DrawnNet(NetKind kind) : kind_(kind), restore_(net_learners_for_restore()) {}
    std::string_view name() const override { return models::name(kind_); }
    bool reads_series() const override { return true; }
    std::string describe() const override { return "drawn"; }
    Result<std::unique_ptr<Classifier>> fit(const TrainingData& train, const TrainingData&, const FitOptions& options) const override {
        NetSpec spec = default_parameters(kind_).spec;
        spec.inputs = static_cast<std::uint32_t>(train.x.columns);
        spec.width = 16;
        spec.window = 16;
        if (kind_ == NetKind::transformer) spec.heads = 2, spec.feed_forward = 32;
        TRY(const std::string bytes, encode_weights(random_weights(spec, options.seed)));
        return restore(bytes);
    }
    Result<std::unique_ptr<Classifier>> restore(std::string_view bytes) const override {
        return (*std::ranges::find(restore_, name(), &Learner::name))->restore(bytes);
    }

  private:
    NetKind kind_;
    std::vector<std::unique_ptr<Learner>> restore_;
};

struct Wishes {
    std::string label = "next_bar";
    bool regimes = true;  ///< as columns, and the switching regression as a member
    bool nets = true;
    bool online = true;   ///< weights that follow the series
    std::size_t train = 3000;
};

/// A model and all that a stream of its series needs.
struct Served {
    BarColumns bars;
    std::vector<double> spreads;
    RuleRegimeOptions rules;
    insight::FeatureOptions features;
    FittedEnsemble model;

    insight::FeatureSet set() const { return insight::FeatureSet(features); }
    Predictor open() const {
        auto out = Predictor::open(model, set(), rules, bars.digits);
        CHECK(out.has_value());
        return std::move(*out);
    }
};

/// @param guests columns behind the others, before those of the regimes
inline Served serve(BarColumns bars, const Wishes& wishes, std::vector<insight::GuestBox> guests = {}) {
    const RuleRegimeOptions rules = RuleRegimeOptions::of(bars, 48);
    insight::FeatureOptions features = insight::FeatureOptions::of(bars);
    features.has_spread = bars.has_spread();
    features.guests = std::move(guests);
    if (wishes.regimes) features.guests.emplace_back(*rule_regime_guest(rules));
    const FeatureMatrix matrix = *insight::FeatureSet(features).compute(bars);
    const LabelSet labels = *make_labels(wishes.label, bars);
    std::vector<std::unique_ptr<Learner>> learners;
    learners.push_back(*make_learner("xgboost", "rounds=30"));
    learners.push_back(*make_learner("lightgbm", "rounds=30"));
    learners.push_back(*make_learner("random_forest", "trees=30"));
    for (const NetKind kind : {NetKind::lstm, NetKind::transformer, NetKind::cnn})
        if (wishes.nets) learners.push_back(std::make_unique<DrawnNet>(kind));
    auto beside = *members_beside_trees(matrix, labels, wishes.regimes);
    std::ranges::move(beside, std::back_inserter(learners));
    std::vector<const Learner*> borrowed;
    borrowed.reserve(learners.size());
    for (const auto& l : learners) borrowed.push_back(l.get());
    const SeriesRegimes states(bars);
    const RegimePath path = *rule_regimes(bars, rules);
    PipelineOptions options;
    options.inner_folds = 0;
    options.regime = path.regime;
    options.form.online = wishes.online;
    if (wishes.regimes) options.learnt = &states;
    std::vector<std::uint32_t> train(wishes.train);
    std::iota(train.begin(), train.end(), 0U);
    auto fitted = FittedEnsemble::fit(matrix, labels, train, borrowed, options);
    CHECK(fitted.has_value());
    std::vector<double> spreads = insight::closing_spreads(bars);
    return {std::move(bars), std::move(spreads), rules, std::move(features), std::move(*fitted)};
}

inline void add(Fingerprint& print, const BarPrediction& p) {
    for (const std::int64_t v : {p.bar.value, p.known.value}) print.add(v);
    for (const double v : {p.answer.p_up, p.answer.p_low, p.answer.p_high, p.answer.low, p.answer.high, p.answer.widened, p.regime.remaining}) print.add(v);
    print.add(p.answer.missing);
    print.add(p.regime.regime);
    print.add(p.regime.shock ? 1 : 0);
    for (const auto* law : {&p.regime.probability, &p.regime.next}) print.add_all<double>(*law);
    print.add_all<double>(p.states);
}

}  // namespace aitrading::models::testing_predictor

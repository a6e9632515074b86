#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "insight/features/feature_set.hpp"
#include "models/ensemble/fitted_ensemble.hpp"
#include "models/ensemble/label_fed_states.hpp"
#include "models/ensemble/rule_regimes.hpp"
#include "models/ensemble/series_regimes.hpp"
#include "models/evaluation/label_stream.hpp"

namespace aitrading::models {

/// What a model says of one bar at its close.
struct BarPrediction {
    UnixNanos bar, known;  ///< opening time; the close, from which on the prediction may be used
    RowPrediction answer;  ///< its interval of the target learns from labels as they become known
    RegimeReport regime;   ///< by rule
    std::array<double, SeriesRegimes::states> states{};  ///< posterior of the model's own fitted states
    bool has_states = false;                             ///< whether the model has any
    std::span<const double> members;  ///< each member's own calibrated probability, NaN where it did not answer; of `next` alone, valid until the next bar
    std::span<const double> mix;  ///< weights of the members and of the stack, where they follow the series; valid until the next bar
};

/// What a bar passes through, in this order.
enum class PredictorStage : std::uint8_t { labels, features, fitted_regimes, rule_regimes, member, answer, interval };

/// Told of each stage as a bar leaves it; for measuring.
class StageWatch {
  public:
    virtual ~StageWatch() = default;
    /// @param member which one, where the stage is `member`
    virtual void passed(PredictorStage stage, std::size_t member) = 0;
};

/// Features and regimes of bars, so that a model can be asked again without them: one row a bar.
struct PredictorRows {
    std::vector<double> values;  ///< [bars x columns of the model], learnt ones included
    std::vector<RegimeReport> regimes;
};

/// A fitted model on one series, bar by bar: features, regimes, members, stack, calibration, interval. `predict`, the back-test and the
/// decision core ask this and nothing else.
///
/// `next` is one call a bar, without an allocation once the windows are full. `run` says the same of many bars, bit for bit, at any
/// number of threads; both may take turns. Labels come from the bars themselves (LabelStream): the answer at a bar learns from those that ended
/// before it. Everything is known at the bar's close; what other markets say is told by `observe`, and releases lie in the rules' options.
class Predictor {
  public:
    /// @param model outlives the predictor   @param set fresh, of the model's manifest   @param rules as they fit the series
    /// @param digits decimals of the prices, as BarColumns::digits
    /// @errors bad_input (other features or learnt columns than the model was trained with, a label that nobody knows), usage (rules)
    static Result<Predictor> open(const FittedEnsemble& model, insight::FeatureSet set, const RuleRegimeOptions& rules, int digits);

    /// Takes in the next closed bar and answers; valid until the next call.
    /// @param spread ask - bid at the close, NaN where not known   @pre as FeatureSet::update   @complexity no allocation once warm
    const BarPrediction& next(const Bar& bar, double spread = nobody, StageWatch* watch = nullptr);
    /// Takes in a bar of the past: what features, regimes, labels and members remember of it. Nobody is asked.
    void warm(const Bar& bar, double spread = nobody);
    /// As FeatureSet::observe, for sets with other markets.
    void observe(std::size_t cross, UnixNanos known, double level) { set_.observe(cross, known, level); }

    struct Run {
        std::size_t from = 0, to = 0;  ///< bars
        int threads = 1;
        bool ask = true;  ///< false: as `warm`; predictions then hold the bar and its regime
        std::stop_token stop = {};
    };
    using Each = std::function<void(const BarPrediction&)>;
    /// Bars [from, to) as by `next` or `warm`.
    /// @param spreads [bars] or empty   @param each called in the order of bars, never twice at once, from any thread
    /// @pre a set without other markets of its own; threads >= 1   @errors interrupted: it then stands somewhere on the way and is of no more use
    Result<void> run(const BarColumns& bars, std::span<const double> spreads, const Run& run, const Each& each);
    /// The features and regimes alone of bars [from, to), appended; members, labels and intervals do not learn of these bars.
    void take_rows(const BarColumns& bars, std::span<const double> spreads, std::size_t from, std::size_t to, PredictorRows& out);
    /// As `run`, of a predictor just opened, with features and regimes of bars [0, rows) at hand. Features do not learn of
    /// these bars: only run_cached may go on from here.
    Result<void> run_cached(const BarColumns& bars, const PredictorRows& rows, const Run& run, const Each& each);

    /// What has been learnt from labels and what members remember. Features and regimes are not inside: `restore` makes them from the bars again.
    std::string save() const;
    /// Goes on where `save` stood: the same bits as without the detour. Members are not asked again, so that this is much faster than a replay.
    /// @param bars all that the saved predictor took in, and no other   @errors bad_input (damaged, other bars, another model), as open
    static Result<Predictor> restore(std::string_view bytes, const FittedEnsemble& model, insight::FeatureSet set, const RuleRegimeOptions& rules,
                                     const BarColumns& bars, std::span<const double> spreads);

    std::uint32_t bars() const { return bars_; }
    /// What the model read of the last bar, learnt columns included. @pre `next` or `warm` took it in   @return valid until the next bar
    std::span<const double> row() const { return row_; }
    /// A copy of what members remember of the bars so far.
    EnsembleMemory memory() const { return memory_.copy(); }
    /// Of the features; learnt columns are not in it.
    const insight::FeatureManifest& manifest() const { return set_.manifest(); }
    /// Bars that the label looks ahead.
    int horizon_bars() const { return labels_.horizon_bars(); }
    const FittedEnsemble& model() const { return *model_; }
    /// Share of 1 among the labels known so far, (ones + 1) / (labels + 2): what an answer that knows nothing would say.
    double base_rate() const { return (static_cast<double>(ones_) + 1) / (static_cast<double>(known_) + 2); }

    static constexpr double nobody = std::numeric_limits<double>::quiet_NaN();

  private:
    struct Slot;
    class Pipeline;
    Predictor(const FittedEnsemble& model, insight::FeatureSet set, const RuleRegimeOptions& rules, LabelStream labels);
    UnixNanos close_of(const Bar& bar) const { return {bar.time.value + bar_nanos_}; }
    void take_labels(const Bar& bar, double spread);
    void take_features(const Bar& bar, double spread, std::span<double> row);
    void take_fitted_regimes(const Bar& bar, std::span<double> row);
    void take_rules(const Bar& bar, double spread, RegimeReport& out);
    void complete(const Bar& bar, std::span<const double> row, const RegimeReport& regime, BarPrediction& out);
    void describe(const Bar& bar, const RegimeReport& regime, BarPrediction& out) const;

    const FittedEnsemble* model_;
    insight::FeatureSet set_;
    RuleRegimeOptions rule_options_;
    std::optional<RuleRegimeStream> rules_;     ///< none where a guest of the features tells
    std::optional<SeriesRegimeStream> fitted_;  ///< where the model has learnt columns
    LabelStream labels_;
    LabelFedStates states_;
    EnsembleMemory memory_;
    std::int64_t bar_nanos_;
    std::vector<double> row_, said_, opinion_;
    std::uint32_t bars_ = 0, known_ = 0, ones_ = 0;  ///< bars, labels, of them 1
    Fingerprint print_;  ///< of the bars so far
    BarPrediction out_;
};

}  // namespace aitrading::models

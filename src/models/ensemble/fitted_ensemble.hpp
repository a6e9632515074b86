#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/ensemble/explanation.hpp"
#include "models/ensemble/followed_mix.hpp"
#include "models/ensemble/meta_model.hpp"
#include "models/ensemble/pipeline.hpp"

namespace aitrading::models {

/// What a fitted ensemble says of one row.
struct RowPrediction {
    double p_up = 0.5, p_low = 0, p_high = 1;  ///< calibrated probability of label 1, its Venn-Abers interval
    double low = 0, high = 0;  ///< 90 % interval of the label's target; NaN where too few labels were known
    std::uint64_t missing = 0;  ///< bit m: member m has a part in the answer and did not answer
    double widened = 1;         ///< by how much the interval of the target is wider for that
};

/// An interval about the same centre, so many times as wide.
TargetInterval widen(TargetInterval interval, double factor);

/// Where a row stands in a stream. Without one: the weights as the training left them, a regime that is not known.
struct StreamPlace {
    OnlineWeights* weights = nullptr;  ///< as FittedEnsemble::online_weights gave them; they follow the stream
    std::uint32_t row = 0;             ///< of the stream; increases
    int regime = -1;                   ///< by rule, as known at the row
};

/// What the members of an ensemble remember of the bars of one stream.
struct EnsembleMemory {
    std::vector<std::unique_ptr<ClassifierMemory>> members;  ///< null for those that remember nothing
    EnsembleMemory copy() const;
};

/// Members, stack, calibrators and interval state fitted on one span of time, for `train` and `predict`.
/// Immutable after fit; safe to share between threads.
class FittedEnsemble {
  public:
    /// Fits on the given entries of `labels` as the pipeline fits a fold. @errors as walk_forward_predict
    static Result<FittedEnsemble> fit(const FeatureMatrix& features, const LabelSet& labels,
                                      std::span<const std::uint32_t> train,
                                      std::span<const Learner* const> learners,
                                      const PipelineOptions& options);

    /// @param row [columns]   @param out_members [members] each member's own calibrated probability, or empty
    /// @pre row.size() == columns(), learnt ones included (see with_learnt). At most 63 members. No allocation.
    /// @pre !remembers(): a net without the bars before this one would guess
    RowPrediction predict_row(std::span<const double> row, std::span<double> out_members = {}) const;
    /// Whether a member carries a state from bar to bar.
    bool remembers() const;
    /// Before the first bar of a stream.
    EnsembleMemory start() const;
    /// Takes in the next bar of a stream, from the first row of the series on; else as predict_row.
    RowPrediction predict_next(EnsembleMemory& memory, std::span<const double> row, std::span<double> out_members = {},
                               StreamPlace place = {}) const;
    /// The same from what the members said: the learners' own probabilities of 1, in the order of member_names().
    ///
    /// A member whose word is missing, late or broken is NaN or no probability: the rest answers as MetaStack::apply does. The
    /// interval of p then also holds what would follow if those members said nothing, twice what the others say, or the
    /// least or the most of any; the interval of the target grows by 1 + their share of the stack's absolute weights.
    RowPrediction predict_from(std::span<const double> said, std::span<const double> row, std::span<double> out_members = {},
                               StreamPlace place = {}) const;
    /// Why the ensemble answered as it did at the last of some rows that follow each other.
    /// @param before as it was before the first of them; null where nothing is remembered   @param rows reason_rows() of them,
    ///        or all since the first row of the series   @complexity allocates; docs/reasons.md has its cost
    Explanation explain(const EnsembleMemory* before, MatrixView rows, const Answer& answer) const;
    std::size_t reason_rows() const;
    /// The same without the interval of the target, which is for a caller that has a stream of its own. No allocation.
    RowPrediction answer(std::span<const double> said, std::span<const double> row, std::span<double> out_members = {},
                         StreamPlace place = {}) const;
    const Classifier& member(std::size_t m) const { return *members_[m]; }
    /// p_up at some rows of a series that is read from its first row on, the mix as training left it. @param at increasing
    /// @param regime by rule, [rows of the series] or empty
    std::vector<double> answers(MatrixView series, std::span<const std::uint32_t> at, std::span<const int> regime) const;
    std::vector<std::string> names_of(std::uint64_t members) const;
    /// The interval state at the end of training, for a caller that streams later rows and their labels:
    /// stream.predict(row, p_up, interval_inputs(features)), stream.label(row, end, target), and so on.
    IntervalStream interval_stream() const { return stream_; }
    /// Where the answer follows the series (FormOptions::online): the weights at the end of training, for a caller that streams
    /// later rows: weights.label(row, end, y) as labels become known, and StreamPlace in each call; else none.
    std::optional<OnlineWeights> online_weights() const { return weights_; }
    IntervalInputs interval_inputs(std::span<const double> row) const { return interval_columns_.at(row); }

    std::size_t columns() const { return columns_.size(); }
    const std::vector<std::string>& column_names() const { return columns_; }  ///< features, then learnt ones
    std::size_t learnt_columns() const { return learnt_; }
    bool learns_columns() const { return learnt_ > 0; }
    const std::string& learnt_kind() const { return learnt_kind_; }    ///< LearntColumns::describe of those it was trained with
    const std::string& learnt_model() const { return learnt_model_; }  ///< LearntBlock::model
    const std::vector<std::string>& member_names() const { return names_; }
    const std::string& manifest_hash() const { return manifest_hash_; }
    const std::string& label_spec() const { return label_spec_; }
    const std::vector<double>& importance() const { return importance_; }  ///< [columns] mean share of gain
    /// Members that validation left without a part in the answer; they are still told apart in out_members.
    std::vector<std::string> dropped() const;
    const std::vector<FormTrial>& form_trials() const { return meta_.trials; }  ///< of this fit, not stored
    std::string calibrator() const { return std::string(meta_.ensemble.calibrator.name()); }

    /// @errors bad_input: features of another manifest (says both hashes and what to do)
    Result<void> accepts(const FeatureMatrix& features) const;

    /// The rows as predict_row takes them: the features, behind them the learnt columns as the training left them.
    /// @param source learnt columns of the same bars, of the kind that the model was trained with; not looked at where it was
    ///        trained without   @errors bad_input (accepts; other learnt columns)
    Result<FeatureMatrix> with_learnt(const FeatureMatrix& features, const LearntColumns* source) const;

    /// Versioned bytes with a checksum. Without learnt columns they are of version 1, which earlier programs read too, and
    /// with a plain stack and one width of intervals for all rows of version 2.
    std::string serialise() const;
    /// @param learners must include each member by name; others are not looked at
    /// @errors bad_input (damaged, a version beyond 4), not_found (a member that this build lacks)
    static Result<FittedEnsemble> restore(std::string_view bytes, std::span<const Learner* const> learners);

  private:
    FittedEnsemble() : stream_(IntervalOptions{}) {}
    bool is_plain() const { return meta_.stack.form().plain() && stream_.options().plain() && !weights_ && meta_.by_regime.empty(); }
    void answer_without(std::span<double> z, std::span<const double> posterior, int regime, RowPrediction& out) const;
    void follow_series(std::span<const CalibratedScore::Value> said, StreamPlace place, RowPrediction& out) const;
    RowPrediction predict(EnsembleMemory* memory, std::span<const double> row, std::span<double> out_members, StreamPlace place) const;
    Result<void> read_members(ByteReader& in, std::span<const Learner* const> learners);
    std::string manifest_hash_, label_spec_, learnt_kind_, learnt_model_;
    std::vector<std::string> columns_, names_;
    std::size_t learnt_ = 0;      ///< of columns_, the last ones
    std::size_t posteriors_ = 0;  ///< of the learnt ones, the first
    std::vector<std::shared_ptr<const Classifier>> members_;
    std::vector<double> importance_;
    MetaModel meta_;
    std::optional<OnlineWeights> weights_;
    IntervalColumns interval_columns_;
    IntervalStream stream_;
};

}  // namespace aitrading::models

#include "models/ensemble/service/answer_trail.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace aitrading::models {
namespace {

constexpr std::int64_t year_nanos = 365 * 24 * nanos_per_hour;

}  // namespace

std::size_t AnswerTrail::usual_rows(Timeframe timeframe) {
    return std::min(rows_max, static_cast<std::size_t>(year_nanos / duration_nanos(timeframe)) + 1);
}

AnswerTrail::AnswerTrail(std::shared_ptr<const FittedEnsemble> model, const Predictor& before, std::size_t rows_wanted)
    : model_(std::move(model)), manifest_(before.manifest()), rows_wanted_(std::max(rows_wanted, model_->reason_rows()) + answers_kept), window_(model_->reason_rows()),
      from_beginning_(before.bars() == 0), memory_(std::make_shared<const EnsembleMemory>(before.memory())) {}

void AnswerTrail::append(const Predictor& after, UnixNanos bar) {
    const std::size_t columns = model_->columns(), at = next_ % block_rows;
    if (at == 0) {
        auto block = std::make_shared<Block>();
        block->time.resize(block_rows);
        block->values.resize(block_rows * columns);
        stretches_.push_back({std::move(block), std::move(memory_)});
        // Memories are asked for as far back as the oldest answer's first row.
        const std::size_t remembered = 2 + (window_ + answers_kept) / block_rows;
        if (stretches_.size() > remembered) stretches_[stretches_.size() - remembered - 1].before.reset();
    }
    Block& block = *stretches_.back().block;
    block.time[at] = bar;
    std::ranges::copy(after.row(), block.values.begin() + static_cast<std::ptrdiff_t>(at * columns));
    ++next_;
    if (next_ - first_ < rows_wanted_ + block_rows) return;
    stretches_.pop_front();
    first_ += block_rows;
}

void AnswerTrail::take(const Predictor& after, UnixNanos bar) {
    const bool ends_block = next_ % block_rows == block_rows - 1;
    auto memory = ends_block ? std::make_shared<const EnsembleMemory>(after.memory()) : nullptr;
    const std::lock_guard lock(mutex_);
    append(after, bar);
    if (ends_block) memory_ = std::move(memory);
}

void AnswerTrail::take(const Predictor& after, const BarPrediction& said) {
    take(after, said.bar);
    GivenAnswer answer = GivenAnswer::of(said);
    const std::lock_guard lock(mutex_);
    given_.push_back({std::move(answer), next_ - 1});
    if (given_.size() > answers_kept) given_.pop_front();
}

Result<AnswerTrail::Seen> AnswerTrail::look(UnixNanos bar) const {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find(given_, bar, [](const Given& g) { return g.answer.bar; });
    if (found == given_.end()) return fail(ErrorCode::not_found, fmt::format("the answer about the bar of {} is none of the last {}; ask for the newest again", to_iso8601(bar), answers_kept), true);
    return Seen{{stretches_.begin(), stretches_.end()}, *found, first_, from_beginning_ && first_ == 0};
}

/// The rows up to the answer's.
ReasonRows AnswerTrail::rows_of(const Seen& seen) const {
    ReasonRows out;
    out.manifest = manifest_;
    FeatureMatrix& features = out.features;
    features.names = model_->column_names();
    features.manifest_hash = manifest_.hash;
    const std::size_t rows = seen.given.row + 1 - seen.first, columns = model_->columns();
    features.time.reserve(rows);
    features.values.reserve(rows * columns);
    for (const Stretch& stretch : seen.stretches) {
        const std::size_t taken = std::min(block_rows, rows - features.time.size());
        features.time.insert(features.time.end(), stretch.block->time.begin(), stretch.block->time.begin() + static_cast<std::ptrdiff_t>(taken));
        features.values.insert(features.values.end(), stretch.block->values.begin(), stretch.block->values.begin() + static_cast<std::ptrdiff_t>(taken * columns));
    }
    if (!seen.whole) out.since = features.time.front();
    return out;
}

Result<BarReasons> AnswerTrail::explain(UnixNanos bar, double p_up, const ReasonTeller::GoOn& go_on) const {
    TRY(const Seen seen, look(bar));
    if (seen.given.answer.p_up != p_up)
        return BarReasons{.missing = "an aged answer: its p_up was taken back towards the base rate because bars were lost; reasons are there of answers as the model made them"};
    const std::size_t rows = seen.given.row + 1 - seen.first;
    if (rows < window_ && !seen.whole)
        return BarReasons{.missing = fmt::format("the model looks at the last {} bars, and {} have come since the service began", window_, rows)};
    const ReasonRows read = rows_of(seen);
    const std::size_t block = (rows - std::min(rows, window_)) / block_rows;
    const auto& before = seen.stretches[block].before;
    ReasonTeller teller(*model_, read, before ? before->copy() : model_->start(), block * block_rows);
    return teller.explain(seen.given.answer, go_on);
}

}  // namespace aitrading::models

// Many bars at once: the stages of `next`, each for a block of bars, side by side. Every stage takes the blocks in their order and
// owns its state alone, so that neither threads nor blocks change a bit.
#include <algorithm>

#include "base/check.hpp"
#include "base/parallel.hpp"
#include "models/ensemble/predictor.hpp"

namespace aitrading::models {
namespace {

constexpr std::size_t block_bars = 1024;
constexpr std::size_t part_bars = 256;  ///< of a block, for members that remember nothing

}  // namespace

/// One block of bars on its way.
struct Predictor::Slot {
    std::size_t from = 0, count = 0;  ///< bars
    PredictorRows own;                ///< empty where rows are at hand
    MatrixView rows;
    std::span<const RegimeReport> regimes;
    std::vector<double> said;  ///< [members x block_bars]
};

/// Three blocks in three stages at the same time: rows are made, members are asked, answers are completed.
class Predictor::Pipeline {
  public:
    Pipeline(Predictor& predictor, const BarColumns& bars, std::span<const double> spreads, const PredictorRows* cached, bool asking, const Each& each)
        : p_(predictor), bars_(bars), spreads_(spreads), cached_(cached), asking_(asking), each_(each) {}

    Result<void> run(const Run& run) {
        const std::size_t from = run.from, to = run.to, blocks = (to - from + block_bars - 1) / block_bars;
        for (std::size_t step = 0; step < blocks + 2; ++step) {
            if (run.stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped while predicting " + to_string(bars_.key));
            tasks_.clear();
            if (step >= 1 && step <= blocks) ask(slots_[(step - 1) % 3]);
            if (step < blocks) {
                Slot& slot = slots_[step % 3];
                slot.from = from + step * block_bars;
                slot.count = std::min(block_bars, to - slot.from);
                make_rows(slot);
            }
            if (step >= 2) tasks_.insert(tasks_.begin(), [this, &slot = slots_[(step - 2) % 3]] { complete(slot); });
            parallel_for(tasks_.size(), run.threads, {}, [this](std::size_t i) { tasks_[i](); });
        }
        return {};
    }

  private:
    double spread(std::size_t i) const { return spreads_.empty() ? nobody : spreads_[i]; }

    void make_rows(Slot& slot) {
        const std::size_t columns = p_.model_->columns();
        if (cached_ != nullptr) {
            slot.rows = {cached_->values.data() + slot.from * columns, slot.count, columns, columns};
            slot.regimes = std::span(cached_->regimes).subspan(slot.from, slot.count);
            return;
        }
        slot.own.values.resize(block_bars * columns);
        slot.own.regimes.resize(block_bars);
        slot.rows = {slot.own.values.data(), slot.count, columns, columns};
        slot.regimes = std::span(slot.own.regimes).first(slot.count);
        const bool apart = p_.rules_.has_value();
        tasks_.emplace_back([this, &slot, columns, apart] {
            for (std::size_t i = 0; i < slot.count; ++i) {
                const Bar bar = bars_.bar(slot.from + i);
                const auto row = std::span(slot.own.values).subspan(i * columns, columns);
                p_.take_features(bar, spread(slot.from + i), row);
                p_.take_fitted_regimes(bar, row);
                if (!apart) p_.take_rules(bar, spread(slot.from + i), slot.own.regimes[i]);
            }
        });
        if (!apart) return;
        tasks_.emplace_back([this, &slot] {
            for (std::size_t i = 0; i < slot.count; ++i) p_.take_rules(bars_.bar(slot.from + i), spread(slot.from + i), slot.own.regimes[i]);
        });
    }

    void ask(Slot& slot) {
        const std::size_t members = p_.said_.size();
        slot.said.resize(members * block_bars);
        for (std::size_t m = 0; m < members; ++m) {
            ClassifierMemory* const memory = p_.memory_.members[m].get();
            if (memory == nullptr && !asking_) continue;
            const std::size_t step = memory != nullptr ? slot.count : part_bars;
            for (std::size_t i = 0; i < slot.count; i += step)
                tasks_.emplace_back([this, &slot, m, memory, i, end = std::min(i + step, slot.count)] {
                    p_.model_->member(m).predict_more(memory, slot.rows.slice(i, end), std::span(slot.said).subspan(m * block_bars + i, end - i));
                });
        }
    }

    void complete(Slot& slot) {
        const std::size_t members = p_.said_.size();
        for (std::size_t i = 0; i < slot.count; ++i) {
            const Bar bar = bars_.bar(slot.from + i);
            p_.take_labels(bar, spread(slot.from + i));
            if (asking_) {
                for (std::size_t m = 0; m < members; ++m) p_.said_[m] = slot.said[m * block_bars + i];
                p_.out_.answer = p_.model_->answer(p_.said_, slot.rows.row(i), {}, p_.states_.place(p_.bars_, slot.regimes[i].regime));
                p_.complete(bar, slot.rows.row(i), slot.regimes[i], p_.out_);
            } else {
                p_.out_ = {};
                p_.describe(bar, slot.regimes[i], p_.out_);
            }
            if (each_) each_(p_.out_);
            ++p_.bars_;
        }
    }

    Predictor& p_;
    const BarColumns& bars_;
    std::span<const double> spreads_;
    const PredictorRows* cached_;
    bool asking_;
    const Each& each_;
    std::array<Slot, 3> slots_;
    std::vector<std::function<void()>> tasks_;
};

Result<void> Predictor::run(const BarColumns& bars, std::span<const double> spreads, const Run& run, const Each& each) {
    CHECK(run.from <= run.to && run.to <= bars.size() && set_.options().cross.empty());
    return Pipeline(*this, bars, spreads, nullptr, run.ask, each).run(run);
}

Result<void> Predictor::run_cached(const BarColumns& bars, const PredictorRows& rows, const Run& run, const Each& each) {
    CHECK(run.from <= run.to && run.to <= bars.size() && rows.regimes.size() >= run.to && rows.values.size() >= run.to * model_->columns());
    return Pipeline(*this, bars, {}, &rows, run.ask, each).run(run);
}

void Predictor::take_rows(const BarColumns& bars, std::span<const double> spreads, std::size_t from, std::size_t to, PredictorRows& out) {
    const std::size_t columns = model_->columns();
    out.values.reserve(out.values.size() + (to - from) * columns);
    out.regimes.reserve(out.regimes.size() + (to - from));
    for (std::size_t i = from; i < to; ++i) {
        const double spread = spreads.empty() ? nobody : spreads[i];
        take_features(bars.bar(i), spread, row_);
        take_fitted_regimes(bars.bar(i), row_);
        out.values.insert(out.values.end(), row_.begin(), row_.end());
        take_rules(bars.bar(i), spread, out.regimes.emplace_back());
    }
}

}  // namespace aitrading::models

#include "models/ensemble/aged_answer.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace aitrading::models {
namespace {

constexpr double spreading = 0.55;

}  // namespace

RowPrediction aged(const RowPrediction& answer, const AnswerAge& age) {
    CHECK(age.bars >= 0 && age.horizon_bars >= 1 && age.base_rate >= 0 && age.base_rate <= 1);
    if (age.bars == 0) return answer;
    const double longer = 1 + age.bars / age.horizon_bars, wider = std::pow(longer, spreading), left = 1 / longer;
    RowPrediction out = answer;
    out.p_low = answer.p_low * left;
    out.p_high = 1 - (1 - answer.p_high) * left;
    out.p_up = std::clamp(age.base_rate + (answer.p_up - age.base_rate) * left, out.p_low, out.p_high);
    const TargetInterval interval = widen({answer.low, answer.high}, wider);
    out.low = std::min(answer.low, interval.low);  // a rounding must not narrow it
    out.high = std::max(answer.high, interval.high);
    out.widened = answer.widened * wider;
    return out;
}

}  // namespace aitrading::models

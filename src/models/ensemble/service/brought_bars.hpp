#pragma once

#include <functional>

#include "domain/market.hpp"
#include "models/ensemble/service/model_shelf.hpp"

namespace aitrading::v1 {
class PredictBarsReply;
}

namespace aitrading::models {

/// The most bars that one request may bring and the most answers that it may want.
inline constexpr std::size_t brought_bars_max = 20'000, brought_answers_max = 5'000;
/// The most answers of one request that are given with their reasons, each some milliseconds of work and some KB.
inline constexpr std::size_t explained_answers_max = 200;

/// Which answers about brought bars are wanted.
struct BroughtWish {
    std::size_t answers = 1;  ///< the last ones
    bool explain = false;     ///< each with its reasons, the same bits as `predict --explain` over the same bars
};

/// The model's word on the last of some bars, bit for bit that of `predict` over the same bars: a stream of its own begins at
/// the first bar, is only warmed up to the model's training end, and asked at every bar from there on.
/// @param go_on asked every 1,024 bars; an error ends the work with it
/// @pre 1 <= wish.answers <= bars.size()   @errors bad_input (a wanted bar that the training has seen), those of `open`, `rows` and `go_on`
Result<void> answer_bars(const AskedModel& model, const BarColumns& bars, const BroughtWish& wish, const std::function<Result<void>()>& go_on, v1::PredictBarsReply& out);

}  // namespace aitrading::models

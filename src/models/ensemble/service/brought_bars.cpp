#include "models/ensemble/service/brought_bars.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "aitrading/v1/inference.pb.h"

namespace aitrading::models {
namespace {

constexpr std::size_t chunk_bars = 1'024;

/// Puts each answer's reasons beside it.
Result<void> explain(const AskedModel& model, const FittedEnsemble& fitted, const BarColumns& bars, const std::vector<GivenAnswer>& given, const std::function<Result<void>()>& go_on, v1::PredictBarsReply& out) {
    TRY(const ReasonRows rows, model.rows(bars));
    TRY_VOID(go_on());
    ReasonTeller teller(fitted, rows, fitted.start());
    for (std::size_t i = 0; i < given.size(); ++i) {
        TRY(const BarReasons reasons, teller.explain(given[i], go_on));
        tell(reasons, *out.mutable_predictions(static_cast<int>(i)));
    }
    return {};
}

}  // namespace

Result<void> answer_bars(const AskedModel& model, const BarColumns& bars, const BroughtWish& wish, const std::function<Result<void>()>& go_on, v1::PredictBarsReply& out) {
    const std::int64_t length = duration_nanos(bars.key.timeframe);
    std::size_t later = 0;
    while (later < bars.size() && bars.time[later].value + length <= model.training_end.value) ++later;
    const std::size_t first = bars.size() - wish.answers;
    if (first < later)
        return fail(ErrorCode::bad_input, fmt::format("bars: {} has learnt from what was known up to {}, and the bar of {} lies before that: it can warm the model up, not be answered (its out-of-fold answer is in `aitrading predict`)",
                                                      model.source.name, to_iso8601(model.training_end), to_iso8601(bars.time[first])));
    TRY(Predictor predictor, model.open(bars));
    const std::vector<double> spreads = insight::closing_spreads(bars);
    for (std::size_t at = 0; at < first;) {
        const std::size_t end = std::min({at + chunk_bars, first, at < later ? later : first});
        TRY_VOID(predictor.run(bars, spreads, {.from = at, .to = end, .threads = 1, .ask = at >= later}, {}));
        TRY_VOID(go_on());
        at = end;
    }
    std::vector<GivenAnswer> given;
    for (std::size_t i = first; i < bars.size(); ++i) {
        const BarPrediction& said = predictor.next(bars.bar(i), spreads.empty() ? Predictor::nobody : spreads[i]);
        std::string because;
        if (said.answer.missing != 0) because = silent_members(model.members, said.answer.missing);
        tell(model.source, model.members, said, {predictor.base_rate(), std::move(because)}, *out.add_predictions());
        if (wish.explain) given.push_back(GivenAnswer::of(said));
        if ((i - first) % chunk_bars == chunk_bars - 1) TRY_VOID(go_on());
    }
    return wish.explain ? explain(model, predictor.model(), bars, given, go_on, out) : Result<void>{};
}

}  // namespace aitrading::models

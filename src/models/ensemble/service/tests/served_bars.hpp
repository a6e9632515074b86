#pragma once

#include <gtest/gtest.h>

#include "kit/contracts/bar_news.hpp"
#include "models/ensemble/reasons.hpp"
#include "models/ensemble/service/prediction_service.hpp"
#include "models/ensemble/tests/predictor_models.hpp"

namespace aitrading::models::testing_service {

using testing_predictor::made_bars;
using testing_predictor::Served;

inline constexpr std::size_t rows = 3'300, told_from = 3'100, trained_rows = 2'000;
inline UnixNanos fixed_now() { return {1'500'000'000'000'000'000}; }

inline const Served& served() {
    static const Served served = testing_predictor::serve(made_bars(rows, 3), {.train = trained_rows});
    return served;
}

inline std::shared_ptr<const FittedEnsemble> shared_model() {
    return {&served().model, [](const FittedEnsemble*) {}};
}

/// What the model reads of some bars, all at once.
inline Result<ReasonRows> rows_of(const BarColumns& bars) {
    TRY(FeatureMatrix features, served().set().compute(bars));
    const SeriesRegimes learnt(bars);
    TRY(features, served().model.with_learnt(features, &learnt));
    return ReasonRows{std::move(features), served().set().manifest()};
}

/// The model as it stands before bar `told_from`.
inline ServedModel warmed() {
    const Served& s = served();
    ServedModel out{.source = {.name = "made", .version = 7, .series = s.bars.key, .label = "next_bar"}, .model = shared_model(), .predictor = s.open(),
                    .last_bar = s.bars.time[told_from - 1], .reads_spread = true};
    out.trail = std::make_shared<AnswerTrail>(out.model, out.predictor, AnswerTrail::usual_rows(s.bars.key.timeframe));
    for (std::size_t i = 0; i < told_from; ++i) {
        out.predictor.warm(s.bars.bar(i), s.spreads[i]);
        out.trail->take(out.predictor, s.bars.time[i]);
    }
    return out;
}

inline std::shared_ptr<const Event> bar_event(std::size_t i) {
    static UuidMaker ids(99);
    const BarColumns& bars = served().bars;
    const Bar bar = bars.bar(i);
    const Price s = bars.spread[i];
    const Uuid id = ids.next(fixed_now());
    auto event = kit::pack(kit::BarNews{.symbol = bars.key.symbol, .feed = "test", .timeframe = bars.key.timeframe, .bar = bar, .known = {bar.time.value + nanos_per_hour},
                                        .ask = kit::AskSide{bar.open + s, bar.high + s, bar.low + s, bar.close + s}},
                           {.id = id, .source = "/test", .time = fixed_now(), .trace = kit::first_step(id)});
    EXPECT_TRUE(event) << event.error().text;
    return std::make_shared<const Event>(*event);
}

/// The next events that come, so many.
inline std::vector<std::shared_ptr<const Event>> listen(kit::LiveReader& reader, std::size_t count) {
    std::vector<std::shared_ptr<const Event>> out;
    kit::LiveReader::Batch batch;
    while (out.size() < count && reader.poll(batch, 100, std::chrono::seconds(20))) out.insert(out.end(), batch.events.begin(), batch.events.end());
    return out;
}

}  // namespace aitrading::models::testing_service

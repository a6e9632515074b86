// 50,000 bars through one model: the same bytes bar by bar and in bulk, at any number of threads.
#include <gtest/gtest.h>

#include "predictor_models.hpp"

namespace aitrading::models {
namespace {

using testing_predictor::add;

TEST(predictor_replay, gives_the_same_bytes_of_50_000_bars_at_any_number_of_threads) {
    constexpr std::size_t rows = 50'000;
    const auto s = testing_predictor::serve(testing_predictor::made_bars(rows, 11), {});
    Fingerprint stream;
    Predictor one = s.open();
    for (std::size_t i = 0; i < rows; ++i) add(stream, one.next(s.bars.bar(i), s.spreads[i]));
    for (const int threads : {1, 2, 4}) {
        Fingerprint bulk;
        std::size_t told = 0;
        Predictor predictor = s.open();
        ASSERT_TRUE(predictor.run(s.bars, s.spreads, {.from = 0, .to = rows, .threads = threads}, [&](const BarPrediction& p) {
            add(bulk, p);
            ++told;
        }));
        EXPECT_EQ(told, rows);
        EXPECT_EQ(bulk.value(), stream.value()) << threads << " threads";
        EXPECT_EQ(predictor.save(), one.save()) << threads << " threads";
    }
}

}  // namespace
}  // namespace aitrading::models

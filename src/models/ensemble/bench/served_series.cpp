#include "served_series.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>

#include <fmt/format.h>

#include "insight/features/feature_set.hpp"
#include "market/history/bars_csv.hpp"
#include "models/boosting/boosting.hpp"
#include "models/deep/net_learner.hpp"
#include "models/deep/service/trainer_process.hpp"
#include "models/ensemble/market_regimes.hpp"
#include "models/ensemble/series_regimes.hpp"
#include "models/evaluation/labels.hpp"

namespace aitrading::models {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t train_rows = 20'000;
constexpr const char* trees[]{"xgboost", "lightgbm", "random_forest"};
constexpr const char* net_words = "width=64 parameters_per_row=1000 epochs=2";

fs::path cache_folder() {
    const char* cache = std::getenv("XDG_CACHE_HOME");
    const char* home = std::getenv("HOME");
    return (cache != nullptr ? fs::path(cache) : fs::path(home != nullptr ? home : ".") / ".cache") / "aitrading" / "bench";
}

Result<std::vector<std::unique_ptr<Learner>>> members(std::size_t forecast_column, const std::string& trainer) {
    std::vector<std::unique_ptr<Learner>> out;
    for (const char* name : trees) {
        TRY(auto learner, make_learner(name, ""));
        out.push_back(std::move(learner));
    }
    const auto process = std::make_shared<TrainerProcess>(trainer, cache_folder() / "nets");
    for (const char* name : {"lstm", "transformer", "cnn"}) {
        TRY(auto learner, make_net_learner(name, net_words, process));
        out.push_back(std::move(learner));
    }
    out.push_back(make_markov_switching_member(forecast_column));
    return out;
}

std::string read_all(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

Result<std::vector<ServedSeries>> served_series() {
    const char* shared = std::getenv("AITRADING_SHARED");
    const fs::path data = (shared != nullptr ? fs::path(shared) : fs::path(AIT_SOURCE_DIR) / ".." / "shared") / "data";
    const UnixNanos end = from_civil({2018, 2, 1});
    std::vector<ServedSeries> out;
    for (const char* name : {"dukascopy/EURUSD_H1_to_2019-05.csv.gz", "ejtrader/GBPUSDh1_to_2019-05.csv.gz", "ejtrader/USDJPYh1_to_2019-05.csv.gz",
                             "ejtrader/XAUUSDh1_to_2019-05.csv.gz"}) {
        if (!fs::exists(data / name)) return fail(ErrorCode::not_found, fmt::format("{} is not there: set AITRADING_SHARED", name));
        TRY(const BarColumns all, market::load_bars_csv(data / name));
        const auto count = static_cast<std::size_t>(std::ranges::lower_bound(all.time, end) - all.time.begin());
        ServedSeries series{.bars = all.slice(0, count)};
        BarColumns& bars = series.bars;
        for (auto* column : {&bars.spread, &bars.ask_open, &bars.ask_high, &bars.ask_low, &bars.ask_close}) column->clear();
        series.rules = RuleRegimeOptions::of(bars);
        TRY(auto guest, rule_regime_guest(series.rules));
        series.features = insight::FeatureOptions::of(bars);
        series.features.guests.emplace_back(std::move(guest));
        out.push_back(std::move(series));
    }
    return out;
}

Result<FittedEnsemble> served_model(const ServedSeries& series, const std::string& trainer) {
    TRY(const FeatureMatrix features, insight::FeatureSet(series.features).compute(series.bars));
    TRY(const auto owned, members(features.columns() + SeriesRegimes::states, trainer));
    std::vector<const Learner*> learners;
    Fingerprint print;
    for (const auto& l : owned) {
        learners.push_back(l.get());
        print.add(l->name());
        print.add(l->describe());
    }
    print.add(features.manifest_hash);
    print.add_all<double>(features.values);
    const fs::path kept = cache_folder() / fmt::format("served-2-{}.model", print.hex());
    if (fs::exists(kept)) return FittedEnsemble::restore(read_all(kept), learners);
    std::fprintf(stderr, "fitting the model that is served, once\n");
    TRY(const LabelSet labels, make_labels("next_bar", series.bars));
    TRY(const RegimePath path, rule_regimes(series.bars, series.rules));
    const SeriesRegimes states(series.bars);
    PipelineOptions options;
    // Early stopping would keep a handful of trees on hours whose next move is nearly a coin; a table of costs wants the whole forest.
    options.validation_share = 1e-6;  // of 20,000 rows: none
    options.inner_folds = 1;
    options.learnt = &states;
    options.regime = path.regime;
    options.form.online = true;
    options.inside = [](std::string_view member, int, const FitProgress& p) {
        std::fprintf(stderr, "%.*s: %s\n", static_cast<int>(member.size()), member.data(), p.text.c_str());
    };
    std::vector<std::uint32_t> train(train_rows);
    std::iota(train.begin(), train.end(), 0U);
    TRY(FittedEnsemble fitted, FittedEnsemble::fit(features, labels, train, learners, options));
    std::error_code ignored;
    fs::create_directories(kept.parent_path(), ignored);
    std::ofstream(kept, std::ios::binary) << fitted.serialise();
    return fitted;
}

}  // namespace aitrading::models

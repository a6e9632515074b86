#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "kit/bench.hpp"
#include "models/ensemble/pipeline.hpp"

namespace aitrading::models {

/// How the pipeline is run on drawn markets.
struct MarketRunOptions {
    std::vector<std::string> models;
    std::map<std::string, std::string> words;  ///< hyper-parameters by member; none: market_learner_words
    bool regimes = true;                       ///< columns learnt by the Markov-switching regression
    bool memory = true;                        ///< else only the five columns of the last bar
    std::size_t train = 150'000, test = 200'000;
    int threads = 2;
    std::string trainer;  ///< aitrading-train
    PipelineOptions pipeline;
};

/// What one run found, by model, the ensemble last.
struct MarketFigures {
    struct Model {
        std::string name, calibrator;
        double share = 0;      ///< of the exact filter's edge, by the exact p
        double accuracy = 0, log_loss = 0;  ///< realised
        double excess_se = 0;  ///< of the accuracy over the filter's, in paired standard errors
    };
    std::string market, key, date;
    std::uint64_t seed = 0;
    std::vector<Model> models;
    double best_accuracy = 0;           ///< the exact filter's, realised on the same bars
    double ece = 0, ece_noise_p95 = 0;  ///< of the ensemble
    double coverage = 0;                ///< of its 90 % intervals
    std::string form;                   ///< what the stack was made of, and the weights that followed the series
    double fit_seconds = 0, total_seconds = 0;
};

/// What tells a run from another one: market, seed, members, words, sizes, form.
std::string key_of(const std::string& market, std::uint64_t seed, const MarketRunOptions& options);

/// @param market strong, realistic, null (the specified ones), drawn-strong, drawn-realistic (loadings and chain from the
/// seed), other (of another form, from the seed)
Result<MarketFigures> run_market(const std::string& market, std::uint64_t seed, const MarketRunOptions& options);
/// Forms of the stack and online weights on the same members' words.
Result<std::vector<kit::BenchRow>> meta_rows_of_market(const std::string& market, std::uint64_t seed, const MarketRunOptions& options);

std::vector<kit::BenchRow> rows_of(const MarketFigures& figures, const MarketRunOptions& options);

/// Figures as lines of JSON, so that a bench that was stopped goes on with the next market. @errors failed, bad_input
Result<std::vector<MarketFigures>> read_figures(const std::string& file);
Result<void> append_figures(const std::string& file, const MarketFigures& figures);

}  // namespace aitrading::models

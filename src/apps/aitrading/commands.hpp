#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

#include "base/result.hpp"
#include "kit/progress.hpp"

namespace CLI {
class App;
}

namespace aitrading::apps {

/// What every command gets: the global options, the stop request of Ctrl-C, and the place to put its work.
struct Context {
    std::filesystem::path home;
    bool json = false;
    std::uint64_t seed = 1;
    int threads = 1;
    kit::ProgressMode progress = kit::ProgressMode::automatic;
    std::stop_token stop;
    std::string command_line;             ///< as typed, for reports
    std::function<Result<void>()> action; ///< set by the chosen command's callback, run by main
};

// Each adds its commands to `app`; the options live as long as `app` does.
// (one function for each file named <what>_commands.cpp)
void add_data_commands(CLI::App& app, Context& context);
void add_features_commands(CLI::App& app, Context& context);
void add_calendar_commands(CLI::App& app, Context& context);
void add_instruments_commands(CLI::App& app, Context& context);
void add_regimes_commands(CLI::App& app, Context& context);
void add_correlation_commands(CLI::App& app, Context& context);
void add_models_commands(CLI::App& app, Context& context);
void add_promotion_commands(CLI::App& models_group, Context& context);
void add_comparison_commands(CLI::App& models_group, Context& context);
void add_synth_commands(CLI::App& app, Context& context);
void add_backtest_commands(CLI::App& app, Context& context);
void add_demo_commands(CLI::App& app, Context& context);
void add_evaluate_commands(CLI::App& app, Context& context);
void add_train_commands(CLI::App& app, Context& context);
void add_augment_commands(CLI::App& app, Context& context);
void add_transfer_commands(CLI::App& app, Context& context);

}  // namespace aitrading::apps

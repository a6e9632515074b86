#include <CLI/CLI.hpp>
#include <chrono>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

#include "apps/aitrading/commands.hpp"
#include "market/simulator/service/synth_files.hpp"

namespace aitrading::apps {
namespace {

struct SynthCommand {
    std::string stream;
    std::string out;
    std::int64_t rows = 0;
    bool judge = false;
};

Result<void> run_synth(const SynthCommand& command, const Context& context) {
    const auto started = std::chrono::steady_clock::now();
    kit::Progress progress(context.progress, "synth " + command.stream, command.rows, "rows");
    market::SynthOptions options;
    options.rows = command.rows;
    options.seed = context.seed;
    options.judge = command.judge;
    options.stop = context.stop;
    options.progress = [&progress](std::int64_t done) { progress.at(done); };
    TRY_VOID(market::write_synth(command.stream, command.out, options));
    progress.finish();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    if (context.json) {
        const nlohmann::ordered_json document{{"stream", command.stream}, {"rows", command.rows},
                                              {"seed", context.seed},     {"judge", command.judge},
                                              {"out", command.out},       {"seconds", seconds}};
        fmt::print("{}\n", document.dump(2));
    } else {
        // A stream sent to standard output must not end in a sentence.
        fmt::print(command.out.starts_with("/dev/") ? stderr : stdout, "{} rows of {} (seed {}) in {}\n",
                   command.rows, command.stream, context.seed, command.out);
    }
    return {};
}

}  // namespace

void add_synth_commands(CLI::App& app, Context& context) {
    auto command = std::make_shared<SynthCommand>();
    CLI::App* synth = app.add_subcommand("synth", "writes a synthetic market with a known optimum, or a stream of ticks");
    synth->footer(
        "market-strong, market-realistic and market-null are hidden Markov markets with twelve regimes whose best\n"
        "possible accuracy is 75.1 %, 54.2 % and 50 %; market-other has another form and loadings drawn from the seed\n"
        "(about 75 %). Columns: t,x,dxy,r_bp,log_volume,log_spread; --judge adds p_up_bayes (the exact probability that\n"
        "r_bp of the NEXT row is positive) and the true regime (0 to 11). ticks: time,bid,ask,bid_size,ask_size.\n\n"
        "Example: aitrading synth market-strong --rows 200000 --seed 42 --out market.csv");
    std::vector<std::string> streams = market::market_names();
    streams.emplace_back("ticks");
    synth->add_option("stream", command->stream, "what to write")->required()->check(CLI::IsMember(streams));
    synth->add_option("--rows", command->rows, "rows below the header")->required()->check(CLI::PositiveNumber);
    synth->add_option("--out", command->out, "the CSV file to write; it appears when it is complete")->required();
    synth->add_flag("--judge", command->judge, "add what only a judge may see: p_up_bayes,regime");
    synth->callback([command, &context] {
        if (command->judge && command->stream == "ticks") throw CLI::ValidationError("--judge", "ticks have no optimum to judge by");
        context.action = [command, &context] { return run_synth(*command, context); };
    });
}

}  // namespace aitrading::apps

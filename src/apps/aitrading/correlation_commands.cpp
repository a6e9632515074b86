#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>

#include "apps/aitrading/commands.hpp"
#include "apps/aitrading/correlation_run.hpp"
#include "apps/aitrading/output.hpp"

namespace aitrading::apps {
namespace {

Result<void> correlate(const CorrelationCommand& command, const Context& context) {
    TRY(const CorrelationRun run, run_correlation(command, context));
    if (!command.report.empty()) TRY_VOID(write_correlation_page(run, context));
    TRY_VOID(write_file(command.out, correlation_csv(run)));
    if (context.json)
        fmt::print("{}\n", correlation_json(run));
    else if (!command.out.starts_with("/dev/"))
        print_correlation(run);
    return {};
}

}  // namespace

void add_correlation_commands(CLI::App& app, Context& context) {
    auto command = std::make_shared<CorrelationCommand>();
    CLI::App* correlation = app.add_subcommand("correlation", "how stored markets move together: matrices in time, lead-lag, breaks, dollar index, risk");
    correlation->footer("The CSV holds the correlation of every pair as it was known at each bar's close (time: the bar's opening), empty where it is\n"
                        "not known yet; rows do not depend on --from. Ticks are measured by Hayashi-Yoshida, one row a minute. --json and --report\n"
                        "tell what was compared and left out, breaks, lead-lag, factors, clusters, the tree, the dollar index with and without a\n"
                        "pair's own leg, and with --position the risk.\n\n"
                        "Example: aitrading correlation EURUSD GBPUSD USDJPY --timeframe H1 --out correlation.csv --report out");
    correlation->add_option("symbols", command->symbols, "two or more, as in data list")->required()->expected(2, -1);
    correlation->add_option("--timeframe", command->timeframe, "ticks M1 M5 M15 M30 H1 H4 D1 W1")->required();
    correlation->add_option("--out", command->out, "the CSV to write; it appears when it is complete")->required();
    correlation->add_option("--method", command->method, "rolling, ewma or dcc")->capture_default_str();
    correlation->add_option("--window", command->window, "rows of a rolling window and of the break tests (240); of ticks minutes (60)")->check(CLI::Range(10, 1'000'000));
    correlation->add_option("--lambda", command->lambda, "weight that ewma keeps a row (.94 from days on, .97 below)")->check(CLI::Range(0.5, 0.9999));
    correlation->add_option("--position", command->positions, "SYMBOL=UNITS held, below zero: sold; may be repeated")->allow_extra_args(false);
    correlation->add_option("--account", command->account, "currency of the account")->capture_default_str();
    correlation->add_option("--confidence", command->confidence, "of VaR and CVaR")->check(CLI::Range(0.5, 0.9999))->capture_default_str();
    correlation->add_option("--lag-step", command->lag_step_s, "of ticks: seconds between lags")->check(CLI::PositiveNumber)->capture_default_str();
    correlation->add_option("--lag-farthest", command->lag_farthest_s, "of ticks: farthest lag in seconds")->check(CLI::PositiveNumber)->capture_default_str();
    correlation->add_option("--report", command->report, "folder for correlation.html");
    correlation->add_option("--from", command->from, "first row to write and to measure");
    correlation->add_option("--to", command->to, "end of what is known: bars that close later are left out");
    correlation->callback([command, &context] {
        context.action = [command, &context] { return correlate(*command, context); };
    });
}

}  // namespace aitrading::apps

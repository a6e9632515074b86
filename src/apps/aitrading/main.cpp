#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <span>
#include <string_view>
#include <thread>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "apps/aitrading/commands.hpp"
#include "apps/aitrading/db_commands.hpp"
#include "apps/aitrading/journal_commands.hpp"
#include "apps/aitrading/output.hpp"
#include "apps/aitrading/service_commands.hpp"

namespace aitrading::apps {
namespace {

std::stop_source stop_source;  // NOLINT: the one thing a signal handler may reach

extern "C" void on_interrupt(int) { stop_source.request_stop(); }

std::filesystem::path default_home() {
    if (const char* data = std::getenv("XDG_DATA_HOME"); data != nullptr && *data != '\0')
        return std::filesystem::path(data) / "aitrading";
    if (const char* user = std::getenv("HOME"); user != nullptr && *user != '\0')
        return std::filesystem::path(user) / ".local" / "share" / "aitrading";
    return ".aitrading";
}

/// Idle OpenMP threads must sleep, not spin: on busy cores spinning ran 15 to 26 times slower. The runtime reads its
/// environment when it is loaded, before main, so the process starts itself once more with it set.
void set_openmp_policy(char** argv) {
    if (std::getenv("OMP_WAIT_POLICY") != nullptr) return;
    setenv("OMP_WAIT_POLICY", "passive", 1);
    execv("/proc/self/exe", argv);  // where that fails the program still works, only slower
}

int report(const Error& error) {
    std::fprintf(stderr, "error[%s]: %s\n", std::string(name(error.code)).c_str(), error.text.c_str());
    return exit_status(error.code);
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, changed}));
        }
    }
    return row.back();
}

/// The first word that should have been a command and is none, with the nearest that is; empty where there is no such word.
std::string unknown_command(const CLI::App& app, int argc, char** argv) {
    const CLI::App* level = &app;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        if (word.starts_with('-')) {
            const CLI::Option* option = app.get_option_no_throw(word);
            if (option != nullptr && option->get_expected_max() > 0) ++i;
            continue;
        }
        const auto commands = level->get_subcommands([](const CLI::App*) { return true; });
        if (commands.empty()) return {};
        const auto nearest = std::ranges::min_element(
            commands, {}, [&](const CLI::App* c) { return edit_distance(word, c->get_name()); });
        if ((*nearest)->get_name() != word)
            return fmt::format("there is no command '{}'; did you mean '{}'? See {} --help", word, (*nearest)->get_name(),
                               level == &app ? "aitrading" : "aitrading " + level->get_name());
        level = *nearest;
    }
    return {};
}

/// `--version 2` given to a command that has no such option: the program's version is no answer to that.
bool names_a_version(std::span<char* const> words) {
    for (std::size_t i = 0; i + 1 < words.size(); ++i)
        if (std::string_view(words[i]) == "--version" && words[i + 1][0] >= '0' && words[i + 1][0] <= '9') return true;
    return false;
}

int run(int argc, char** argv) {
    Context context;
    context.home = default_home();
    context.stop = stop_source.get_token();
    context.threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    for (int i = 0; i < argc; ++i) context.command_line += (i == 0 ? "aitrading" : std::string(" ") + argv[i]);

    CLI::App app("Real market data in; a calibrated, explained, risk-sized, audited trading decision out.", "aitrading");
    app.set_version_flag("--version", version_text());
    app.require_subcommand(1);
    app.fallthrough();
    app.add_option("--home", context.home, "folder for everything that is written")->envname("AITRADING_HOME");
    app.add_flag("--json", context.json, "print one JSON document instead of tables");
    app.add_option("--seed", context.seed, "seed of everything random")->capture_default_str();
    app.add_option("--threads", context.threads, "worker threads; the result does not depend on it")
        ->check(CLI::Range(1, 256));
    const std::map<std::string, kit::ProgressMode> modes{{"auto", kit::ProgressMode::automatic},
                                                         {"plain", kit::ProgressMode::plain},
                                                         {"none", kit::ProgressMode::none}};
    app.add_option("--progress", context.progress, "auto, plain or none")->transform(CLI::CheckedTransformer(modes));

    add_data_commands(app, context);
    add_features_commands(app, context);
    add_calendar_commands(app, context);
    add_instruments_commands(app, context);
    add_regimes_commands(app, context);
    add_correlation_commands(app, context);
    add_models_commands(app, context);
    add_synth_commands(app, context);
    add_backtest_commands(app, context);
    add_evaluate_commands(app, context);
    add_train_commands(app, context);
    add_augment_commands(app, context);
    add_journal_commands(app, context);
    add_db_commands(app, context);
    add_transfer_commands(app, context);
    add_demo_commands(app, context);
    add_service_commands(app, context);
    add_status_command(app, context);
    add_doctor_command(app, context);

    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForVersion& e) {
        if (names_a_version({argv, static_cast<std::size_t>(argc)}))
            return report({ErrorCode::usage, "this command takes no --version of a model; by itself --version prints the program's"});
        return app.exit(e);
    } catch (const CLI::ParseError& e) {
        const std::string unknown = e.get_exit_code() == 0 ? std::string() : unknown_command(app, argc, argv);
        if (!unknown.empty()) return report({ErrorCode::usage, unknown});
        if (argc == 1) std::fputs(app.help().c_str(), stderr);
        const int status = argc == 1 ? 1 : app.exit(e);
        return status == 0 ? 0 : exit_status(ErrorCode::usage);
    }
    if (!context.action) return report({ErrorCode::usage, "no command given; see aitrading --help"});
    const Result<void> done = context.action();
    return done ? 0 : report(done.error());
}

}  // namespace
}  // namespace aitrading::apps

int main(int argc, char** argv) {
    aitrading::apps::set_openmp_policy(argv);
    std::signal(SIGINT, aitrading::apps::on_interrupt);
    std::signal(SIGTERM, aitrading::apps::on_interrupt);
    std::signal(SIGPIPE, SIG_DFL);
    std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is a write that fails, which is told, and not the end of the process
    return aitrading::apps::run(argc, argv);
}

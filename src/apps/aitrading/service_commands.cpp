#include "apps/aitrading/service_commands.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <thread>
#include <unistd.h>

#include "apps/aitrading/bus_bars.hpp"
#include "apps/aitrading/data_json.hpp"
#include "apps/aitrading/market_services.hpp"
#include "apps/aitrading/platform_ground.hpp"
#include "apps/aitrading/run_file.hpp"
#include "apps/aitrading/services_text.hpp"
#include "kit/lifecycle/settings_follower.hpp"
#include "kit/lifecycle/state_teller.hpp"

namespace aitrading::apps {
namespace {

using Clock = std::chrono::steady_clock;

volatile std::sig_atomic_t reload_asked = 0;  // NOLINT: the one thing the handler of SIGHUP may reach

extern "C" void on_hangup(int) { reload_asked = 1; }

struct RunCommand {
    std::vector<std::string> names;  ///< empty: all that there are
    std::filesystem::path engines;
    bool any_ports = false;
};

double seconds_since(Clock::time_point begun) { return std::chrono::duration<double>(Clock::now() - begun).count(); }

/// The services to run: all that this build has, or the named ones, which then must be there. What they need and this build
/// has not is left out.
Result<std::vector<kit::ServiceSpec>> chosen(const kit::ServiceTable& table, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        const kit::ServiceSpec* spec = table.find(name);
        if (spec != nullptr && !spec->missing.empty()) return fail(ErrorCode::not_found, fmt::format("{} is not available: {}", name, spec->missing));
    }
    std::vector<std::string> wanted = names;
    if (wanted.empty())
        for (const kit::ServiceSpec& service : table.services)
            if (service.missing.empty()) wanted.push_back(service.name);
    TRY(std::vector<kit::ServiceSpec> order, kit::start_order(table, wanted));
    std::erase_if(order, [](const kit::ServiceSpec& s) { return !s.missing.empty(); });
    return order;
}

void say_ready(const Context& context, const kit::ServiceTable& table, const RunningProcess& process, double seconds) {
    std::string list;
    Json services = Json::array();
    for (const auto& [name, port] : process.ports) {
        const std::string url = fmt::format("{}://{}:{}", process.tls ? "https" : "http", process.address, port);
        const auto rpc = process.rpc_ports.find(name);
        const bool has_rpc = rpc != process.rpc_ports.end();
        list += fmt::format("{} {} {}{}", list.empty() ? "" : ",", name, url, has_rpc ? fmt::format(" (gRPC {})", rpc->second) : "");
        services.push_back({{"service", name}, {"port", port}, {"url", url}, {"rpc_port", has_rpc ? Json(rpc->second) : Json()}});
    }
    const std::size_t missing = table.services.size() - process.ports.size();
    fmt::print(stderr, "ready in {:.2f} s:{}; {} of {} services are not running or not available yet: aitrading status says why. Ctrl-C stops\n", seconds, list, missing,
               table.services.size());
    if (!context.json) return;
    print_json({{"ready", true}, {"seconds", seconds}, {"pid", process.pid}, {"services", std::move(services)}});
    std::fflush(stdout);
}

void reload(PlatformGround& ground, const std::filesystem::path& home) {
    const auto file = kit::read_settings_file((home / "settings.toml").string());
    const auto done = file ? ground.settings().reload(*file) : std::unexpected(file.error());
    if (!done) fmt::print(stderr, "settings are as before: {}\n", done.error().text);
    else fmt::print(stderr, "settings: {} changed, {} wait for a restart\n", done->changed.size(), done->need_restart.size());
    std::fflush(stderr);
}

UnixNanos wall_now() { return {std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count()}; }

/// Until a stop is asked for. A short nap a turn: nothing here is worth waking for sooner.
void wait_for_stop(const Context& context, PlatformGround& ground, const kit::ServiceHost& host, kit::StateTeller& teller) {
    kit::SettingsFollower follower(ground.bus(), ground.settings(), ground.log());
    for (int turn = 0; !context.stop.stop_requested(); ++turn) {
        if (reload_asked != 0) {
            reload_asked = 0;
            reload(ground, context.home);
        }
        if (turn % 10 == 0) {
            // Nothing is lost by an error; a bus that has stopped shows in the readiness of whoever uses it.
            [[maybe_unused]] const auto followed = follower.follow();
            [[maybe_unused]] const auto told = teller.look(host.status_json(), wall_now());
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

/// Ends the process at once where handlers have not ended in time: to wait for their threads would take as long as they like. What the
/// bus has acknowledged is on the disk.
void leave_what_runs_on(PlatformGround& ground, const std::vector<std::string>& services) {
    if (services.empty()) return;
    fmt::print(stderr, "requests of {} run on after the deadline; the process ends without them\n", fmt::join(services, ", "));
    ground.log().flush();
    std::fflush(nullptr);
    std::_Exit(exit_status(ErrorCode::failed));
}

Result<void> run(const Context& context, const RunCommand& command) {
    const auto begun = Clock::now();
    TRY(const kit::ServiceTable table, load_service_table(command.engines));
    TRY(std::vector<kit::ServiceSpec> services, chosen(table, command.names));
    TRY(const auto ground, PlatformGround::open(context, table));
    TRY(const auto peers, ground->leave_to_peers(table, services, command.names));
    MarketServices market(context, ground->bus());
    auto factories = ground->factories(context);
    factories.merge(market.factories());
    bring_in_bars(services, factories, ground->bus(), market.bars_topic());
    for (const kit::ServiceSpec& service : services)
        if (!factories.contains(service.name)) return fail(ErrorCode::not_found, fmt::format("{} is not available: this build has no such service, whatever the table says", service.name));
    TRY(kit::HostOptions options, ground->host_options(table));
    options.any_ports = command.any_ports;
    options.peers = peers;
    std::signal(SIGHUP, on_hangup);
    kit::ServiceHost host(ground->ground(), options);
    TRY_VOID(host.start(services, factories));
    RunningProcess process{::getpid(), options.tls != nullptr, "127.0.0.1", host.ports(), host.rpc_ports()};
    TRY_VOID(write_run_file(context.home, process));
    say_ready(context, table, process, seconds_since(begun));
    kit::StateTeller teller(ground->bus(), (std::uint64_t{std::random_device{}()} << 32) | std::random_device{}());
    TRY_VOID(teller.open());
    wait_for_stop(context, *ground, host, teller);
    const auto stopping = Clock::now();
    const bool drained = host.stop();
    [[maybe_unused]] const auto told = teller.all_stopped(wall_now());  // a bus that has stopped was told of in the readiness
    remove_run_file(context.home, process.pid);
    fmt::print(stderr, "{} in {:.2f} s\n", drained ? "stopped" : "stopped, with requests cut,", seconds_since(stopping));
    leave_what_runs_on(*ground, host.still_running());
    return {};
}

}  // namespace

void add_service_commands(CLI::App& app, Context& context) {
    auto up = std::make_shared<RunCommand>();
    CLI::App* up_command = app.add_subcommand("up", "runs every service of this build in one process on embedded engines");
    up_command->add_option("--only", up->names, "only these, with what they need")->delimiter(',');
    up_command->add_option("--engines", up->engines, "another services.toml")->check(CLI::ExistingFile);
    up_command->add_flag("--any-ports", up->any_ports, "free ports instead of the table's");
    up_command->footer("Ctrl-C finishes what runs and stops within 10 s; SIGHUP reads HOME/settings.toml again.\nExample: aitrading up --only log-service");
    up_command->callback([up, &context] { context.action = [up, &context] { return run(context, *up); }; });
    auto serve = std::make_shared<RunCommand>();
    CLI::App* serve_command = app.add_subcommand("serve", "runs the named services as one process");
    serve_command->add_option("NAME", serve->names, "services of services.toml")->required();
    serve_command->add_option("--engines", serve->engines, "another services.toml")->check(CLI::ExistingFile);
    serve_command->add_flag("--any-ports", serve->any_ports, "free ports instead of the table's");
    serve_command->footer("Example: aitrading serve log-service");
    serve_command->callback([serve, &context] { context.action = [serve, &context] { return run(context, *serve); }; });
}

}  // namespace aitrading::apps

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <map>

#include "apps/aitrading/data_json.hpp"
#include "apps/aitrading/platform_ground.hpp"
#include "apps/aitrading/run_file.hpp"
#include "apps/aitrading/service_commands.hpp"
#include "apps/aitrading/services_text.hpp"
#include "kit/table.hpp"

namespace aitrading::apps {
namespace {

/// What a service says of itself, or why nothing does.
struct Shown {
    std::string state, version, reason;
    int port = 0, rpc_port = 0;
    std::int64_t lag = 0;
};

/// `ready` of `SERVICE_STATE_READY`.
std::string state_word(std::string text) {
    constexpr std::string_view prefix = "SERVICE_STATE_";
    if (text.starts_with(prefix)) text.erase(0, prefix.size());
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    return text;
}

Json answer_of(kit::HttpClient& client, int port) {
    const auto answer = client.call({.host = "127.0.0.1", .port = port, .target = "/v1/status"}, Deadline::after(std::chrono::steady_clock::now(), std::chrono::seconds(2)));
    return answer && answer->status == 200 ? Json::parse(answer->body, nullptr, false) : Json();
}

/// Asks each process once for all its services.
Result<std::map<std::string, Shown>> ask_all(const std::filesystem::path& home, const kit::ServiceTable& table) {
    TRY(const auto log, kit::Log::open({}));
    TRY(const auto settings, load_settings(table, home));
    kit::Metrics metrics;
    kit::Tracer tracer({}, {});
    kit::Reactor reactor(1);
    kit::HttpClientOptions options{.retry = {.attempts_max = 1}};
    std::map<std::string, Shown> out;
    for (const RunningProcess& process : running_processes(home)) {
        if (process.tls && !options.tls) {
            TRY(options.tls, kit::TlsContext::client({settings->text("AITRADING_TLS_CERTIFICATE"), settings->text("AITRADING_TLS_KEY"), settings->text("AITRADING_TLS_AUTHORITIES")}));
        }
        kit::HttpClientOptions own = options;
        if (!process.tls) own.tls = nullptr;
        kit::HttpClient client(reactor, {*log, metrics, tracer}, own);
        for (const auto& [name, port] : process.ports) out[name] = {"silent", {}, fmt::format("process {} does not answer on port {}", process.pid, port), port, 0, 0};
        if (process.ports.empty()) continue;
        const Json reply = answer_of(client, process.ports.begin()->second);
        if (!reply.is_object() || !reply.contains("services")) continue;
        for (const Json& s : reply["services"])
            out[s.value("service", "")] = {state_word(s.value("state", "")), s.value("build_version", ""), s.value("last_error", ""), s.value("port", 0), s.value("rpc_port", 0), std::stoll(s.value("lag_events", "0"))};
    }
    return out;
}

Shown not_running(const kit::ServiceSpec& spec) {
    if (!spec.missing.empty()) return {"not available", {}, spec.missing, spec.port, 0, 0};
    return {"not running", {}, "start it with: aitrading up", spec.port, 0, 0};
}

Result<void> status(const Context& context) {
    TRY(const kit::ServiceTable table, load_service_table({}));
    TRY(const auto answers, ask_all(context.home, table));
    Json list = Json::array();
    kit::Table lines({{"service"}, {"port", kit::Table::Align::right}, {"gRPC", kit::Table::Align::right}, {"state"}, {"lag", kit::Table::Align::right}, {"last error, or why not"}});
    std::size_t ready = 0;
    for (const kit::ServiceSpec& spec : table.services) {
        const auto found = answers.find(spec.name);
        const bool runs = found != answers.end();
        const Shown shown = runs ? found->second : not_running(spec);
        ready += shown.state == "ready" ? 1 : 0;
        lines.add({spec.name, fmt::format("{}", shown.port), shown.rpc_port == 0 ? "" : fmt::format("{}", shown.rpc_port), shown.state, runs ? fmt::format("{}", shown.lag) : "", shown.reason});
        list.push_back({{"service", spec.name}, {"job", spec.job}, {"port", shown.port}, {"rpc_port", shown.rpc_port == 0 ? Json() : Json(shown.rpc_port)}, {"state", shown.state}, {"version", shown.version}, {"lag_events", shown.lag},
                        {"last_error", runs ? shown.reason : ""}, {"reason", runs ? "" : shown.reason}});
    }
    if (context.json) print_json({{"services", std::move(list)}});
    else fmt::print("{}{} of {} services are ready\n", lines.render(), ready, table.services.size());
    return {};
}

}  // namespace

void add_status_command(CLI::App& app, Context& context) {
    CLI::App* command = app.add_subcommand("status", "services, versions, lag, last error; and which are not there yet");
    command->footer("Example: aitrading status --json");
    command->callback([&context] { context.action = [&context] { return status(context); }; });
}

}  // namespace aitrading::apps

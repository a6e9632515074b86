#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <map>

#include "apps/aitrading/data_json.hpp"
#include "apps/aitrading/running_platform.hpp"
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

Json answer_of(RunningPlatform& platform, const RunningProcess& process, int port, const char* target) {
    const auto answer = platform.call(process, port, {.target = target}, std::chrono::seconds(2));
    return answer && answer->status == 200 ? Json::parse(answer->body, nullptr, false) : Json();
}

/// Asks each process once for all its services.
std::map<std::string, Shown> ask_all(RunningPlatform& platform) {
    std::map<std::string, Shown> out;
    for (const RunningProcess& process : platform.processes()) {
        for (const auto& [name, port] : process.ports) out[name] = {"silent", {}, fmt::format("process {} does not answer on port {}", process.pid, port), port, 0, 0};
        if (process.ports.empty()) continue;
        const Json reply = answer_of(platform, process, process.ports.begin()->second, "/v1/status");
        if (!reply.is_object() || !reply.contains("services")) continue;
        for (const Json& s : reply["services"])
            out[s.value("service", "")] = {state_word(s.value("state", "")), s.value("build_version", ""), s.value("last_error", ""), s.value("port", 0), s.value("rpc_port", 0), std::stoll(s.value("lag_events", "0"))};
    }
    return out;
}

std::int64_t number_of(const Json& from, const char* key) { return std::stoll(from.value(key, "0")); }

/// What the last standing check found; an empty list where nobody keeps read models.
Json ask_checks(RunningPlatform& platform) {
    Json out = Json::array();
    const RunningProcess* process = platform.with("database-service");
    if (process == nullptr) return out;
    const Json reply = answer_of(platform, *process, process->ports.at("database-service"), "/v1/checks");
    if (!reply.is_object() || !reply.contains("checks")) return out;
    for (const Json& c : reply["checks"]) {
        const std::int64_t checked = number_of(c, "checked_ns");
        out.push_back({{"read_model", c.value("read_model", "")}, {"topic", c.value("topic", "")}, {"checked", checked == 0 ? Json() : Json(to_iso8601(UnixNanos{checked}))},
                       {"events", number_of(c, "compared")}, {"differences", number_of(c, "differences")}, {"unread", number_of(c, "unread")},
                       {"from_start", c.value("from_start", false)}, {"first_difference", c.value("first_difference", "")}, {"failure", c.value("failure", "")}});
    }
    return out;
}

std::string check_line(const Json& checks) {
    if (checks.empty()) return {};
    std::int64_t events = 0, differences = 0, unread = 0;
    std::size_t open = 0;
    std::string oldest, first;
    for (const Json& c : checks) {
        events += c["events"].get<std::int64_t>();
        differences += c["differences"].get<std::int64_t>();
        unread += c["unread"].get<std::int64_t>();
        const std::string why = c["failure"].get<std::string>() + c["first_difference"].get<std::string>();
        if (first.empty() && !why.empty()) first = fmt::format("; {}: {}", c["topic"].get<std::string>(), why);
        if (c["checked"].is_null()) {
            ++open;
            continue;
        }
        const std::string when = c["checked"];
        if (oldest.empty() || when < oldest) oldest = when;
    }
    std::string out = fmt::format("standing check of '{}': {} differences in {} events of {} topics", checks[0]["read_model"].get<std::string>(), differences, events, checks.size());
    if (!oldest.empty()) out += ", last at " + oldest;
    if (open > 0) out += fmt::format(", {} not checked yet", open);
    if (unread > 0) out += fmt::format(", {} events not read again yet", unread);
    return out + first + "\n";
}

Shown not_running(const kit::ServiceSpec& spec) {
    if (!spec.missing.empty()) return {"not available", {}, spec.missing, spec.port, 0, 0};
    return {"not running", {}, "start it with: aitrading up", spec.port, 0, 0};
}

Result<void> status(const Context& context) {
    TRY(const kit::ServiceTable table, load_service_table({}));
    TRY(const auto platform, RunningPlatform::open(table, context.home));
    const auto answers = ask_all(*platform);
    Json checks = ask_checks(*platform);
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
    if (context.json) print_json({{"services", std::move(list)}, {"checks", std::move(checks)}});
    else fmt::print("{}{} of {} services are ready\n{}", lines.render(), ready, table.services.size(), check_line(checks));
    return {};
}

}  // namespace

void add_status_command(CLI::App& app, Context& context) {
    CLI::App* command = app.add_subcommand("status", "services, versions, lag, last error, which are not there yet; what the standing check found");
    command->footer("Example: aitrading status --json");
    command->callback([&context] { context.action = [&context] { return status(context); }; });
}

}  // namespace aitrading::apps

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <unistd.h>

#include <sys/resource.h>

#include "apps/aitrading/data_json.hpp"
#include "apps/aitrading/home_bus.hpp"
#include "apps/aitrading/output.hpp"
#include "apps/aitrading/platform_ground.hpp"
#include "apps/aitrading/run_file.hpp"
#include "apps/aitrading/service_commands.hpp"
#include "apps/aitrading/services_text.hpp"
#include "engines/event_bus/journal/journal_view.hpp"
#include "kit/http/transport.hpp"
#include "kit/table.hpp"

namespace aitrading::apps {
namespace {

struct Check {
    std::string name;
    bool ok = true;
    std::string text;
};

constexpr std::uintmax_t free_bytes_min = std::uintmax_t{1} << 30;

Check check_home(const std::filesystem::path& home) {
    const std::filesystem::path probe = home / fmt::format(".doctor-{}", ::getpid());
    if (const auto written = write_file(probe, "x"); !written) return {"home", false, written.error().text + "; choose another with --home or AITRADING_HOME"};
    std::error_code problem;
    std::filesystem::remove(probe, problem);
    const auto space = std::filesystem::space(home, problem);
    const std::string text = fmt::format("{} is writable, {:.1f} GB are free", home.string(), static_cast<double>(space.available) / 1e9);
    return {"home", space.available >= free_bytes_min, space.available >= free_bytes_min ? text : text + "; less than 1 GB: make room"};
}

/// The home's events: its journal, or Kafka, which then has to answer.
Check check_journal(const Context& context) {
    const std::filesystem::path& home = context.home;
    if (const auto kafka = home_is_on_kafka(context); kafka && *kafka) {
        const auto bus = open_home_bus(context);
        return {"journal", bus.has_value(), bus ? "the events lie on Kafka, which answers" : bus.error().text};
    }
    const auto view = engines::JournalView::open(home / "journal");
    if (view) return {"journal", true, "it opens; `aitrading journal verify` reads every event"};
    if (view.error().code == ErrorCode::not_found) return {"journal", true, "none yet: `aitrading up` makes it"};
    return {"journal", false, view.error().text};
}

Check check_ports(const std::filesystem::path& home, const kit::ServiceTable& table) {
    std::string taken, ours;
    const auto processes = running_processes(home);
    kit::Reactor reactor(1);
    for (const kit::ServiceSpec& spec : table.services) {
        if (!spec.missing.empty()) continue;
        const bool running = std::ranges::any_of(processes, [&](const RunningProcess& p) { return p.ports.contains(spec.name); });
        if (running) ours += " " + spec.name;
        else if (const auto listener = kit::Listener::open(reactor, {.address = spec.address, .port = spec.port, .tls = nullptr}, [](const auto& t) { t->close(); }); !listener) taken += fmt::format(" {} ({})", spec.port, spec.name);
    }
    if (!taken.empty()) return {"ports", false, "taken by another process:" + taken + "; stop it, or use --any-ports"};
    return {"ports", true, ours.empty() ? "those of the services are free" : "free, or held by this home's own:" + ours};
}

Check check_files() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const bool enough = limit.rlim_cur >= 4'096;
    return {"open files", enough, fmt::format("the limit is {}{}", limit.rlim_cur, enough ? "" : "; a server holds 2,048 connections: raise it with ulimit -n 4096")};
}

Check check_trainer() {
    std::error_code problem;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", problem);
    const bool there = std::filesystem::exists(self.parent_path() / "aitrading-train", problem) || std::filesystem::exists(self.parent_path() / "../aitrading_train/aitrading-train", problem);
    return {"trainer of nets", true, there ? "aitrading-train is there" : "aitrading-train is not there: nets cannot be trained, all else works"};
}

std::vector<Check> all_checks(const Context& context) {
    std::vector<Check> out{{"build", true, version_text()}, check_home(context.home), check_files(), check_journal(context), check_trainer()};
    const auto table = load_service_table({});
    if (!table) {
        out.push_back({"services", false, table.error().text});
        return out;
    }
    std::size_t there = 0;
    for (const auto& spec : table->services) there += spec.missing.empty() ? 1 : 0;
    out.push_back({"services", true, fmt::format("{} of {} are in this build; `aitrading status` shows them", there, table->services.size())});
    out.push_back(check_ports(context.home, *table));
    const auto settings = load_settings(*table, context.home);
    out.push_back({"settings", settings.has_value(), settings ? "all fit; `aitrading doctor --settings` lists them" : settings.error().text});
    return out;
}

Result<void> doctor(const Context& context) {
    Json list = Json::array();
    kit::Table lines({{"check"}, {"ok"}, {"what"}});
    std::string bad;
    for (const Check& check : all_checks(context)) {
        list.push_back({{"name", check.name}, {"ok", check.ok}, {"text", check.text}});
        lines.add({check.name, check.ok ? "yes" : "NO", check.text});
        if (!check.ok) bad += (bad.empty() ? "" : ", ") + check.name;
    }
    if (context.json) print_json({{"checks", std::move(list)}});
    else fmt::print("{}", lines.render());
    if (bad.empty()) return {};
    return fail(ErrorCode::failed, "not well: " + bad + "; what to do stands beside each");
}

Result<void> list_settings(const Context& context) {
    TRY(const kit::ServiceTable table, load_service_table({}));
    TRY(const auto settings, load_settings(table, context.home));
    Json list = Json::array();
    kit::Table lines({{"setting"}, {"of"}, {"value"}, {"from"}, {"hot"}, {"what"}});
    for (const auto& [spec, value, origin] : settings->shown()) {
        const std::string what = spec.read ? spec.about : "nothing in this build reads it yet" + (spec.about.empty() ? "" : ": " + spec.about);
        list.push_back({{"name", spec.name}, {"service", spec.service}, {"kind", name(spec.kind)}, {"value", value}, {"default", spec.fallback}, {"origin", name(origin)},
                        {"secret", spec.secret}, {"hot", spec.hot}, {"read", spec.read}, {"about", spec.about}});
        lines.add({spec.name, spec.service.empty() ? "all" : spec.service, value, std::string(name(origin)), spec.hot ? "yes" : "", what});
    }
    if (context.json) print_json({{"settings", std::move(list)}});
    else fmt::print("{}Set one in the environment or as NAME = \"value\" in {}\n", lines.render(), (context.home / "settings.toml").string());
    return {};
}

}  // namespace

void add_doctor_command(CLI::App& app, Context& context) {
    auto settings = std::make_shared<bool>(false);
    CLI::App* command = app.add_subcommand("doctor", "says what is installed, reachable and configured, and what to do about what is not");
    command->add_flag("--settings", *settings, "every setting with its value and where it comes from");
    command->footer("Exit 1 where a check is not well.\nExample: aitrading doctor --settings");
    command->callback([settings, &context] { context.action = [settings, &context] { return *settings ? list_settings(context) : doctor(context); }; });
}

}  // namespace aitrading::apps

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>

#include "apps/aitrading/data_json.hpp"
#include "apps/aitrading/home_bus.hpp"
#include "apps/aitrading/journal_commands.hpp"
#include "kit/events/overview.hpp"
#include "kit/table.hpp"

namespace aitrading::apps {
namespace {

constexpr const char* overview_group = "overview";

struct ReplayCommand {
    std::string topic;
    bool check = false;
};

Result<std::vector<std::string>> topics_of(ports::EventBus& bus, const ReplayCommand& command) {
    TRY(std::vector<std::string> topics, bus.topics());
    if (command.topic.empty()) return topics;
    if (std::ranges::find(topics, command.topic) != topics.end()) return std::vector{command.topic};
    return fail(ErrorCode::not_found, fmt::format("the journal has no topic '{}'; aitrading journal verify lists them", command.topic));
}

Result<void> build(const Context& context, const ReplayCommand& command, ports::EventBus& bus) {
    TRY(const auto topics, topics_of(bus, command));
    Json all = Json::array();
    kit::Table table({{"topic"}, {"type"}, {"events", kit::Table::Align::right}, {"last"}});
    for (const std::string& topic : topics) {
        kit::Overview model;
        TRY(const kit::ReadModelRun run, kit::rebuild(bus, model, {topic, overview_group}, [&] { return context.stop.stop_requested(); }));
        if (!run.complete) return fail(ErrorCode::interrupted, "stopped; the next replay begins anew");
        Json types = Json::array();
        for (const auto& [type, count] : model.types()) {
            table.add({topic, type, fmt::format("{}", count.events), to_iso8601(count.last)});
            types.push_back({{"type", type}, {"events", count.events}, {"last", to_iso8601(count.last)}});
        }
        all.push_back({{"topic", topic}, {"events", run.events}, {"subjects", model.subjects().size()}, {"types", std::move(types)}});
    }
    if (context.json) print_json({{"read_model", overview_group}, {"topics", std::move(all)}});
    else fmt::print("{}read model '{}' built anew from {} topics\n", table.render(), overview_group, topics.size());
    return {};
}

Result<void> check(const Context& context, const ReplayCommand& command, ports::EventBus& bus) {
    TRY(const auto topics, topics_of(bus, command));
    Json all = Json::array();
    kit::Table table({{"topic"}, {"what"}, {"read model"}, {"journal"}});
    std::int64_t events = 0, different = 0;
    for (const std::string& topic : topics) {
        kit::Overview stored, fresh;
        TRY(const kit::Divergence found, kit::check_read_model(bus, stored, fresh, {topic, overview_group}));
        events += found.events;
        different += static_cast<std::int64_t>(found.lines.size());
        Json lines = Json::array();
        for (const auto& line : found.lines) {
            table.add({topic, line.key, line.stored.empty() ? "–" : line.stored, line.journal.empty() ? "–" : line.journal});
            lines.push_back({{"what", line.key}, {"read_model", line.stored}, {"journal", line.journal}});
        }
        all.push_back({{"topic", topic}, {"events", found.events}, {"comparable", found.comparable}, {"behind", found.behind}, {"differences", std::move(lines)}});
        if (!found.comparable && !context.json) fmt::print("{}: not comparable, retention has removed events that the read model has seen\n", topic);
        if (found.behind > 0 && !context.json) fmt::print("{}: {} events were not consumed yet\n", topic, found.behind);
    }
    if (context.json) print_json({{"ok", different == 0}, {"read_model", overview_group}, {"topics", std::move(all)}});
    else if (different == 0) fmt::print("{} events: the read model '{}' says what the journal says\n", events, overview_group);
    else fmt::print("{}", table.render());
    if (different == 0) return {};
    return fail(ErrorCode::gate_refused, fmt::format("the read model '{}' differs from the journal in {} lines; aitrading journal replay builds it anew", overview_group, different));
}

}  // namespace

void add_replay_command(CLI::App& journal, Context& context) {
    auto replaying = std::make_shared<ReplayCommand>();
    CLI::App* command = journal.add_subcommand("replay", "builds the read model 'overview' anew from the events, or compares it with them");
    command->add_option("--topic", replaying->topic, "only this topic");
    command->add_flag("--check", replaying->check, "changes nothing: compares what is stored with the events and tells each difference");
    command->footer("The journal must not be open in another process.\nExample: aitrading journal replay && aitrading journal replay --check --json");
    command->callback([replaying, &context] {
        context.action = [replaying, &context]() -> Result<void> {
            const auto folder = context.home / "journal";
            TRY(const bool kafka, home_is_on_kafka(context));
            if (!kafka && !std::filesystem::exists(folder / "events.sqlite"))
                return fail(ErrorCode::not_found, folder.string() + ": no journal is here; something must be published first");
            TRY(const auto bus, open_home_bus(context));
            return replaying->check ? check(context, *replaying, *bus) : build(context, *replaying, *bus);
        };
    });
}

}  // namespace aitrading::apps

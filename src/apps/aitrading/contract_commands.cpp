#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <chrono>
#include <iostream>
#include <memory>
#include <random>

#include "apps/aitrading/data_json.hpp"
#include "apps/aitrading/event_sink.hpp"
#include "apps/aitrading/journal_commands.hpp"
#include "kit/contracts/contracts.hpp"
#include "kit/table.hpp"

namespace aitrading::apps {
namespace {

struct PublishCommand {
    std::string type, tenant = "default";
};

constexpr std::size_t events_at_once = 1'000;

Result<void> list_contracts(const Context& context) {
    Json listed = Json::array();
    kit::Table table({{"topic"}, {"type"}, {"kind"}, {"subject"}});
    for (const kit::EventContract& contract : kit::event_contracts()) {
        listed.push_back({{"topic", contract.topic}, {"type", contract.type}, {"kind", kit::name(contract.kind)}, {"message", contract.message}, {"subject", contract.subject_field}});
        table.add({contract.topic, contract.type, std::string(kit::name(contract.kind)), contract.subject_field});
    }
    if (context.json) print_json({{"contracts", std::move(listed)}});
    else fmt::print("{}", table.render());
    return {};
}

Result<void> publish_some(EventSink& sink, const std::string& topic, std::vector<Event>& events) {
    if (events.empty()) return {};
    TRY(const auto receipts, sink.publish(topic, events));
    for (std::size_t i = 0; i < receipts.size(); ++i)
        fmt::print("{} {} {}\n", events[i].subject, receipts[i].position.offset, events[i].id.text());
    events.clear();
    return {};
}

Result<void> publish(const Context& context, const PublishCommand& command) {
    const kit::EventContract* contract = kit::find_contract(command.type);
    if (contract == nullptr)
        return fail(ErrorCode::usage, fmt::format("--type {}: no contract has this type; `aitrading journal contracts` lists them", command.type));
    TRY(const auto sink, open_event_sink(context));
    if (sink->bus() != nullptr) TRY_VOID(sink->bus()->create_topic(contract->topic, {}));
    UuidMaker ids((static_cast<std::uint64_t>(std::random_device{}()) << 32) | std::random_device{}());
    std::vector<Event> waiting;
    std::string line;
    for (std::int64_t number = 1; std::getline(std::cin, line) && !context.stop.stop_requested(); ++number) {
        if (line.empty()) continue;
        const UnixNanos now{std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count()};
        auto event = kit::pack_json(command.type, line, {ids.next(now), "/aitrading/journal/publish", command.tenant, now, {}});
        if (!event) return fail(ErrorCode::bad_input, fmt::format("standard input, line {}: {}", number, event.error().text));
        waiting.push_back(*std::move(event));
        if (waiting.size() == events_at_once) TRY_VOID(publish_some(*sink, contract->topic, waiting));
    }
    TRY_VOID(publish_some(*sink, contract->topic, waiting));
    if (context.stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped; what was printed is stored");
    return {};
}

}  // namespace

void add_contract_commands(CLI::App& journal, Context& context) {
    journal.add_subcommand("contracts", "every type of event: topic, kind, ordering key")
        ->footer("Example: aitrading journal contracts --json")
        ->callback([&context] { context.action = [&context] { return list_contracts(context); }; });
    auto publishing = std::make_shared<PublishCommand>();
    CLI::App* command = journal.add_subcommand("publish", "publishes JSON lines from standard input; prints `subject offset id` of each after its acknowledgement");
    command->add_option("--type", publishing->type, "of the events; their topic and ordering key follow from it")->required();
    command->add_option("--tenant", publishing->tenant, "whose events they are")->capture_default_str();
    command->footer("Names and values as `journal tail` shows them under data. Where a platform runs on the home it publishes them (commands of the tenant default,\n"
                    "see AITRADING_PUBLISH_TOPICS); otherwise the command opens the journal itself.\n"
                    "Example: echo '{\"account\":\"main\",\"reason\":\"drill\"}' | aitrading journal publish --type EngageKillSwitch");
    command->callback([publishing, &context] { context.action = [publishing, &context] { return publish(context, *publishing); }; });
}

}  // namespace aitrading::apps

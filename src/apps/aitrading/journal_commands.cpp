#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <thread>

#include "apps/aitrading/data_json.hpp"
#include "apps/aitrading/home_bus.hpp"
#include "apps/aitrading/journal_commands.hpp"
#include "apps/aitrading/journal_lines.hpp"
#include "engines/event_bus/journal/journal_view.hpp"
#include "kit/table.hpp"

namespace aitrading::apps {
namespace {

using engines::JournalView;
using engines::PartitionExtent;
using ports::Delivery;

constexpr int last_shown = 10;

struct TailCommand {
    bool from_start = false, follow = false;
    std::string subject, topic;
};

std::filesystem::path journal_folder(const Context& context) { return context.home / "journal"; }

Result<void> tail(const Context& context, const TailCommand& command) {
    TRY(const auto source, open_event_source(context));
    MergedEvents events(*source, command.topic);
    TRY_VOID(events.look());
    if (!command.from_start) events.skip_to_last(command.follow ? 0 : last_shown);
    for (;;) {
        TRY(const std::optional<MergedEvents::Line> next, events.next());
        if (next) {
            if (command.subject.empty() || command.subject == next->delivery.event.subject) std::puts(event_line(next->topic, next->delivery).c_str());
            if (context.stop.stop_requested()) return {};
            continue;
        }
        std::fflush(stdout);
        if (!command.follow || context.stop.stop_requested()) return {};
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        TRY_VOID(events.look());
    }
}

Result<void> verify(const Context& context) {
    TRY(const bool kafka, home_is_on_kafka(context));
    if (kafka) return fail(ErrorCode::usage, "KAFKA_BROKERS is set: the brokers keep the events and their sums, and this command reads the journal of a home; `aitrading journal replay --check` compares what they hold with the read model");
    TRY(const auto counts, verify_journal(context));
    Json topics = Json::array();
    std::int64_t all = 0;
    kit::Table table({{"topic"}, {"events", kit::Table::Align::right}});
    for (const auto& [topic, count] : counts) {
        all += count;
        topics.push_back({{"topic", topic}, {"events", count}});
        table.add({topic, fmt::format("{}", count)});
    }
    if (context.json) print_json({{"ok", true}, {"events", all}, {"topics", std::move(topics)}});
    else fmt::print("{}{} events: every sum fits, no offset is missing, the file is sound\n", table.render(), all);
    return {};
}

}  // namespace

Result<std::map<std::string, std::int64_t>> verify_journal(const Context& context) {
    TRY(auto view, JournalView::open(journal_folder(context)));
    TRY_VOID(view.check_file());
    TRY(const std::vector<PartitionExtent> extents, view.extents());
    std::map<std::string, std::int64_t> counts;
    for (const PartitionExtent& extent : extents) {
        std::int64_t& count = counts[extent.topic];
        for (std::int64_t from = extent.first; from <= extent.last;) {
            if (context.stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped");
            TRY(const std::vector<Delivery> some, view.read(extent, from, {.events_max = 5'000}));
            if (some.empty()) break;  // retention came by
            count += static_cast<std::int64_t>(some.size());
            from = some.back().position.offset + 1;
        }
    }
    return counts;
}

void add_journal_commands(CLI::App& app, Context& context) {
    CLI::App* group = app.add_subcommand("journal", "the journal of events: look, verify, replay, publish, load");
    group->require_subcommand(1);
    group->footer("Example: aitrading journal load --count 1000 > acknowledged.txt && aitrading journal verify");
    auto tailing = std::make_shared<TailCommand>();
    CLI::App* tail_command = group->add_subcommand("tail", "events as JSON lines; beside a running process as well");
    tail_command->add_flag("--from-start", tailing->from_start, "from the oldest that is kept; otherwise the last ten");
    tail_command->add_flag("--follow", tailing->follow, "goes on with what is published from now on");
    tail_command->add_option("--subject", tailing->subject, "only of this subject");
    tail_command->add_option("--topic", tailing->topic, "only of this topic");
    tail_command->footer("Order holds within a subject; subjects are merged by the age of their ids.\nExample: aitrading journal tail --from-start --subject load-3");
    tail_command->callback([tailing, &context] { context.action = [tailing, &context] { return tail(context, *tailing); }; });
    group->add_subcommand("verify", "reads every event and checks its sum, its place and the file")->footer("Example: aitrading journal verify --json")->callback([&context] {
        context.action = [&context] { return verify(context); };
    });
    add_replay_command(*group, context);
    add_contract_commands(*group, context);
    add_load_command(*group, context);
}

}  // namespace aitrading::apps

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "apps/aitrading/data_json.hpp"
#include "apps/aitrading/journal_commands.hpp"
#include "apps/aitrading/journal_lines.hpp"
#include "engines/event_bus/journal/journal.hpp"
#include "engines/event_bus/journal/journal_view.hpp"
#include "kit/table.hpp"

namespace aitrading::apps {
namespace {

using engines::JournalView;
using engines::PartitionExtent;
using ports::Delivery;

constexpr const char* load_topic = "ops.load";
constexpr int load_partitions = 4, last_shown = 10;

struct TailCommand {
    bool from_start = false, follow = false;
    std::string subject, topic;
};

struct LoadCommand {
    std::int64_t count = 0;
    double rate = 0;  ///< events a second; 0: as fast as it goes
    int subjects = 16;
};

std::filesystem::path journal_folder(const Context& context) { return context.home / "journal"; }

UnixNanos now() {
    return {std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

Result<void> tail(const Context& context, const TailCommand& command) {
    TRY(auto view, JournalView::open(journal_folder(context)));
    MergedEvents events(view, command.topic);
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

/// How far each subject of the load has counted in earlier runs.
Result<std::map<std::string, std::int64_t>> counted(ports::EventBus& bus) {
    std::map<std::string, std::int64_t> last;
    TRY(const std::vector<std::int64_t> ends, bus.ends(load_topic));
    for (int p = 0; p < load_partitions; ++p)
        for (std::int64_t from = 1; from <= ends[static_cast<std::size_t>(p)];) {
            TRY(const std::vector<Delivery> some, bus.read(load_topic, {p, from}, {.events_max = 10'000}));
            if (some.empty()) break;
            from = some.back().position.offset + 1;
            for (const Delivery& d : some) last[d.event.subject] = load_number(d.event);
        }
    return last;
}

Result<void> load(const Context& context, const LoadCommand& command) {
    TRY(auto bus, engines::open_journal({journal_folder(context), {}, {}}));
    TRY_VOID(bus->create_topic(load_topic, {load_partitions}));
    TRY(auto numbers, counted(*bus));
    UuidMaker ids(derive_seed(context.seed, static_cast<std::uint64_t>(now().value)));
    const auto begun = std::chrono::steady_clock::now();
    std::mutex mutex;
    std::optional<Error> failed;
    for (std::int64_t i = 0; i < command.count && !context.stop.stop_requested(); ++i) {
        if (command.rate > 0) std::this_thread::sleep_until(begun + std::chrono::nanoseconds(static_cast<std::int64_t>(static_cast<double>(i) / command.rate * 1e9)));
        const std::string subject = fmt::format("load-{}", i % command.subjects);
        std::vector<Event> one{load_event(subject, ++numbers[subject], now(), ids)};
        const std::string line = fmt::format("{} {} {}\n", subject, numbers[subject], one[0].id.text());
        const auto told = [line, &mutex, &failed](const auto& receipts) {
            if (receipts) {
                std::fputs(line.c_str(), stdout);
                std::fflush(stdout);
                return;
            }
            const std::lock_guard lock(mutex);
            if (!failed) failed = receipts.error();
        };
        TRY_VOID(bus->publish(load_topic, std::move(one), told, std::chrono::seconds(60)));
    }
    bus.reset();  // everything accepted is acknowledged
    if (failed) return std::unexpected(*failed);
    if (context.stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped; what was printed is stored");
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
    auto loading = std::make_shared<LoadCommand>();
    CLI::App* load_command = group->add_subcommand("load", "appends made-up events; prints `subject n id` of each after its acknowledgement");
    load_command->add_option("--count", loading->count, "events")->required()->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000'000}));
    load_command->add_option("--rate", loading->rate, "events a second; otherwise as fast as it goes")->check(CLI::PositiveNumber);
    load_command->add_option("--subjects", loading->subjects, "subjects, load-0 …; each counts on where it was")->check(CLI::Range(1, 100'000))->capture_default_str();
    load_command->footer("May be killed at any moment: what was printed is stored.\nExample: aitrading journal load --count 100000 --rate 5000 --subjects 8");
    load_command->callback([loading, &context] { context.action = [loading, &context] { return load(context, *loading); }; });
}

}  // namespace aitrading::apps

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "apps/aitrading/event_sink.hpp"
#include "apps/aitrading/journal_commands.hpp"
#include "apps/aitrading/journal_lines.hpp"

namespace aitrading::apps {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* load_topic = "ops.load";
constexpr int load_partitions = 4;
constexpr std::int64_t at_once_max = 500;  // events of one request to a platform

struct LoadCommand {
    std::int64_t count = 0;
    double rate = 0;  ///< events a second; 0: as fast as it goes
    int subjects = 16;
};

UnixNanos now() { return {std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count()}; }

using Counts = std::map<std::string, std::int64_t>;

/// How far each subject of the load has counted in earlier runs.
Result<Counts> counted(EventSource& source) {
    Counts last;
    TRY(const std::vector<engines::PartitionExtent> extents, source.extents());
    for (const engines::PartitionExtent& extent : extents) {
        if (extent.topic != load_topic) continue;
        for (std::int64_t from = extent.first; from <= extent.last;) {
            TRY(const std::vector<ports::Delivery> some, source.read(extent, from, {.events_max = 10'000}));
            if (some.empty()) break;
            from = some.back().position.offset + 1;
            for (const ports::Delivery& d : some) last[d.event.subject] = load_number(d.event);
        }
    }
    return last;
}

/// The made-up events, one after the other, at their rate.
class Load {
  public:
    Load(const LoadCommand& command, Counts counts, std::uint64_t seed) : command_(command), counts_(std::move(counts)), ids_(seed) {}

    bool done() const { return made_ == command_.count; }
    /// Until the next one is due.
    void wait() const {
        if (command_.rate > 0) std::this_thread::sleep_until(due(made_));
    }
    bool is_due() const { return !done() && (command_.rate <= 0 || due(made_) <= Clock::now()); }
    Event next() {
        const std::string subject = fmt::format("load-{}", made_++ % command_.subjects);
        return load_event(subject, ++counts_[subject], now(), ids_);
    }
    static std::string line(const Event& event) { return fmt::format("{} {} {}\n", event.subject, load_number(event), event.id.text()); }

  private:
    Clock::time_point due(std::int64_t i) const { return begun_ + std::chrono::nanoseconds(static_cast<std::int64_t>(static_cast<double>(i) / command_.rate * 1e9)); }

    LoadCommand command_;
    Counts counts_;
    UuidMaker ids_;
    std::int64_t made_ = 0;
    Clock::time_point begun_ = Clock::now();
};

void say(const std::string& lines) {
    std::fputs(lines.c_str(), stdout);
    std::fflush(stdout);
}

/// One event a publication, without waiting for the acknowledgements.
Result<void> load_bus(const Context& context, ports::EventBus& bus, Load& load) {
    // Shared: the engine may hold a callback for a while after this has returned.
    struct Told {
        std::mutex mutex;
        std::optional<Error> failed;
        std::int64_t open = 0;
        std::condition_variable changed;
    };
    const auto state = std::make_shared<Told>();
    while (!load.done() && !context.stop.stop_requested()) {
        load.wait();
        std::vector<Event> one{load.next()};
        {
            const std::lock_guard lock(state->mutex);
            ++state->open;
        }
        const auto told = [line = Load::line(one[0]), state](const auto& receipts) {
            if (receipts) say(line);
            const std::lock_guard lock(state->mutex);
            if (!receipts && !state->failed) state->failed = receipts.error();
            --state->open;
            state->changed.notify_all();
        };
        TRY_VOID(bus.publish(load_topic, std::move(one), told, std::chrono::seconds(60)));
    }
    std::unique_lock lock(state->mutex);
    state->changed.wait(lock, [&] { return state->open == 0; });
    if (state->failed) return std::unexpected(*state->failed);
    return {};
}

/// What is due, in one request.
Result<void> load_platform(const Context& context, EventSink& sink, Load& load) {
    while (!load.done() && !context.stop.stop_requested()) {
        load.wait();
        std::vector<Event> events;
        do events.push_back(load.next());
        while (load.is_due() && static_cast<std::int64_t>(events.size()) < at_once_max);
        TRY([[maybe_unused]] const auto receipts, sink.publish(load_topic, events));
        std::string lines;
        for (const Event& event : events) lines += Load::line(event);
        say(lines);
    }
    return {};
}

Result<void> run_load(const Context& context, const LoadCommand& command) {
    TRY(const auto sink, open_event_sink(context));
    if (sink->bus() != nullptr) TRY_VOID(sink->bus()->create_topic(load_topic, {load_partitions}));
    Counts counts;
    if (sink->bus() != nullptr) {
        TRY(counts, counted(*source_of(*sink->bus())));
    } else {
        TRY(const auto source, open_event_source(context));
        TRY(counts, counted(*source));
    }
    Load load(command, std::move(counts), derive_seed(context.seed, static_cast<std::uint64_t>(now().value)));
    TRY_VOID(sink->bus() != nullptr ? load_bus(context, *sink->bus(), load) : load_platform(context, *sink, load));
    if (context.stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped; what was printed is stored");
    return {};
}

}  // namespace

void add_load_command(CLI::App& journal, Context& context) {
    auto loading = std::make_shared<LoadCommand>();
    CLI::App* command = journal.add_subcommand("load", "appends made-up events; prints `subject n id` of each after its acknowledgement");
    command->add_option("--count", loading->count, "events")->required()->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000'000}));
    command->add_option("--rate", loading->rate, "events a second; otherwise as fast as it goes")->check(CLI::PositiveNumber);
    command->add_option("--subjects", loading->subjects, "subjects, load-0 …; each counts on where it was")->check(CLI::Range(1, 100'000))->capture_default_str();
    command->footer("May be killed at any moment: what was printed is stored. Where a platform runs on the home it stores them.\n"
                    "Example: aitrading journal load --count 100000 --rate 5000 --subjects 8");
    command->callback([loading, &context] { context.action = [loading, &context] { return run_load(context, *loading); }; });
}

}  // namespace aitrading::apps

#include "engines/event_bus/faults/kill_run.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <set>
#include <thread>
#include <vector>

#include "base/random.hpp"
#include "engines/event_bus/journal/journal.hpp"

namespace aitrading::engines {
namespace {

using ports::Delivery;
using Counts = std::map<std::string, std::int64_t>;

constexpr int publishers = 2, subjects_each = 3, partitions = 3;

Result<std::vector<Delivery>> all_of(ports::EventBus& bus, const char* topic) {
    std::vector<Delivery> all;
    TRY(const std::vector<std::int64_t> ends, bus.ends(topic));
    for (int p = 0; p < partitions; ++p)
        for (std::int64_t from = 1; from <= ends[static_cast<std::size_t>(p)];) {
            TRY(const std::vector<Delivery> some, bus.read(topic, {p, from}, {.events_max = 10'000}));
            if (some.empty()) return fail(ErrorCode::failed, "a partition has a gap");
            from = some.back().position.offset + 1;
            all.insert(all.end(), some.begin(), some.end());
        }
    return all;
}

Counts counts_of(const std::vector<Delivery>& events) {
    Counts counts;
    for (const Delivery& d : events) ++counts[d.event.subject];
    return counts;
}

Event effect_of(const Event& cause) {
    Event event = cause;
    event.id.bytes[15] ^= 0xff;
    return event;
}

/// Inside the child: publishes without end.
void publish(ports::EventBus& bus, int publisher, std::uint64_t seed, Counts counts, int pipe) {
    UuidMaker ids(derive_seed(seed, static_cast<std::uint64_t>(publisher) + 10));
    for (std::int64_t i = 0;; ++i) {
        Event event;
        event.id = ids.next({i * 100'000});
        event.type = "ops.load_appended";
        event.source = "/kills";
        event.subject = "p" + std::to_string(publisher) + "." + std::to_string(i % subjects_each);
        event.data = std::to_string(counts[event.subject]++) + "|" + std::string(200, 'x');
        const std::string line = event.subject + " " + event.data.substr(0, event.data.find('|')) + "\n";
        const auto told = [line, pipe](const auto& receipts) {
            // Lines are far below PIPE_BUF: each is written whole or not at all.
            if (!receipts || ::write(pipe, line.data(), line.size()) != static_cast<ssize_t>(line.size())) std::_Exit(3);
        };
        std::vector<Event> one;
        one.push_back(std::move(event));
        if (!bus.publish("in", std::move(one), told, std::chrono::seconds(60))) std::_Exit(4);
    }
}

/// Inside the child: counts what it sees, without end.
void consume(ports::EventBus& bus) {
    auto member = bus.subscribe("in", "g", {});
    if (!member) std::_Exit(5);
    for (;;) {
        const auto some = (*member)->poll({.events_max = 200, .wait = std::chrono::milliseconds(100)});
        if (!some) std::_Exit(6);
        if (some->empty()) continue;
        const auto before = (*member)->state("count");
        if (!before) std::_Exit(7);
        const std::int64_t count = *before ? std::stoll(**before) : 0;
        ports::Commit step{.state = {{"count", std::to_string(count + static_cast<std::int64_t>(some->size()))}}};
        for (const Delivery& d : *some) {
            step.produced.push_back({"out", effect_of(d.event)});
            std::erase_if(step.up_to, [&](ports::Position p) { return p.partition == d.position.partition; });
            step.up_to.push_back(d.position);
        }
        if (!(*member)->commit(step)) std::_Exit(8);
    }
}

[[noreturn]] void child(const std::filesystem::path& folder, std::uint64_t seed, int pipe) {
    auto bus = open_journal({folder, {.pending_events_max = 2'000}, {}});
    if (!bus) std::_Exit(1);
    for (const char* topic : {"in", "out"})
        if (!(*bus)->create_topic(topic, {partitions})) std::_Exit(2);
    const auto before = all_of(**bus, "in");
    if (!before) std::_Exit(9);
    const Counts counts = counts_of(*before);
    std::thread consumer([&] { consume(**bus); });
    std::vector<std::thread> threads;
    threads.reserve(publishers);
    for (int p = 0; p < publishers; ++p) threads.emplace_back([&, p] { publish(**bus, p, seed, counts, pipe); });
    consumer.join();
    std::_Exit(10);
}

/// Lines until the writer's end is closed; kills the writer after `lines` of them.
Counts read_acknowledged(int pipe, pid_t process, std::int64_t lines, std::int64_t& told) {
    Counts highest;
    std::string open;
    std::array<char, 65'536> piece{};
    for (ssize_t got = 0; (got = ::read(pipe, piece.data(), piece.size())) > 0;) {
        open.append(piece.data(), static_cast<std::size_t>(got));
        std::size_t from = 0;
        for (std::size_t end = 0; (end = open.find('\n', from)) != std::string::npos; from = end + 1) {
            const std::string line = open.substr(from, end - from);
            const std::size_t space = line.find(' ');
            highest[line.substr(0, space)] = std::stoll(line.substr(space + 1));
            if (++told == lines) ::kill(process, SIGKILL);
        }
        open.erase(0, from);
    }
    return highest;
}

std::string check_events(const std::vector<Delivery>& in, const Counts& acknowledged) {
    Counts next;
    std::set<Uuid> ids;
    for (const Delivery& d : in) {
        if (!ids.insert(d.event.id).second) return "an event is there twice";
        if (std::stoll(d.event.data) != next[d.event.subject]++) return "subject " + d.event.subject + " has a gap, a double or another order";
    }
    for (const auto& [subject, n] : acknowledged)
        if (n >= next[subject]) return "event " + std::to_string(n) + " of subject " + subject + " was acknowledged and is lost";
    return {};
}

std::string check_effects(ports::EventBus& bus, const std::vector<Delivery>& in) {
    auto member = bus.subscribe("in", "g", {});
    const auto committed = bus.committed("in", "g");
    const auto out = all_of(bus, "out");
    if (!member || !committed || !out) return "the group or its events cannot be read";
    const auto count = (*member)->state("count");
    if (!count) return count.error().text;
    std::set<Uuid> due, made;
    for (const Delivery& d : in)
        if (d.position.offset <= (*committed)[static_cast<std::size_t>(d.position.partition)]) due.insert(effect_of(d.event).id);
    for (const Delivery& d : *out) made.insert(d.event.id);
    if (made.size() != out->size()) return "an effect is there twice";
    if (made != due) return "produced events and offsets do not agree";
    if (count->value_or("0") != std::to_string(due.size())) return "state and offsets do not agree";
    return {};
}

std::string verify(const std::filesystem::path& folder, const Counts& acknowledged, KillRun& run) {
    auto bus = open_journal({folder, {}, {}});
    if (!bus) return bus.error().text;
    for (const char* topic : {"in", "out"})
        if (auto made = (*bus)->create_topic(topic, {partitions}); !made) return made.error().text;
    const auto in = all_of(**bus, "in");
    if (!in) return in.error().text;
    run.found = static_cast<std::int64_t>(in->size());
    const std::string broken = check_events(*in, acknowledged);
    return broken.empty() ? check_effects(**bus, *in) : broken;
}

}  // namespace

KillRun run_kill(const std::filesystem::path& folder, std::uint64_t seed) {
    KillRun run;
    SplitMix64 random(seed);
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return {"no pipe"};
    const pid_t process = ::fork();
    if (process == 0) {
        ::close(ends[0]);
        child(folder, seed, ends[1]);
    }
    ::close(ends[1]);
    const auto lines = static_cast<std::int64_t>(1 + random.next_below(random.next_below(3) == 0 ? 20 : 3'000));
    const Counts acknowledged = read_acknowledged(ends[0], process, lines, run.acknowledged);
    ::close(ends[0]);
    int status = 0;
    ::waitpid(process, &status, 0);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL) run.broken = "the child ended by itself, status " + std::to_string(WEXITSTATUS(status));
    else run.broken = verify(folder, acknowledged, run);
    if (!run.broken.empty()) run.broken = "seed " + std::to_string(seed) + ": " + run.broken;
    return run;
}

}  // namespace aitrading::engines

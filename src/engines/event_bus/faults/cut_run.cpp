#include "engines/event_bus/faults/cut_run.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "base/random.hpp"
#include "engines/sqlite/simulated_disk/simulated_disk.hpp"
#include "engines/event_bus/journal/journal.hpp"

namespace aitrading::engines {
namespace {

using ports::Delivery;
using ports::Position;

/// Expected by whoever reads: not a fault of the disk but a broken promise.
struct Broken {
    std::string what;
};

void expect(bool holds, const std::string& what) {
    if (!holds) throw Broken{what};
}

struct Call {
    std::vector<Event> events;
    std::vector<ports::Receipt> receipts;  ///< empty: not acknowledged
};

class Life {
  public:
    Life(std::uint64_t seed, bool disk_lies) : random_(seed), disk_(derive_seed(seed, 1)), ids_(derive_seed(seed, 2)) {
        if (disk_lies) disk_.lie();
    }

    CutRun run() {
        CutRun report;
        try {
            plant();
            live(60);
            report.fault_came = disk_.faulted();
            bus_and_member_end();
            disk_.restart();
            check_after_restart();
            publish_again();
            live(10);
            expect(!disk_.faulted(), "no fault was planted in the second life");
            finish();
        } catch (const Broken& broken) {
            report.broken = broken.what;
        }
        report.steps = disk_.steps();
        for (const Call& call : calls_)
            if (!call.receipts.empty()) report.acknowledged += static_cast<std::int64_t>(call.events.size());
        bus_and_member_end();
        return report;
    }

  private:
    void plant() {
        // A life takes some 150 to 800 steps; the first forty make the file.
        const auto step = static_cast<std::int64_t>(1 + random_.next_below(random_.next_below(4) == 0 ? 60 : 600));
        const std::uint64_t kind = random_.next_below(10);
        if (kind < 7) disk_.cut_at(step);
        else if (kind < 9) disk_.fail_sync_at(step);
        else disk_.fill_at(step);
    }
    void bus_and_member_end() {
        member_.reset();
        bus_.reset();
    }
    /// False where the disk is at fault; any other refusal breaks a promise.
    template <class T>
    bool went(const Result<T>& result, const char* doing) {
        if (result) return true;
        expect(disk_.faulted(), std::string(doing) + " was refused without a fault: " + result.error().text);
        return false;
    }

    bool open() {
        // Copies of the log come often: they are what a cut may hit as well as commits.
        auto bus = open_journal({"j", {}, disk_.file_system(), static_cast<int>(4 + random_.next_below(60)), 2});
        if (!went(bus, "open")) return false;
        bus_ = std::move(*bus);
        for (const char* topic : {"in", "out", "old"})
            if (!went(bus_->create_topic(topic, {3}), "create_topic")) return false;
        return join();
    }
    bool join() {
        auto member = bus_->subscribe("in", "g", {.attempts_max = 2});
        if (!went(member, "subscribe")) return false;
        member_ = std::move(*member);
        return true;
    }
    void live(int operations) {
        if (!bus_ && !open()) return;
        for (int i = 0; i < operations; ++i)
            if (!operate()) {
                stays_stopped();
                return;
            }
    }
    void stays_stopped() {
        if (!bus_) return;
        expect(!bus_->publish_and_wait("in", {made("s0")}), "the journal acknowledges after it has stopped");
        --numbers_["s0"];
    }
    bool operate() {
        const std::uint64_t kind = random_.next_below(23);
        if (kind >= 20) return retain();
        if (kind < 10) return publish();
        if (kind < 12) return repeat();
        if (kind < 18) return consume();
        if (kind < 19) return reject();
        bus_and_member_end();
        return open();
    }

    Event made(const std::string& subject) {
        Event event;
        event.id = ids_.next({++clock_ * 300'000});
        event.type = "ops.load_appended";
        event.source = "/cuts";
        event.subject = subject;
        event.time = {clock_};
        event.data = std::to_string(numbers_[subject]++) + "|" + std::string(random_.next_below(700), 'x');
        return event;
    }
    bool publish() {
        Call call;
        const auto count = 1 + random_.next_below(15);
        for (std::uint64_t i = 0; i < count; ++i) call.events.push_back(made("s" + std::to_string(random_.next_below(5))));
        calls_.push_back(std::move(call));
        return send(calls_.back());
    }
    bool send(Call& call) {
        auto receipts = bus_->publish_and_wait("in", call.events);
        if (!went(receipts, "publish")) return false;
        call.receipts = std::move(*receipts);
        return true;
    }
    bool repeat() {
        if (calls_.empty()) return publish();
        const Call& call = calls_[random_.next_below(calls_.size())];
        const auto again = bus_->publish_and_wait("in", call.events);
        if (!went(again, "publish")) return false;
        for (std::size_t i = 0; i < again->size(); ++i)
            expect((*again)[i].duplicate && (*again)[i].position == call.receipts[i].position, "a repeated event is taken for a new one");
        return true;
    }
    /// A topic of which only the last events are kept: its pages are freed, used again and given back.
    bool retain() {
        std::vector<Event> events;
        for (std::uint64_t i = 1 + random_.next_below(30); i > 0; --i) {
            events.push_back(made("old" + std::to_string(random_.next_below(4))));
            events.back().data += std::string(random_.next_below(3'000), 'y');
        }
        auto receipts = bus_->publish_and_wait("old", events);
        if (!went(receipts, "publish")) return false;
        for (std::size_t i = 0; i < events.size(); ++i) old_[(*receipts)[i].position] = events[i];
        const auto removed = bus_->retain("old", {.events_max = static_cast<std::int64_t>(random_.next_below(8))});
        return went(removed, "retain");
    }
    /// What retention has left is whole, in its order, and everything acknowledged in it is there.
    void check_old() {
        const auto firsts = bus_->firsts("old"), ends = bus_->ends("old");
        expect(firsts && ends, "the ends of what is kept");
        std::map<Position, Event> there;
        for (int p = 0; p < 3; ++p) {
            const std::int64_t first = (*firsts)[static_cast<std::size_t>(p)], end = (*ends)[static_cast<std::size_t>(p)];
            if (first > end) continue;
            const auto some = bus_->read("old", {p, first}, {.events_max = ports::poll_events_max, .bytes_max = std::size_t{1} << 30});
            expect(some.has_value(), some ? "" : some.error().text);
            expect(static_cast<std::int64_t>(some->size()) == end - first + 1, "what retention has left has a gap");
            for (const Delivery& d : *some) there[d.position] = d.event;
        }
        for (const auto& [position, event] : old_) {
            if (position.offset < (*firsts)[static_cast<std::size_t>(position.partition)]) continue;
            const auto found = there.find(position);
            expect(found != there.end() && found->second == event, "an acknowledged event that retention left is not at its place");
        }
    }
    /// Counts, and produces one event for each; the id of the produced one follows from that of its cause.
    static Event effect_of(const Event& cause) {
        Event event = cause;
        event.id.bytes[15] ^= 0xff;
        event.type = "ops.load_counted";
        return event;
    }
    bool consume() {
        const auto some = member_->poll({.events_max = static_cast<int>(1 + random_.next_below(12))});
        if (!went(some, "poll")) return false;
        if (some->empty()) return true;
        const auto before = member_->state("count");
        if (!went(before, "state")) return false;
        const std::int64_t count = *before ? std::stoll(**before) : 0;
        ports::Commit step{.state = {{"count", std::to_string(count + static_cast<std::int64_t>(some->size()))}}};
        for (const Delivery& d : *some) {
            step.produced.push_back({"out", effect_of(d.event)});
            std::erase_if(step.up_to, [&](Position p) { return p.partition == d.position.partition; });
            step.up_to.push_back(d.position);
        }
        if (random_.next_below(4) == 0) step.snapshot = "at " + *step.state[0].value;
        if (!went(member_->commit(step), "commit")) return false;
        for (const Position& p : step.up_to) acknowledged_[p.partition] = p.offset;
        return true;
    }
    bool reject() {
        member_->rewind();
        const auto some = member_->poll({.events_max = 1});
        if (!went(some, "poll")) return false;
        return some->empty() || went(member_->reject(some->front().position, "chance", {++clock_}), "reject");
    }

    std::vector<Delivery> all_of(const char* topic) {
        std::vector<Delivery> all;
        const auto ends = bus_->ends(topic);
        expect(ends.has_value(), "ends");
        for (int p = 0; p < 3; ++p) {
            const auto some = bus_->read(topic, {p, 1}, {.events_max = ports::poll_events_max, .bytes_max = std::size_t{1} << 30});
            expect(some.has_value(), some ? "" : some.error().text);
            expect(static_cast<std::int64_t>(some->size()) == (*ends)[static_cast<std::size_t>(p)], "a partition has a gap");
            all.insert(all.end(), some->begin(), some->end());
        }
        return all;
    }
    void check_after_restart() {
        expect(open(), "the journal does not open after the restart");
        const std::vector<Delivery> in = all_of("in");
        check_events(in);
        check_effects(in);
        check_old();
    }
    void check_events(const std::vector<Delivery>& in) {
        std::map<Position, const Event*> there;
        std::set<Uuid> ids;
        for (const Delivery& d : in) {
            there[d.position] = &d.event;
            expect(ids.insert(d.event.id).second, "an event is there twice");
        }
        std::size_t known = 0;
        for (const Call& call : calls_) {
            const auto count = std::ranges::count_if(call.events, [&](const Event& e) { return ids.contains(e.id); });
            const auto whole = static_cast<std::ptrdiff_t>(call.events.size());
            expect(count == whole || (count == 0 && call.receipts.empty()), "a publication is lost or in pieces");
            known += static_cast<std::size_t>(count);
            for (std::size_t i = 0; i < call.receipts.size(); ++i) {
                const auto found = there.find(call.receipts[i].position);
                expect(found != there.end() && *found->second == call.events[i], "an acknowledged event is not at its place");
            }
        }
        expect(known == in.size(), "something is there that nobody published");
        std::map<std::string, std::int64_t> next;
        for (const Delivery& d : in) expect(std::stoll(d.event.data) == next[d.event.subject]++, "a subject is out of order");
    }
    void check_effects(const std::vector<Delivery>& in) {
        const auto committed = bus_->committed("in", "g");
        const auto dead = bus_->dead_letters("in", "g");
        const auto count = member_->state("count");
        expect(committed && dead && count, "the group can be read");
        for (const auto& [partition, offset] : acknowledged_)
            expect((*committed)[static_cast<std::size_t>(partition)] >= offset, "an acknowledged commit is lost");
        std::set<Uuid> due;
        for (const Delivery& d : in)
            if (d.position.offset <= (*committed)[static_cast<std::size_t>(d.position.partition)]) due.insert(effect_of(d.event).id);
        for (const ports::DeadLetter& letter : *dead) expect(due.erase(effect_of(letter.event).id) == 1, "a dead letter is not committed");
        expect(std::to_string(due.size()) == count->value_or("0"), "the state is not that of the committed offsets");
        const std::vector<Delivery> out = all_of("out");
        std::set<Uuid> made;
        for (const Delivery& d : out) made.insert(d.event.id);
        expect(made.size() == out.size(), "an effect is there twice");
        expect(made == due, "produced events and offsets do not agree");
        const auto snapshot = member_->snapshot();
        expect(snapshot.has_value(), "the snapshot can be read");
        if (!*snapshot) return;
        for (const Position& p : (*snapshot)->positions)
            expect(p.offset <= (*committed)[static_cast<std::size_t>(p.partition)], "the snapshot runs ahead of the offsets");
    }
    void publish_again() {
        for (Call& call : calls_)
            if (call.receipts.empty()) expect(send(call), "publishing again");
    }
    void finish() {
        for (;;) {
            const auto ends = bus_->ends("in");
            if (*ends == *bus_->committed("in", "g")) break;
            member_->rewind();
            expect(consume(), "consuming to the end");
        }
        const std::vector<Delivery> in = all_of("in");
        check_events(in);
        check_effects(in);
        std::size_t published = 0;
        for (const Call& call : calls_) published += call.events.size();
        expect(in.size() == published, "everything is there once at the end");
        check_old();
    }

    SplitMix64 random_;
    SimulatedDisk disk_;
    UuidMaker ids_;
    std::int64_t clock_ = 0;
    std::map<std::string, std::int64_t> numbers_;
    std::vector<Call> calls_;
    std::map<int, std::int64_t> acknowledged_;  ///< offsets of commits
    std::map<Position, Event> old_;             ///< acknowledged events of the topic that retention shortens
    std::unique_ptr<ports::EventBus> bus_;
    std::unique_ptr<ports::Subscription> member_;
};

}  // namespace

CutRun run_cut(std::uint64_t seed, bool disk_lies) {
    CutRun report = Life(seed, disk_lies).run();
    if (!report.broken.empty()) report.broken = "seed " + std::to_string(seed) + ": " + report.broken;
    return report;
}

}  // namespace aitrading::engines

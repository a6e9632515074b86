#include "engines/event_bus/journal/bench/load.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <thread>

#include "engines/event_bus/journal/journal.hpp"

namespace aitrading::engines::bench {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begun) { return std::chrono::duration<double>(Clock::now() - begun).count(); }

template <class T>
T must(Result<T> result) {
    if (result) return std::move(*result);
    std::fprintf(stderr, "bench: %s\n", result.error().text.c_str());
    std::exit(1);
}
void must(const Result<void>& result) {
    if (result) return;
    std::fprintf(stderr, "bench: %s\n", result.error().text.c_str());
    std::exit(1);
}

std::unique_ptr<ports::EventBus> open(const std::filesystem::path& folder) {
    auto bus = must(open_journal({folder, {}, {}}));
    must(bus->create_topic("market.ticks", {4}));
    return bus;
}

/// Makes events of the load; the envelope is full.
class Maker {
  public:
    Maker() {
        pattern_.type = "ops.load_appended";
        pattern_.source = "/data-bridge";
        pattern_.tenant = "default";
        pattern_.trace = TraceContext{{1, 2, 3, 4}, {5, 6, 7, 8}, TraceContext::sampled};
        pattern_.data.assign(256, 'x');
        for (int i = 0; i < 64; ++i) subjects_.push_back("account-" + std::to_string(100'000 + i));
    }
    std::vector<Event> next() {
        std::vector<Event> one{pattern_};
        one[0].time = {std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count()};
        one[0].id = ids_.next(one[0].time);
        one[0].subject = subjects_[count_++ % subjects_.size()];
        return one;
    }

  private:
    Event pattern_;
    std::vector<std::string> subjects_;
    UuidMaker ids_{1};
    std::size_t count_ = 0;
};

/// Reads along until it has committed `events`.
void consume(ports::EventBus& bus, std::int64_t events) {
    auto member = must(bus.subscribe("market.ticks", "reader", {}));
    for (std::int64_t seen = 0; seen < events;) {
        const auto some = must(member->poll({.events_max = 10'000, .bytes_max = std::size_t{8} << 20, .wait = std::chrono::milliseconds(200)}));
        if (some.empty()) continue;
        ports::Commit step;
        for (std::size_t i = 0; i < some.size(); ++i)
            if (i + 1 == some.size() || some[i + 1].position.partition != some[i].position.partition) step.up_to.push_back(some[i].position);
        must(member->commit(step));
        seen += static_cast<std::int64_t>(some.size());
    }
}

}  // namespace

Folder::Folder(const char* name) : path_(std::filesystem::temp_directory_path() / (std::string("aitrading_bench_") + name + "." + std::to_string(::getpid()))) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
}

Folder::~Folder() { std::filesystem::remove_all(path_); }

std::vector<double> sync_milliseconds(const std::filesystem::path& folder, int count) {
    const std::string path = (folder / "sync").string(), piece(65'536, 'x');
    const int file = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
    if (file < 0) std::exit(1);
    std::vector<double> times;
    for (int i = 0; i < count; ++i) {
        if (::write(file, piece.data(), piece.size()) != static_cast<ssize_t>(piece.size())) std::exit(1);
        const auto begun = Clock::now();
        if (::fdatasync(file) != 0) std::exit(1);
        times.push_back(seconds_since(begun) * 1e3);
    }
    ::close(file);
    std::filesystem::remove(path);
    return times;
}

Durable durable_load(const std::filesystem::path& folder, int events) {
    Durable out;
    const auto bus = open(folder);
    std::atomic<int> acknowledged{0}, batches{0};
    std::atomic<double> last{0};
    const auto begun = Clock::now();
    std::thread consumer([&] {
        consume(*bus, events);
        out.consumed_per_second = events / seconds_since(begun);
    });
    const std::clock_t used = std::clock();
    Maker maker;
    double previous = -1;  // of the writer's thread alone
    for (int i = 0; i < events; ++i) {
        must(bus->publish("market.ticks", maker.next(), [&](const auto& receipts) {
            if (!receipts) std::exit(1);
            const double now = seconds_since(begun);
            // Acknowledgements of one transaction follow each other within microseconds.
            if (now - previous > 0.0003) ++batches;
            previous = now;
            last = now;
            ++acknowledged;
        }, std::chrono::seconds(60)));
    }
    consumer.join();
    out.processor_us = static_cast<double>(std::clock() - used) / CLOCKS_PER_SEC * 1e6 / events;
    out.events_per_second = acknowledged / last.load();
    out.batch_events = static_cast<double>(events) / std::max(1, batches.load());
    std::uintmax_t bytes = 0;
    for (const auto& file : std::filesystem::directory_iterator(folder)) bytes += file.file_size();
    out.file_bytes_per_event = static_cast<double>(bytes) / events;
    return out;
}

Paced paced_load(const std::filesystem::path& folder, int rate, int seconds) {
    Paced out;
    const auto bus = open(folder);
    const int events = rate * seconds;
    out.acknowledged_ms.resize(static_cast<std::size_t>(events));
    std::thread consumer([&] { consume(*bus, events); });
    Maker maker;
    const auto begun = Clock::now();
    for (int i = 0; i < events; ++i) {
        // Due times are one millisecond's worth at a time: finer sleeps do not exist.
        const auto due = begun + std::chrono::milliseconds(static_cast<std::int64_t>(i) * 1'000 / rate);
        if (Clock::now() < due) std::this_thread::sleep_until(due);
        const auto called = Clock::now();
        must(bus->publish("market.ticks", maker.next(), [&out, i, called](const auto& receipts) {
            if (!receipts) std::exit(1);
            out.acknowledged_ms[static_cast<std::size_t>(i)] = seconds_since(called) * 1e3;
        }, std::chrono::seconds(60)));
    }
    out.rate = events / seconds_since(begun);
    consumer.join();
    return out;
}

}  // namespace aitrading::engines::bench

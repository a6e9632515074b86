#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <future>
#include <map>
#include <random>

#include "engines/event_bus/kafka/kafka_bus.hpp"
#include "kit/bench.hpp"

namespace aitrading::engines::bench {
namespace {

using Clock = std::chrono::steady_clock;
constexpr const char* topic = "market.ticks";

double seconds_since(Clock::time_point begun) { return std::chrono::duration<double>(Clock::now() - begun).count(); }

void must(const Result<void>& result) {
    if (result) return;
    std::fprintf(stderr, "bench: %s\n", result.error().text.c_str());
    std::exit(1);
}
template <class T>
T must(Result<T> result) {
    if (!result) must(Result<void>(std::unexpected(result.error())));
    return std::move(*result);
}

/// `count` events of 256 bytes, full envelope, 64 subjects.
std::vector<std::vector<Event>> made(int count, int together) {
    UuidMaker ids(std::random_device{}());
    Event pattern;
    pattern.type = "ops.load_appended";
    pattern.source = "/data-bridge";
    pattern.tenant = "default";
    pattern.trace = TraceContext{{1, 2, 3, 4}, {5, 6, 7, 8}, TraceContext::sampled};
    pattern.data.assign(256, 'x');
    pattern.time = {std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count()};
    std::vector<std::vector<Event>> out;
    for (int i = 0; i < count; i += together) {
        std::vector<Event> some;
        for (int j = i; j < std::min(count, i + together); ++j) {
            pattern.id = ids.next(pattern.time);
            pattern.subject = "account-" + std::to_string(100'000 + j % 64);
            some.push_back(pattern);
        }
        out.push_back(std::move(some));
    }
    return out;
}

struct Run {
    double in = 0, out = 0;        ///< events a second
    double processor_us = 0;          ///< of an event on its way in, all threads of this process
    double ack_p50 = 0, ack_p99 = 0;  ///< ms, of an event published alone at rest
};

double publish_all(ports::EventBus& bus, int count, int together) {
    auto events = made(count, together);
    int acknowledged = 0;  // by the publisher's thread alone
    std::promise<double> last;
    const auto begun = Clock::now();
    for (auto& some : events) {
        const auto size = static_cast<int>(some.size());
        must(bus.publish(topic, std::move(some), [&, size](const auto& receipts) {
            if (!receipts) must(Result<void>(std::unexpected(receipts.error())));
            acknowledged += size;
            if (acknowledged == count) last.set_value(seconds_since(begun));
        }, std::chrono::seconds(60)));
    }
    return count / last.get_future().get();
}

double consume_all(ports::EventBus& bus, int count, const std::string& group) {
    auto member = must(bus.subscribe(topic, group, {}));
    must(member->poll({.events_max = 1}));  // joined, and the first has come
    member->rewind();
    const auto begun = Clock::now();
    for (int seen = 0; seen < count;) {
        const auto some = must(member->poll({.events_max = 10'000, .bytes_max = std::size_t{8} << 20, .wait = std::chrono::milliseconds(200)}));
        std::map<int, std::int64_t> to;
        for (const auto& d : some) to[d.position.partition] = d.position.offset;
        ports::Commit step;
        for (const auto& [partition, offset] : to) step.up_to.push_back({partition, offset});
        if (!some.empty()) must(member->commit(step));
        seen += static_cast<int>(some.size());
    }
    return count / seconds_since(begun);
}

Run run_on(const char* brokers, int number, int count) {
    Run run;
    const auto bus = must(open_kafka_bus({.brokers = brokers, .prefix = fmt::format("bench{}.{}", number, std::random_device{}())}));
    must(bus->create_topic(topic, {4}));
    publish_all(*bus, 20'000, 1);  // connections, the broker's compiler
    const std::clock_t used = std::clock();
    run.in = publish_all(*bus, count, 1);
    run.processor_us = static_cast<double>(std::clock() - used) / CLOCKS_PER_SEC * 1e6 / count;
    run.out = consume_all(*bus, count + 20'000, "reader");
    std::vector<double> alone;
    for (auto& one : made(300, 1)) {
        const auto begun = Clock::now();
        must(bus->publish_and_wait(topic, std::move(one)));
        alone.push_back(seconds_since(begun) * 1e3);
    }
    run.ack_p50 = kit::median(alone);
    run.ack_p99 = kit::quantile(alone, 0.99);
    return run;
}

}  // namespace
}  // namespace aitrading::engines::bench

/// --count N: events of each run.
int main(int argc, char** argv) {
    using namespace aitrading;  // NOLINT(google-build-using-namespace)
    std::vector<kit::BenchRow> rows;
    const char* brokers = std::getenv("AITRADING_TEST_KAFKA");
    if (brokers == nullptr) {
        std::fprintf(stderr, "bench: Kafka is left out, it needs a real broker: tools/servers/with kafka -- ./dev bench platform\n");
        return kit::print_bench(rows, argc, argv);
    }
    int count = 400'000;
    for (int i = 1; i + 1 < argc; ++i)
        if (std::strcmp(argv[i], "--count") == 0) count = std::atoi(argv[i + 1]);
    engines::bench::Run best;
    std::string in, out;
    for (int i = 0; i < 3; ++i) {
        const auto run = engines::bench::run_on(brokers, i, count);
        in += fmt::format("{}{:.0f}", i == 0 ? "" : ", ", run.in);
        out += fmt::format("{}{:.0f}", i == 0 ? "" : ", ", run.out);
        best.in = std::max(best.in, run.in);
        best.out = std::max(best.out, run.out);
        best.processor_us = i == 0 ? run.processor_us : std::min(best.processor_us, run.processor_us);
        if (i == 0 || run.ack_p99 < best.ack_p99) {
            best.ack_p50 = run.ack_p50;
            best.ack_p99 = run.ack_p99;
        }
    }
    rows.push_back({"Kafka through the port, in", best.in, "events/s", 6e4, true, "bare broker", 75'000.0, "best of 3 (" + in + "); one event a call, 256 bytes, in transactions"});
    rows.push_back({"… processor time of an event on its way in", best.processor_us, "us", {}, false, "none", {},
                    "this process, all threads, making the event included; the broker takes its own"});
    rows.push_back({"Kafka through the port, out", best.out, "events/s", 6e4, true, "bare broker", 134'000.0, "best of 3 (" + out + "); polled, decoded, committed in transactions"});
    rows.push_back({"… acknowledgement of one event at rest, p50", best.ack_p50, "ms", {}, false, "none", {}, ""});
    rows.push_back({"… p99", best.ack_p99, "ms", {}, false, "none", {}, ""});
    return kit::print_bench(rows, argc, argv);
}

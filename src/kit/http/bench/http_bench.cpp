#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "base/check.hpp"
#include "kit/bench.hpp"
#include "kit/http/client.hpp"
#include "kit/http/server.hpp"

namespace aitrading::kit {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int clients = 8, calls_each = 4'000, silent_peers = 1'000;

struct Ground {
    std::unique_ptr<Log> log = *Log::open({});
    Metrics metrics;
    Tracer tracer{{.seed = 1}, {}};
    Reactor reactor{2};
    Workers workers{8, 1'024};
    Telemetry telemetry() { return {*log, metrics, tracer}; }
    ~Ground() {
        workers.stop();
        reactor.stop();
    }
};

double resident_mb() {
    long pages = 0, resident = 0;
    std::FILE* file = std::fopen("/proc/self/statm", "r");
    CHECK(file != nullptr && std::fscanf(file, "%ld %ld", &pages, &resident) == 2);
    (void)std::fclose(file);
    return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1e6;
}

int silent_peer(int port) {
    const int out = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(out >= 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(::connect(out, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    return out;
}

/// Seconds of each call, by so many blocking callers at once; whole time in `seconds`.
std::vector<double> load(Ground& ground, int port, int callers, double& seconds) {
    HttpClient client(ground.reactor, ground.telemetry(), {});
    std::vector<std::vector<double>> took(static_cast<std::size_t>(callers));
    const auto begun = Clock::now();
    std::vector<std::thread> threads;
    threads.reserve(took.size());
    for (auto& mine : took)
        threads.emplace_back([&] {
            for (int i = 0; i < calls_each; ++i) {
                const auto call = Clock::now();
                const auto answer = client.call({.host = "127.0.0.1", .port = port, .target = "/x"}, Deadline::after(call, std::chrono::seconds(30)));
                CHECK(answer && answer->status == 200);
                mine.push_back(std::chrono::duration<double>(Clock::now() - call).count());
            }
        });
    for (std::thread& thread : threads) thread.join();
    seconds = std::chrono::duration<double>(Clock::now() - begun).count();
    std::vector<double> all;
    for (const auto& mine : took) all.insert(all.end(), mine.begin(), mine.end());
    return all;
}

int run(int argc, char** argv) {
    rlimit files{};
    CHECK(::getrlimit(RLIMIT_NOFILE, &files) == 0);
    files.rlim_cur = files.rlim_max;
    CHECK(::setrlimit(RLIMIT_NOFILE, &files) == 0);
    Ground ground;
    Router router;
    router.add({"GET", "/x", RequestClass::fast, [](const HttpRequest&) { return HttpResponse{.body = "{}", .headers = {}}; }});
    const auto server = HttpServer::start(ground.reactor, ground.workers, ground.telemetry(), std::move(router), {});
    CHECK(server.has_value());
    const int port = (*server)->port();
    std::vector<BenchRow> rows;
    double seconds = 0;
    std::vector<double> took = load(ground, port, clients, seconds);
    const std::string note = "client and server in one process, log, metrics and span of each request among it; kept connections";
    rows.push_back({.name = "HTTP requests answered, 8 callers", .value = static_cast<double>(took.size()) / seconds, .unit = "1/s", .higher_is_better = true, .note = note});
    rows.push_back({.name = "the same: p50", .value = 1e3 * quantile(took, 0.5), .unit = "ms"});
    rows.push_back({.name = "the same: p99", .value = 1e3 * quantile(took, 0.99), .unit = "ms"});
    took = load(ground, port, 1, seconds);
    rows.push_back({.name = "HTTP call, one caller: p50", .value = 1e3 * quantile(took, 0.5), .unit = "ms"});
    rows.push_back({.name = "the same: p99", .value = 1e3 * quantile(took, 0.99), .unit = "ms"});
    const double before = resident_mb();
    std::vector<int> silent;
    silent.reserve(silent_peers);
    for (int i = 0; i < silent_peers; ++i) silent.push_back(silent_peer(port));
    took = load(ground, port, 1, seconds);
    rows.push_back({.name = "HTTP call beside 1,000 peers that never speak: p99", .value = 1e3 * quantile(took, 0.99), .unit = "ms"});
    rows.push_back({.name = "memory of a silent connection", .value = (resident_mb() - before) * 1e3 / silent_peers, .unit = "kB", .note = "buffers of both ends' kernel left out"});
    for (const int one : silent) ::close(one);
    return print_bench(rows, argc, argv);
}

}  // namespace
}  // namespace aitrading::kit

int main(int argc, char** argv) { return aitrading::kit::run(argc, argv); }

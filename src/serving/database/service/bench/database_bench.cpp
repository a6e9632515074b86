#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <thread>
#include <vector>

#include <grpcpp/create_channel.h>

#include "aitrading/v1/database.grpc.pb.h"
#include "engines/archive/files/file_archive.hpp"
#include "engines/key_value/memory/memory_store.hpp"
#include "engines/series_store/parquet/parquet_store.hpp"
#include "engines/table_store/sqlite/sqlite_tables.hpp"
#include "kit/bench.hpp"
#include "kit/http/client.hpp"
#include "kit/lifecycle/host.hpp"
#include "serving/database/service/database_service.hpp"

namespace aitrading::serving {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int calls_each = 3'000, callers_many = 8;
constexpr std::string_view row_json = R"({"key":[{"text":"note"},{"text":"1"}]})";

/// The service over embedded engines, without a limit that the bench could reach.
struct Ground {
    Ground() {
        std::string name = (std::filesystem::temp_directory_path() / "ait-database-bench-XXXXXX").string();
        CHECK(mkdtemp(name.data()) != nullptr);
        folder = name;
        std::ostringstream text;
        text << std::ifstream(std::string(AIT_SOURCE_DIR) + "/services.toml").rdbuf();
        const auto table = kit::parse_service_table(text.str(), "services.toml");
        CHECK(table.has_value());
        settings = std::move(kit::Settings::load(table->settings, [](const std::string&) { return std::nullopt; },
                                                 {{"AITRADING_QUOTA_REQUESTS_PER_S", "1000000"}, {"AITRADING_QUOTA_REQUESTS_BURST", "1000000"}, {"AITRADING_QUOTA_MB_IN_PER_MINUTE", "1000000"}, {"AITRADING_QUOTA_MB_OUT_PER_MINUTE", "1000000"}}).value());
        ground = std::make_unique<kit::ServiceGround>(kit::ServiceGround{reactor, workers, {*log, metrics, tracer}, *settings});
        host = std::make_unique<kit::ServiceHost>(*ground, kit::HostOptions{.any_ports = true});
        const auto own = kit::parse_service_table("[[service]]\nname=\"database-service\"\nport=1\n", "bench");
        const auto started = host->start(own->services, {{"database-service", [this](const kit::ServiceGround& g) { return make_database_service(g, {.open = [this] { return stores(); }, .clocks = {}}); }}});
        CHECK(started.has_value());
    }
    ~Ground() {
        host.reset();
        workers.stop();
        reactor.stop();
        std::filesystem::remove_all(folder);
    }
    Ground(const Ground&) = delete;
    Ground& operator=(const Ground&) = delete;

    Result<DatabaseStores> stores() const {
        using ports::ColumnType;
        const ports::TableSchema notes{.name = "notes", .columns = {{"kind", ColumnType::text}, {"id", ColumnType::text}, {"value", ColumnType::text}}, .key = {"kind", "id"}, .indexes = {}};
        DatabaseStores out;
        TRY(auto engine, engines::open_sqlite_tables({.file = folder / "tables.sqlite", .pool = {}, .file_system = {}}));
        TRY(out.tables, ports::TableStore::open(std::move(engine), {.migrations = {{"0001-all", {ports::CreateTable{notes}, ports::CreateTable{service_writes_table()}, ports::CreateTable{object_labels_table()}}}}, .cipher = {}}));
        TRY_VOID(out.tables->apply("default", {{.table = "notes", .values = {"note", "1", std::string(256, 'x')}, .expect = {}}}));
        TRY(out.values, engines::open_memory_store({.snapshot = {}, .now = {}, .cipher = {}}));
        TRY_VOID(out.values->put({"default", "api/k"}, std::string(256, 'x')));
        TRY(out.archive, engines::open_file_archive({.folder = folder / "archive", .now = {}, .cipher = {}}));
        TRY(out.series, engines::open_parquet_store(folder));
        return out;
    }
    int port() const { return host->ports().at("database-service"); }
    int rpc_port() const { return host->rpc_ports().at("database-service"); }

    std::filesystem::path folder;
    std::unique_ptr<kit::Log> log = *kit::Log::open({});
    kit::Metrics metrics;
    kit::Tracer tracer{{.seed = 1}, {}};
    kit::Reactor reactor{2};
    kit::Workers workers{8, 1'024};
    std::unique_ptr<kit::Settings> settings;
    std::unique_ptr<kit::ServiceGround> ground;
    std::unique_ptr<kit::ServiceHost> host;
};

/// One caller's calls; each caller has its own.
using Caller = std::function<void()>;

/// Calls a second, and the time of each.
std::pair<double, std::vector<double>> load(int callers, const std::function<Caller()>& make) {
    std::vector<std::vector<double>> took(static_cast<std::size_t>(callers));
    std::vector<std::thread> threads;
    threads.reserve(took.size());
    const auto begun = Clock::now();
    for (auto& mine : took)
        threads.emplace_back([&mine, call = make()] {
            for (int i = 0; i < calls_each; ++i) {
                const auto at = Clock::now();
                call();
                mine.push_back(std::chrono::duration<double>(Clock::now() - at).count());
            }
        });
    for (std::thread& thread : threads) thread.join();
    const double seconds = std::chrono::duration<double>(Clock::now() - begun).count();
    std::vector<double> all;
    for (const auto& mine : took) all.insert(all.end(), mine.begin(), mine.end());
    return {static_cast<double>(all.size()) / seconds, std::move(all)};
}

int run(int argc, char** argv) {
    Ground ground;
    kit::HttpClient http(ground.reactor, ground.ground->telemetry, {.idle_max = callers_many});
    const auto over_http = [&](const std::string& method, const std::string& target, std::string_view body) {
        return [&, method, target, body]() -> Caller {
            return [&, method, target, body] {
                const auto answer = http.call({.method = method, .host = "127.0.0.1", .port = ground.port(), .target = target, .body = std::string(body)}, Deadline::after(Clock::now(), std::chrono::seconds(30)));
                CHECK(answer && answer->status == 200);
            };
        };
    };
    const auto channel = grpc::CreateChannel("127.0.0.1:" + std::to_string(ground.rpc_port()), grpc::InsecureChannelCredentials());
    const auto value_over_grpc = [&]() -> Caller {
        const std::shared_ptr<v1::KeyValueService::Stub> stub = v1::KeyValueService::NewStub(channel);
        return [stub] {
            grpc::ClientContext context;
            v1::GetValueRequest request;
            v1::GetValueReply reply;
            request.set_key("k");
            CHECK(stub->GetValue(&context, request, &reply).ok() && reply.found());
        };
    };
    const auto row_over_grpc = [&]() -> Caller {
        const std::shared_ptr<v1::TableService::Stub> stub = v1::TableService::NewStub(channel);
        return [stub] {
            grpc::ClientContext context;
            v1::GetRowRequest request;
            v1::GetRowReply reply;
            request.set_table("notes");
            request.add_key()->set_text("note");
            request.add_key()->set_text("1");
            CHECK(stub->GetRow(&context, request, &reply).ok() && reply.found());
        };
    };
    std::vector<kit::BenchRow> rows;
    const auto measure = [&](const std::string& name, const std::function<Caller()>& make) {
        const auto [rate, took] = load(callers_many, make);
        rows.push_back({.name = "database service: " + name + ", 8 callers", .value = rate, .unit = "1/s", .higher_is_better = true, .note = rows.empty() ? "256 bytes; clients and server in one process" : ""});
        const auto alone = load(1, make).second;
        rows.push_back({.name = "the same, one caller: p50", .value = 1e3 * kit::quantile(alone, 0.5), .unit = "ms"});
        rows.push_back({.name = "the same: p99", .value = 1e3 * kit::quantile(alone, 0.99), .unit = "ms"});
    };
    measure("GetValue over HTTP", over_http("GET", "/v1/values/k", ""));
    measure("GetRow over HTTP", over_http("POST", "/v1/tables/notes:get", row_json));
    measure("GetValue over gRPC", value_over_grpc);
    measure("GetRow over gRPC", row_over_grpc);
    return kit::print_bench(rows, argc, argv);
}

}  // namespace
}  // namespace aitrading::serving

int main(int argc, char** argv) { return aitrading::serving::run(argc, argv); }

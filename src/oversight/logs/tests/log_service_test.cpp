#include "oversight/logs/service/log_service.hpp"

#include <atomic>
#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "aitrading/v1/logs.pb.h"
#include "aitrading/v1/oversight.pb.h"
#include "engines/event_bus/journal/journal.hpp"
#include "kit/contracts/contracts.hpp"
#include "kit/http/client.hpp"
#include "kit/lifecycle/host.hpp"
#include "kit/rpc/rpc_client.hpp"
#include "oversight/logs/service/log_publisher.hpp"
#include "oversight/logs/service/log_shelf.hpp"

namespace aitrading::logs {
namespace {

using Json = nlohmann::json;
using std::chrono::seconds;

Deadline soon() { return Deadline::after(std::chrono::steady_clock::now(), seconds(20)); }

struct Ground {
    Ground() {
        std::string name = (std::filesystem::temp_directory_path() / "ait-logs-XXXXXX").string();
        EXPECT_NE(mkdtemp(name.data()), nullptr);
        folder = name;
        bus = *engines::open_journal({folder / "journal", {}, {}});
    }
    ~Ground() {
        workers.stop();
        reactor.stop();
        bus.reset();
        std::filesystem::remove_all(folder);
    }
    std::filesystem::path folder;
    std::unique_ptr<ports::EventBus> bus;
    std::unique_ptr<kit::Log> log = *kit::Log::open({});
    kit::Metrics metrics;
    kit::Tracer tracer{{.seed = 1}, {}};
    kit::Reactor reactor{2};
    kit::Workers workers{4, 1'000};
    std::unique_ptr<kit::Settings> settings = *kit::Settings::load({}, [](const std::string&) { return std::nullopt; }, {});
    kit::ServiceGround ground{reactor, workers, {*log, metrics, tracer}, *settings};

    static std::vector<v1::LogRecordsWritten> with(std::vector<v1::LogRecordsWritten> out, const Result<std::vector<ports::Delivery>>& read) {
        EXPECT_TRUE(read);
        if (!read) return out;
        for (const ports::Delivery& delivery : *read) out.push_back(*kit::unpack_as<v1::LogRecordsWritten>(delivery.event));
        return out;
    }
    std::vector<v1::LogRecordsWritten> published() {
        std::vector<v1::LogRecordsWritten> out;
        const auto ends = bus->ends("logs.records");
        for (std::size_t p = 0; p < ends->size(); ++p)
            out = with(std::move(out), bus->read("logs.records", {static_cast<int>(p), 1}, {}));
        return out;
    }
};

TEST(log_shelf, shows_a_tenant_its_own_and_forgets_the_oldest) {
    LogShelf shelf(10);
    for (int i = 0; i < 15; ++i)
        shelf.put({.level = i % 2 == 0 ? kit::LogLevel::info : kit::LogLevel::error, .service = i < 13 ? "a" : "b", .tenant = i == 9 ? "other" : "mine", .action = std::to_string(i)});
    const auto actions = [&](const LogQuery& query) {
        std::string out;
        for (const kit::LogRecord& r : shelf.find(query)) out += r.action + " ";
        return out;
    };
    EXPECT_EQ(actions({.tenant = "mine"}), "5 6 7 8 10 11 12 13 14 ");
    EXPECT_EQ(actions({.tenant = "mine", .most = 2}), "13 14 ");
    EXPECT_EQ(actions({.tenant = "mine", .service = "a", .least = kit::LogLevel::error}), "5 7 11 ");
    EXPECT_EQ(actions({.tenant = "other"}), "9 ");
    EXPECT_EQ(actions({.tenant = "mine", .trace = "4bf92f3577b34da6a3ce929d0e0e4736"}), "");
}

TEST(log_service, every_record_of_the_process_reaches_the_topic_and_whoever_asks) {
    Ground t;
    kit::ServiceHost host(t.ground, {.any_ports = true});
    const auto table = kit::parse_service_table("[[service]]\nname=\"log-service\"\nport=1\n", "t");
    const std::map<std::string, kit::ServiceFactory> factories{{"log-service", [&](const kit::ServiceGround& g) { return make_log_service(g, *t.bus); }}};
    const auto started = host.start(table->services, factories);
    ASSERT_TRUE(started) << started.error().text;
    for (int i = 0; i < 1'000; ++i)
        t.log->write({.service = "engine", .tenant = i % 2 == 0 ? "default" : "acme", .action = std::to_string(i), .message = "m", .fields = {{"password", "p"}}});
    kit::HttpClient client(t.reactor, t.ground.telemetry, {});
    const auto ask = [&](const std::string& target) { return client.call({.host = "127.0.0.1", .port = host.ports().at("log-service"), .target = target}, soon()); };
    const Json body = Json::parse(ask("/v1/logs?service=engine&limit=1000")->body);
    ASSERT_EQ(body["records"].size(), 500U) << "another tenant's are not shown";
    EXPECT_EQ(body["records"][1]["service"], "engine");
    EXPECT_EQ(body["records"][1]["record"]["action"], "2");
    EXPECT_EQ(body["records"][0]["record"]["keys"]["password"], "***");
    EXPECT_EQ(Json::parse(ask("/v1/logs?service=engine")->body)["records"].size(), 100U);
    EXPECT_EQ(ask("/v1/logs?limit=-1")->status, 400);
    EXPECT_EQ(ask("/v1/logs?limit=1001")->status, 400);
    EXPECT_EQ(ask("/v1/logs?level=loud")->status, 400);
    const auto rpc = *kit::RpcClient::make(t.reactor, t.ground.telemetry, {});
    const auto question = [&](const std::string& method) { return kit::RpcQuestion{.host = "127.0.0.1", .port = host.rpc_ports().at("log-service"), .name = "aitrading.v1.LogService/" + method}; };
    v1::ListLogsRequest wanted;
    wanted.set_service("engine");
    wanted.set_limit(3);
    v1::ListLogsReply listed;
    ASSERT_TRUE(rpc->call(question("ListLogs"), wanted, listed, soon()));
    ASSERT_EQ(listed.records_size(), 3);
    EXPECT_EQ(listed.records(2).record().action(), "998");
    EXPECT_TRUE(host.stop());
    std::map<std::string, int> counts;
    int next_of_default = 0;
    for (const auto& written : t.published()) {
        EXPECT_EQ(written.dropped(), 0);
        if (written.service() != "engine") continue;
        for (const auto& record : written.records()) {
            const int action = std::stoi(record.action());
            counts[action % 2 == 0 ? "default" : "acme"] += 1;
            EXPECT_EQ(record.keys().at("password"), "***");
            if (action % 2 == 0) {
                EXPECT_EQ(action, std::exchange(next_of_default, action + 2)) << "in their order";
            }
        }
    }
    EXPECT_EQ(counts["default"], 500);
    EXPECT_EQ(counts["acme"], 500);
}

TEST(log_service, is_followed_over_grpc_by_the_tenant_alone) {
    Ground t;
    kit::ServiceHost host(t.ground, {.any_ports = true});
    const auto table = kit::parse_service_table("[[service]]\nname=\"log-service\"\nport=1\n", "t");
    const std::map<std::string, kit::ServiceFactory> factories{{"log-service", [&](const kit::ServiceGround& g) { return make_log_service(g, *t.bus); }}};
    ASSERT_TRUE(host.start(table->services, factories));
    const auto rpc = *kit::RpcClient::make(t.reactor, t.ground.telemetry, {});
    v1::WatchLogsRequest wanted;
    wanted.set_service("engine");
    wanted.set_level("warning");
    v1::WatchLogsReply told;
    std::vector<std::string> seen;
    std::atomic<bool> enough = false;
    std::thread writer([&] {
        for (int i = 0; !enough; ++i) {
            t.log->write({.level = kit::LogLevel::error, .service = "engine", .tenant = "acme", .action = "theirs"});
            t.log->write({.level = kit::LogLevel::info, .service = "engine", .action = "small"});
            t.log->write({.level = kit::LogLevel::error, .service = "engine", .action = "ours"});
            std::this_thread::yield();
        }
    });
    const auto followed = rpc->follow({.host = "127.0.0.1", .port = host.rpc_ports().at("log-service"), .name = "aitrading.v1.LogService/WatchLogs"}, wanted, told, soon(), [&] {
        seen.push_back(told.record().record().action());
        return seen.size() < 5;
    });
    enough = true;
    writer.join();
    EXPECT_TRUE(followed) << followed.error().text;
    EXPECT_EQ(seen, std::vector<std::string>(5, "ours"));
    EXPECT_TRUE(host.stop());
}

TEST(log_publisher, drops_at_its_bound_and_says_so) {
    Ground t;
    ASSERT_TRUE(t.bus->create_topic("logs.records", {}));
    LogPublisher publisher(*t.bus, {.waiting_max = 50, .batch = 10'000, .period = std::chrono::hours(1)});
    for (int i = 0; i < 80; ++i) publisher.put({.service = "s", .time = {1'700'000'000'000'000'000}});
    EXPECT_EQ(publisher.waiting(), 50);
    EXPECT_EQ(publisher.dropped(), 30);
    publisher.stop(soon());
    std::int64_t records = 0, told = 0;
    for (const auto& written : t.published()) records += written.records_size(), told += written.dropped();
    EXPECT_EQ(records, 50);
    EXPECT_EQ(told, 30);
}

}  // namespace
}  // namespace aitrading::logs

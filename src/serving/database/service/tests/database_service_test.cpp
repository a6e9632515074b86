#include "serving/database/service/database_service.hpp"

#include <atomic>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>

#include "aitrading/v1/database.grpc.pb.h"
#include "kit/http/client.hpp"
#include "kit/lifecycle/host.hpp"
#include "serving/database/service/tests/served.hpp"

namespace aitrading::serving {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// Passes everything on, until it is told to refuse.
class FaultyValues final : public ports::KeyValue {
  public:
    FaultyValues(std::shared_ptr<ports::KeyValue> behind, std::atomic<bool>& refuses) : behind_(std::move(behind)), refuses_(refuses) {}
    Result<std::optional<std::string>> get(ports::KeyName name) override {
        TRY_VOID(health());
        return behind_->get(name);
    }
    Result<std::vector<std::optional<std::string>>> get_many(std::string_view tenant, const std::vector<std::string>& keys) override { return behind_->get_many(tenant, keys); }
    Result<bool> put(ports::KeyName name, std::string_view value, ports::PutRule rule) override { return behind_->put(name, value, rule); }
    Result<bool> remove(ports::KeyName name) override { return behind_->remove(name); }
    Result<bool> compare_and_set(ports::KeyName name, const std::optional<std::string>& expected, const std::optional<std::string>& desired, std::optional<milliseconds> lives_for) override {
        return behind_->compare_and_set(name, expected, desired, lives_for);
    }
    Result<ports::Counted> add(ports::KeyName name, const ports::Addition& addition) override { return behind_->add(name, addition); }
    Result<ports::Life> life(ports::KeyName name) override { return behind_->life(name); }
    Result<ports::ScanPage> scan(std::string_view tenant, std::string_view prefix, std::string_view from, int count) override { return behind_->scan(tenant, prefix, from, count); }
    Result<std::int64_t> remove_prefix(std::string_view tenant, std::string_view prefix) override { return behind_->remove_prefix(tenant, prefix); }
    Result<void> health() override { return refuses_ ? fail(ErrorCode::failed, "the server is gone", true) : Result<void>(); }

  private:
    std::shared_ptr<ports::KeyValue> behind_;
    std::atomic<bool>& refuses_;
};

/// The settings of the project's own table, some of them set.
std::unique_ptr<kit::Settings> settings_with(const kit::Settings::FileValues& values) {
    std::ostringstream text;
    text << std::ifstream(std::string(AIT_SOURCE_DIR) + "/services.toml").rdbuf();
    const auto table = kit::parse_service_table(text.str(), "services.toml");
    EXPECT_TRUE(table);
    auto settings = kit::Settings::load(table->settings, [](const std::string&) { return std::nullopt; }, values);
    EXPECT_TRUE(settings) << settings.error().text;
    return *std::move(settings);
}

/// The service in a host, over the stores of a Served.
struct Hosted {
    explicit Hosted(const kit::Settings::FileValues& values = {}) : settings(settings_with(values)) {}
    ~Hosted() {
        host.reset();
        workers.stop();
        reactor.stop();
    }
    Hosted(const Hosted&) = delete;
    Hosted& operator=(const Hosted&) = delete;

    Result<void> start() {
        const auto table = kit::parse_service_table("[[service]]\nname=\"database-service\"\nport=1\n", "t");
        return host->start(table->services, {{"database-service", [this](const kit::ServiceGround& g) { return make_database_service(g, {.open = open, .clocks = {}, .looks_every = milliseconds(2)}); }}});
    }
    kit::HttpResponse ask(const std::string& method, const std::string& target, const std::string& body = {}) {
        kit::HttpClient client(reactor, ground.telemetry, {});
        auto answer = client.call({.method = method, .host = "127.0.0.1", .port = host->ports().at("database-service"), .target = target, .body = body, .idempotent = false},
                                  Deadline::after(std::chrono::steady_clock::now(), seconds(20)));
        EXPECT_TRUE(answer) << error_of(answer);
        return answer ? *std::move(answer) : kit::HttpResponse{};
    }
    /// Asks until the readiness has this status; what it said.
    std::string readiness_until(int status) {
        const auto give_up = std::chrono::steady_clock::now() + seconds(20);
        while (std::chrono::steady_clock::now() < give_up) {
            const kit::HttpResponse answer = ask("GET", "/v1/readiness");
            if (answer.status == status) return answer.body;
        }
        return "it never came";
    }
    std::unique_ptr<v1::KeyValueService::Stub> stub() {
        return v1::KeyValueService::NewStub(grpc::CreateChannel("127.0.0.1:" + std::to_string(host->rpc_ports().at("database-service")), grpc::InsecureChannelCredentials()));
    }

    Served served;
    std::atomic<bool> values_refuse = false, snapshot_refuses = false;
    std::atomic<int> kept = 0, kept_last = 0;
    std::function<Result<DatabaseStores>()> open = [this]() -> Result<DatabaseStores> {
        served.state->close();
        DatabaseStores stores = served.stores();
        stores.values = std::make_shared<FaultyValues>(stores.values, values_refuse);
        stores.keep = [this](bool last) -> Result<void> {
            (last ? kept_last : kept)++;
            return snapshot_refuses ? fail(ErrorCode::failed, "no room") : Result<void>();
        };
        return stores;
    };
    std::unique_ptr<kit::Log> log = *kit::Log::open({});
    kit::Metrics metrics;
    kit::Tracer tracer{{.seed = 1}, {}};
    kit::Reactor reactor{2};
    kit::Workers workers{4, 1'000};
    std::unique_ptr<kit::Settings> settings;
    kit::ServiceGround ground{reactor, workers, {*log, metrics, tracer}, *settings};
    std::unique_ptr<kit::ServiceHost> host = std::make_unique<kit::ServiceHost>(ground, kit::HostOptions{.build_version = "t", .any_ports = true});
};

TEST(database_service, the_same_values_over_http_and_grpc) {
    Hosted hosted;
    const auto started = hosted.start();
    ASSERT_TRUE(started) << error_of(started);
    EXPECT_THAT(hosted.ask("PUT", "/v1/values/k", R"({"value":"aGVsbG8="})").body, HasSubstr(R"("stored":true)"));
    grpc::ClientContext context;
    v1::GetValueRequest request;
    v1::GetValueReply reply;
    request.set_key("k");
    const grpc::Status status = hosted.stub()->GetValue(&context, request, &reply);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(reply.value(), "hello");
    EXPECT_TRUE(hosted.host->stop());
    EXPECT_EQ(hosted.kept_last, 1) << "what lives in memory is kept at the end";
}

TEST(database_service, a_quota_is_told_in_each_protocols_own_way) {
    Hosted hosted(kit::Settings::FileValues{{"AITRADING_QUOTA_REQUESTS_PER_S", "0.01"}, {"AITRADING_QUOTA_REQUESTS_BURST", "1"}});
    ASSERT_TRUE(hosted.start());
    EXPECT_EQ(hosted.ask("GET", "/v1/values/k").status, 200);
    const kit::HttpResponse refused = hosted.ask("GET", "/v1/values/k");
    EXPECT_EQ(refused.status, 429);
    EXPECT_FALSE(refused.headers.get("Retry-After").empty());
    grpc::ClientContext context;
    v1::GetValueRequest request;
    v1::GetValueReply reply;
    request.set_key("k");
    EXPECT_EQ(hosted.stub()->GetValue(&context, request, &reply).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
    EXPECT_TRUE(context.GetServerTrailingMetadata().contains("grpc-retry-pushback-ms"));
    EXPECT_THAT(hosted.metrics.text(), HasSubstr(R"(database_refused_total{quota="requests",tenant="default"} 2)"));
    ASSERT_TRUE(hosted.settings->reload({{"AITRADING_QUOTA_REQUESTS_BURST", "100"}}));
    EXPECT_EQ(hosted.ask("GET", "/v1/values/k").status, 200) << "hot";
    ASSERT_TRUE(hosted.settings->reload({{"AITRADING_QUOTA_REQUESTS_BURST", "0"}}));
    EXPECT_EQ(hosted.ask("GET", "/v1/values/k").status, 200) << "what cannot be kept leaves the limits as they were";
}

TEST(database_service, a_store_that_refuses_shows_and_leaves_the_others_alone) {
    Hosted hosted;
    ASSERT_TRUE(hosted.start());
    EXPECT_THAT(hosted.readiness_until(200), HasSubstr(R"("ready":true)"));
    hosted.values_refuse = true;
    EXPECT_THAT(hosted.readiness_until(503), HasSubstr("key_value: the server is gone"));
    EXPECT_THAT(hosted.host->status_json(), AllOf(HasSubstr("SERVICE_STATE_DEGRADED"), HasSubstr("the server is gone")));
    const kit::HttpResponse refused = hosted.ask("GET", "/v1/values/k");
    EXPECT_EQ(refused.status, 503);
    EXPECT_THAT(refused.body, HasSubstr("the server is gone"));
    EXPECT_EQ(hosted.ask("GET", "/v1/tables").status, 200);
    hosted.values_refuse = false;
    EXPECT_THAT(hosted.readiness_until(200), HasSubstr(R"("ready":true)"));
    EXPECT_EQ(hosted.ask("GET", "/v1/values/k").status, 200);
}

TEST(database_service, a_snapshot_that_fails_at_the_end_does_not_hold_up_the_stop) {
    Hosted hosted;
    ASSERT_TRUE(hosted.start());
    hosted.snapshot_refuses = true;
    EXPECT_TRUE(hosted.host->stop());
    EXPECT_EQ(hosted.kept_last, 1);
}

TEST(database_service, without_its_stores_it_does_not_start_and_says_why) {
    Hosted hosted;
    hosted.open = []() -> Result<DatabaseStores> { return fail(ErrorCode::gate_refused, "migrate it first"); };
    const auto started = hosted.start();
    EXPECT_EQ(code_of(started), ErrorCode::gate_refused);
    EXPECT_THAT(error_of(started), HasSubstr("database-service: migrate it first"));
    Hosted wrong(kit::Settings::FileValues{{"AITRADING_QUOTA_PAGE_ROWS", "20000"}});
    EXPECT_THAT(error_of(wrong.start()), HasSubstr("setting AITRADING_QUOTA_PAGE_ROWS"));
}

}  // namespace
}  // namespace aitrading::serving

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "kit/telemetry/log.hpp"
#include "kit/telemetry/masking.hpp"
#include "kit/telemetry/metrics.hpp"
#include "kit/telemetry/tracing.hpp"

namespace aitrading::kit {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

class TemporaryFolder {
  public:
    TemporaryFolder() : path_((std::filesystem::temp_directory_path() / "ait-telemetry-XXXXXX").string()) { make(); }
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }
    std::filesystem::path operator/(const char* name) const { return std::filesystem::path(path_) / name; }

  private:
    void make() { EXPECT_NE(mkdtemp(path_.data()), nullptr); }
    std::string path_;
};

std::vector<Json> lines_of(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::vector<Json> out;
    for (std::string line; std::getline(file, line);) out.push_back(Json::parse(line));
    return out;
}

TEST(masking, hides_secrets_and_nothing_else) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"password=hunter2 user=ann", "password=*** user=ann"},
        {R"({"api_key": "abc\"def", "n": 1})", R"({"api_key": "***", "n": 1})"},
        {"Authorization: Bearer eyJhbGciOi.x.y", "Authorization: Bearer ***"},
        {"sent bearer abc to peer", "sent bearer *** to peer"},
        {"postgres://ann:p%40ss@db:5432/x?y=1", "postgres://ann:***@db:5432/x?y=1"},
        {"http://host:80/path@2", "http://host:80/path@2"},
        {"JWT_SECRET=a;ENCRYPTION_KEY=b", "JWT_SECRET=***;ENCRYPTION_KEY=***"},
        {"x-api-key: 12345", "x-api-key: ***"},
        {"the token is missing", "the token is missing"},
        {"key_id=7 monkey=3", "key_id=7 monkey=3"},
        {"secret", "secret"},
        {"secret=", "secret="},
        {"", ""},
    };
    for (const auto& [given, expected] : cases) EXPECT_EQ(masked(given), expected);
    for (const char* secret : {"MT5_PASSWORD", "OPENAI_API_KEY", "GOOGLE_AI_KEY", "TELEGRAM_BOT_TOKEN", "Set-Cookie"}) EXPECT_TRUE(is_secret_name(secret)) << secret;
    for (const char* open : {"KAFKA_BROKERS", "MT5_LOGIN", "subject", "key_id", "monkey"}) EXPECT_FALSE(is_secret_name(open)) << open;
}

TEST(log, each_record_is_one_json_line_with_everything_that_is_asked_of_it) {
    const TemporaryFolder folder;
    const auto log = Log::open({.file = folder / "a.log", .now = [] { return UnixNanos{1'700'000'000'000'000'000}; }});
    ASSERT_TRUE(log);
    LogRecord record{.kind = LogClass::access, .service = "log-service", .tenant = "acme", .action = "GET /v1/logs", .outcome = "refused",
                     .duration = std::chrono::microseconds(1'500), .message = "request\nanswered \xff"};
    record.trace = *parse_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    record.fields = {{"status", "403"}, {"api_key", "abc"}, {"target", "/v1?token=abc"}};
    (*log)->write(record);
    (*log)->write({.level = LogLevel::debug, .message = "not written"});
    (*log)->set_least(LogLevel::debug);
    (*log)->write({.level = LogLevel::debug, .message = "written"});
    (*log)->flush();
    const auto lines = lines_of(folder / "a.log");
    ASSERT_EQ(lines.size(), 2U);
    const Json expected{{"time", "2023-11-14T22:13:20Z"}, {"level", "info"}, {"class", "access"}, {"service", "log-service"}, {"tenant", "acme"},
                        {"trace", "4bf92f3577b34da6a3ce929d0e0e4736"}, {"span", "00f067aa0ba902b7"}, {"action", "GET /v1/logs"},
                        {"outcome", "refused"}, {"duration_ms", 1.5}, {"message", "request\nanswered \xef\xbf\xbd"},
                        {"fields", {{"status", "403"}, {"api_key", "***"}, {"target", "/v1?token=***"}}}};
    EXPECT_EQ(lines[0], expected);
    EXPECT_TRUE(lines[1]["trace"].is_null());
    EXPECT_EQ((*log)->lost(), 0);
}

TEST(log, forwards_what_it_writes_without_secrets) {
    const auto log = Log::open({});
    ASSERT_TRUE(log);
    std::vector<LogRecord> seen;
    (*log)->forward_to([&](const LogRecord& r) { seen.push_back(r); });
    (*log)->write({.message = "m", .fields = {{"password", "p"}}});
    (*log)->forward_to({});
    (*log)->write({.message = "after"});
    ASSERT_EQ(seen.size(), 1U);
    EXPECT_EQ(seen[0].fields[0].second, "***");
    EXPECT_GT(seen[0].time.value, 0);
}

TEST(log, a_full_disk_is_counted_and_stops_nobody) {
    if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
    const TemporaryFolder folder;
    std::filesystem::create_symlink("/dev/full", folder / "full.log");
    const auto log = Log::open({.file = folder / "full.log"});
    ASSERT_TRUE(log) << log.error().text;
    for (int i = 0; i < 10; ++i) {
        (*log)->write({.level = LogLevel::error, .message = "no room"});
        (*log)->flush();
    }
    EXPECT_GT((*log)->lost(), 0);
}

TEST(log, says_which_file_it_cannot_write) {
    const auto log = Log::open({.file = "/proc/nowhere/a.log"});
    ASSERT_FALSE(log);
    EXPECT_THAT(log.error().text, HasSubstr("/proc/nowhere/a.log"));
}

TEST(metrics, speak_the_text_format) {
    Metrics metrics;
    const auto requests = metrics.counter("http_requests_total", "requests answered", {{"service", "a\"b"}});
    requests.add();
    metrics.counter("http_requests_total", "requests answered", {{"service", "a\"b"}}).add(2);
    metrics.gauge("queue_length", "requests that wait").set(4);
    metrics.histogram("request_seconds", "time to answer", {0.1, 1}, {}).observe(0.5);
    const std::string text = metrics.text();
    EXPECT_THAT(text, HasSubstr("# HELP http_requests_total requests answered\n# TYPE http_requests_total counter\n"
                                "http_requests_total{service=\"a\\\"b\"} 3\n"));
    EXPECT_THAT(text, HasSubstr("queue_length 4\n"));
    EXPECT_THAT(text, HasSubstr("request_seconds_bucket{le=\"0.1\"} 0\nrequest_seconds_bucket{le=\"1\"} 1\nrequest_seconds_bucket{le=\"+Inf\"} 1\n"));
}

TEST(metrics, labels_full_of_ids_do_not_fill_the_memory) {
    Metrics metrics;
    for (int i = 0; i < 5'000; ++i) metrics.counter("calls_total", "calls", {{"id", std::to_string(i)}}).add();
    const std::string text = metrics.text();
    EXPECT_THAT(text, HasSubstr("calls_total{id=\"other\"} 4000\n"));
    EXPECT_THAT(text, Not(HasSubstr("id=\"1000\"")));
}

TEST(tracer, spans_carry_the_trace_on_and_become_otlp) {
    std::vector<SpanRecord> seen;
    Tracer tracer({.seed = 5}, [&](const std::vector<SpanRecord>& batch) -> Result<void> {
        seen.insert(seen.end(), batch.begin(), batch.end());
        return {};
    });
    const TraceContext caller = *parse_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    {
        Span outer = tracer.start("GET /x", "gateway", caller, SpanKind::server);
        Span inner = tracer.start("read", "database-service", outer.context());
        inner.note("password", "p");
        inner.fail("no such row");
        EXPECT_EQ(inner.context().trace, caller.trace);
        Span moved = std::move(outer);
    }
    tracer.flush();
    ASSERT_EQ(seen.size(), 2U);
    const Json sent = Json::parse(otlp_json(seen));
    ASSERT_EQ(sent["resourceSpans"].size(), 2U);
    const Json& inner = sent["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
    const Json& outer = sent["resourceSpans"][1]["scopeSpans"][0]["spans"][0];
    EXPECT_EQ(sent["resourceSpans"][0]["resource"]["attributes"][0], (Json{{"key", "service.name"}, {"value", {{"stringValue", "database-service"}}}}));
    EXPECT_EQ(outer["traceId"], "4bf92f3577b34da6a3ce929d0e0e4736");
    EXPECT_EQ(outer["parentSpanId"], "00f067aa0ba902b7");
    EXPECT_EQ(outer["kind"], 2);
    EXPECT_EQ(inner["parentSpanId"], outer["spanId"]);
    EXPECT_EQ(inner["status"], (Json{{"code", 2}, {"message", "no such row"}}));
    EXPECT_EQ(inner["attributes"][0]["value"]["stringValue"], "***");
    EXPECT_GE(std::stoll(inner["endTimeUnixNano"].get<std::string>()), std::stoll(inner["startTimeUnixNano"].get<std::string>()));
}

TEST(tracer, exports_only_what_is_sampled_and_counts_what_is_dropped) {
    int exported = 0;
    Tracer tracer({.waiting_max = 10, .batch = 1'000, .period = std::chrono::hours(1), .seed = 6}, [&](const auto& batch) -> Result<void> {
        exported += static_cast<int>(batch.size());
        return {};
    });
    for (int i = 0; i < 25; ++i) tracer.start("a", "s", std::nullopt);
    EXPECT_EQ(tracer.dropped(), 15);
    tracer.flush();
    EXPECT_EQ(exported, 10);
    tracer.start("b", "s", *parse_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"));
    tracer.flush();
    EXPECT_EQ(exported, 10) << "the caller said: not sampled";

    Tracer refused({.seed = 7}, [](const auto&) -> Result<void> { return fail(ErrorCode::failed, "down"); });
    refused.start("a", "s", std::nullopt);
    refused.flush();
    EXPECT_EQ(refused.dropped(), 1);
}

}  // namespace
}  // namespace aitrading::kit

#include "apps/aitrading/event_sink.hpp"

#include <fmt/format.h>

#include "apps/aitrading/data_json.hpp"
#include "apps/aitrading/home_bus.hpp"
#include "apps/aitrading/journal_lines.hpp"
#include "apps/aitrading/running_platform.hpp"
#include "apps/aitrading/services_text.hpp"

namespace aitrading::apps {
namespace {

constexpr const char* carrier = "database-service";  // serves the journal on request
constexpr std::size_t request_events_max = 500, request_bytes_max = 512 << 10;  // a server takes bodies of 1 MiB, and base64 is longer

class BusSink final : public EventSink {
  public:
    explicit BusSink(std::unique_ptr<ports::EventBus> bus) : bus_(std::move(bus)) {}
    ports::EventBus* bus() override { return bus_.get(); }
    Result<std::vector<ports::Receipt>> publish(const std::string& topic, const std::vector<Event>& events) override {
        TRY_VOID(bus_->create_topic(topic, {}));
        return bus_->publish_and_wait(topic, events);
    }

  private:
    std::unique_ptr<ports::EventBus> bus_;
};

Json envelope_of(const Event& event) {
    Json out{{"id", event.id.text()}, {"type", event.type}, {"source", event.source}, {"subject", event.subject}, {"tenant", event.tenant}, {"time_ns", fmt::format("{}", event.time.value)},
             {"data", base64(event.data)}};
    if (event.trace) out["traceparent"] = event.trace->traceparent();
    return out;
}

Error refusal(const kit::HttpResponse& answer) {
    const Json problem = Json::parse(answer.body, nullptr, false);
    const std::string text = problem.is_object() ? problem.value("text", answer.body) : answer.body;
    const ErrorCode code = answer.status == 403 ? ErrorCode::gate_refused : answer.status == 404 ? ErrorCode::not_found : answer.status == 400 ? ErrorCode::bad_input : ErrorCode::failed;
    return {code, fmt::format("the platform that runs on this home refuses ({}): {}", answer.status, text), answer.status == 503};
}

class PlatformSink final : public EventSink {
  public:
    explicit PlatformSink(std::unique_ptr<RunningPlatform> platform) : platform_(std::move(platform)) {}
    ports::EventBus* bus() override { return nullptr; }
    Result<std::vector<ports::Receipt>> publish(const std::string& topic, const std::vector<Event>& events) override {
        std::vector<ports::Receipt> out;
        while (out.size() < events.size()) TRY_VOID(send_some(topic, events, out));
        return out;
    }

  private:
    /// As many of those that have no receipt yet as fit into one request.
    Result<void> send_some(const std::string& topic, const std::vector<Event>& events, std::vector<ports::Receipt>& receipts) {
        Json body{{"events", Json::array()}};
        std::size_t bytes = 0, upto = receipts.size();
        for (; upto < events.size() && body["events"].size() < request_events_max && (bytes == 0 || bytes + size_bytes(events[upto]) < request_bytes_max); ++upto) {
            bytes += size_bytes(events[upto]);
            body["events"].push_back(envelope_of(events[upto]));
        }
        const RunningProcess& process = *platform_->with(carrier);
        // The ids make a repeat harmless.
        const kit::ClientRequest request{.method = "POST", .target = "/v1/topics/" + topic + "/events", .body = body.dump(), .idempotent = true};
        TRY(const kit::HttpResponse answer, platform_->call(process, process.ports.at(carrier), request, std::chrono::seconds(30)));
        if (answer.status != 200) return std::unexpected(refusal(answer));
        const Json reply = Json::parse(answer.body, nullptr, false);
        if (reply.is_object() && reply.contains("receipts"))
            for (const Json& r : reply["receipts"]) {
                const Json at = r.value("position", Json::object());
                receipts.push_back({{at.value("partition", 0), std::stoll(at.value("offset", "0"))}, r.value("duplicate", false)});
            }
        if (receipts.size() == upto) return {};
        return fail(ErrorCode::failed, "the platform that runs on this home answered without a receipt for each event");
    }

    std::unique_ptr<RunningPlatform> platform_;
};

}  // namespace

Result<std::unique_ptr<EventSink>> open_event_sink(const Context& context) {
    TRY(const kit::ServiceTable table, load_service_table({}));
    TRY(auto platform, RunningPlatform::open(table, context.home));
    if (platform->with(carrier) != nullptr) return std::make_unique<PlatformSink>(std::move(platform));
    TRY(auto bus, open_home_bus(context));
    return std::make_unique<BusSink>(std::move(bus));
}

}  // namespace aitrading::apps

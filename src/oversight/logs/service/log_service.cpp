#include "oversight/logs/service/log_service.hpp"

#include <algorithm>
#include <charconv>
#include <mutex>

#include <fmt/format.h>

#include "kit/http/caller.hpp"
#include "kit/http/event_stream.hpp"
#include "oversight/logs/service/log_publisher.hpp"
#include "oversight/logs/service/log_shelf.hpp"

namespace aitrading::logs {
namespace {

constexpr std::size_t shelf_records = 20'000, answer_records_max = 1'000, readers_max = 100;

Result<LogQuery> query_of(const kit::HttpRequest& request) {
    LogQuery out;
    TRY(out.tenant, kit::tenant_of(request.peer));
    out.service = std::string(request.query_value("service").value_or(""));
    out.trace = std::string(request.query_value("trace").value_or(""));
    TRY(out.least, kit::parse_log_level(request.query_value("level").value_or("debug")));
    if (const auto text = request.query_value("limit")) {
        const auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), out.most);
        if (problem != std::errc() || end != text->data() + text->size() || out.most < 1 || out.most > answer_records_max)
            return fail(ErrorCode::bad_input, fmt::format("limit: a number from 1 to {} is expected", answer_records_max));
    }
    return out;
}

class LogService final : public kit::Service {
  public:
    LogService(const kit::ServiceGround& ground, ports::EventBus& bus) : ground_(ground), bus_(bus) {}
    ~LogService() override { ground_.telemetry.log.forward_to({}); }

    void add_routes(kit::Router& router) override {
        router.add({"GET", "/v1/logs", RequestClass::fast, [this](const kit::HttpRequest& request) { return answer(request); }, true});
        router.add({"GET", "/v1/logs/events", RequestClass::normal,
                    kit::StreamHandler([this](const kit::HttpRequest& request, const std::shared_ptr<kit::EventStream>& stream) { return follow(request, stream); }), true});
    }
    Result<void> start() override {
        TRY_VOID(bus_.create_topic("logs.records", {}));
        const auto publisher = std::make_shared<LogPublisher>(bus_, LogPublisher::Options{});
        {
            const std::lock_guard lock(mutex_);
            publisher_ = publisher;
        }
        ground_.telemetry.log.forward_to([this, publisher](const kit::LogRecord& record) {
            publisher->put(record);
            shelf_.put(record);
            hand_on(record);
        });
        return {};
    }
    Result<void> ready() override {
        if (!publisher()) return fail(ErrorCode::failed, "it has not started yet", true);
        return bus_.health();
    }
    std::int64_t lag() override { return publisher() ? publisher()->waiting() : 0; }
    std::string last_error() override {
        const auto current = publisher();
        if (!current) return {};
        return current->dropped() > 0 ? fmt::format("{} records dropped; {}", current->dropped(), current->last_error()) : current->last_error();
    }
    void stop(Deadline deadline) override {
        ground_.telemetry.log.forward_to({});
        if (const auto current = publisher()) current->stop(deadline);
    }

  private:
    struct Reader {
        LogQuery query;
        std::shared_ptr<kit::EventStream> stream;
    };
    std::shared_ptr<LogPublisher> publisher() {
        const std::lock_guard lock(mutex_);
        return publisher_;
    }
    kit::HttpResponse answer(const kit::HttpRequest& request) const {
        const auto query = query_of(request);
        if (!query) return kit::error_response(query.error());
        std::string body = "{\"records\":[";
        bool first = true;
        for (const kit::LogRecord& record : shelf_.find(*query)) body += (std::exchange(first, false) ? "\n" : ",\n") + kit::log_line(record);
        return {.body = body + "]}\n", .headers = {}};
    }
    Result<void> follow(const kit::HttpRequest& request, const std::shared_ptr<kit::EventStream>& stream) {
        TRY(LogQuery query, query_of(request));
        const std::lock_guard lock(mutex_);
        std::erase_if(readers_, [](const Reader& r) { return r.stream->closed(); });
        if (readers_.size() >= readers_max) return fail(ErrorCode::failed, fmt::format("{} readers follow already", readers_max), true);
        readers_.push_back({std::move(query), stream});
        return {};
    }
    void hand_on(const kit::LogRecord& record) {
        const std::lock_guard lock(mutex_);
        if (readers_.empty()) return;
        const std::string line = kit::log_line(record);
        std::erase_if(readers_, [&](const Reader& r) { return r.stream->closed() || (fits(r.query, record) && !r.stream->send("record", line)); });
    }

    kit::ServiceGround ground_;
    ports::EventBus& bus_;
    LogShelf shelf_{shelf_records};
    std::mutex mutex_;
    std::shared_ptr<LogPublisher> publisher_;
    std::vector<Reader> readers_;
};

}  // namespace

std::unique_ptr<kit::Service> make_log_service(const kit::ServiceGround& ground, ports::EventBus& bus) { return std::make_unique<LogService>(ground, bus); }

}  // namespace aitrading::logs

#include "oversight/logs/service/log_service.hpp"

#include <algorithm>
#include <mutex>

#include <fmt/format.h>

#include "aitrading/v1/logs.pb.h"
#include "oversight/logs/service/log_publisher.hpp"
#include "oversight/logs/service/log_records.hpp"
#include "oversight/logs/service/log_shelf.hpp"

namespace aitrading::logs {
namespace {

constexpr std::size_t shelf_records = 20'000, readers_max = 100;
constexpr int answer_records_max = 1'000;

template <class Request>
Result<LogQuery> query_of(const Request& request, const kit::Call& call) {
    LogQuery out{.tenant = call.tenant, .service = request.service(), .trace = request.trace()};
    TRY(out.least, kit::parse_log_level(request.level().empty() ? "debug" : request.level()));
    return out;
}

void put(v1::LoggedRecord& out, const kit::LogRecord& record) {
    out.set_service(record.service);
    fill(*out.mutable_record(), record);
}

class LogService final : public kit::Service {
  public:
    LogService(const kit::ServiceGround& ground, ports::EventBus& bus) : ground_(ground), bus_(bus) {}
    ~LogService() override { ground_.telemetry.log.forward_to({}); }

    void add_requests(kit::RequestHandlers& handlers) override {
        handlers.on<v1::ListLogsRequest, v1::ListLogsReply>("aitrading.v1.LogService/ListLogs", [this](const v1::ListLogsRequest& request, const kit::Call& call) { return list(request, call); })
            .quiet = true;
        handlers.on_stream<v1::WatchLogsRequest, v1::WatchLogsReply>("aitrading.v1.LogService/WatchLogs", [this](const v1::WatchLogsRequest& request, const kit::Call& call, const std::shared_ptr<kit::ReplyStream>& stream) {
            return follow(request, call, stream);
        }).quiet = true;
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
        std::shared_ptr<kit::ReplyStream> stream;
    };
    std::shared_ptr<LogPublisher> publisher() {
        const std::lock_guard lock(mutex_);
        return publisher_;
    }
    Result<v1::ListLogsReply> list(const v1::ListLogsRequest& request, const kit::Call& call) const {
        TRY(LogQuery query, query_of(request, call));
        if (request.limit() < 0 || request.limit() > answer_records_max) return fail(ErrorCode::bad_input, fmt::format("limit: a number from 1 to {} is expected", answer_records_max));
        if (request.limit() > 0) query.most = static_cast<std::size_t>(request.limit());
        v1::ListLogsReply reply;
        for (const kit::LogRecord& record : shelf_.find(query)) put(*reply.add_records(), record);
        return reply;
    }
    Result<void> follow(const v1::WatchLogsRequest& request, const kit::Call& call, const std::shared_ptr<kit::ReplyStream>& stream) {
        TRY(LogQuery query, query_of(request, call));
        {
            const std::lock_guard lock(readers_->mutex);
            if (readers_->list.size() >= readers_max) return fail(ErrorCode::failed, fmt::format("{} readers follow already", readers_max), true);
            readers_->list.push_back({std::move(query), stream});
        }
        // Its server may outlive this service.
        stream->on_close([readers = std::weak_ptr(readers_), gone = stream.get()] {
            const auto still = readers.lock();
            if (!still) return;
            const std::lock_guard lock(still->mutex);
            std::erase_if(still->list, [&](const Reader& r) { return r.stream.get() == gone; });
        });
        return {};
    }
    void hand_on(const kit::LogRecord& record) {
        const std::lock_guard lock(readers_->mutex);
        if (std::ranges::none_of(readers_->list, [&](const Reader& r) { return fits(r.query, record); })) return;
        v1::WatchLogsReply reply;
        put(*reply.mutable_record(), record);
        std::erase_if(readers_->list, [&](const Reader& r) { return fits(r.query, record) && !r.stream->send(reply); });
    }

    kit::ServiceGround ground_;
    ports::EventBus& bus_;
    LogShelf shelf_{shelf_records};
    std::mutex mutex_;
    std::shared_ptr<LogPublisher> publisher_;
    struct Readers {
        std::mutex mutex;
        std::vector<Reader> list;
    };
    std::shared_ptr<Readers> readers_ = std::make_shared<Readers>();
};

}  // namespace

std::unique_ptr<kit::Service> make_log_service(const kit::ServiceGround& ground, ports::EventBus& bus) { return std::make_unique<LogService>(ground, bus); }

}  // namespace aitrading::logs

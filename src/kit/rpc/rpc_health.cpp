#include "kit/rpc/rpc_health.hpp"

#include <google/protobuf/wrappers.pb.h>

namespace aitrading::kit {
namespace {

/// HealthCheckRequest {string service = 1} and HealthCheckResponse {ServingStatus status = 1} are, on the wire, these two.
using Question = google::protobuf::StringValue;
using Answer = google::protobuf::Int32Value;

constexpr int serving = 1, not_serving = 2, service_unknown = 3;

RequestContract contract(const char* method, bool streams) {
    return {"grpc.health.v1.Health", method, Question::descriptor()->full_name(), Answer::descriptor()->full_name(), streams, RequestClass::fast, {}};
}

Answer answer(int status) {
    Answer out;
    out.set_value(status);
    return out;
}

const std::string& service_of(const google::protobuf::Message& question) { return static_cast<const Question&>(question).value(); }

}  // namespace

std::shared_ptr<RpcHealth> RpcHealth::add_to(RpcMethods& methods, Serving serving) {
    static const RequestContract check = contract("Check", false), watch = contract("Watch", true);
    auto out = std::make_shared<RpcHealth>();
    out->serving_ = std::move(serving);
    out->services_[""] = true;
    for (const auto& [name, handler] : methods) out->services_[handler.contract->service] = true;
    RequestHandlers::Handler checks{&check, {}, {}, true, true, {}}, watches{&watch, {}, {}, true, true, {}};
    checks.answer = [out](const google::protobuf::Message& question, const Call&) -> Result<std::unique_ptr<google::protobuf::Message>> {
        const int status = out->status_of(service_of(question));
        if (status == service_unknown) return fail(ErrorCode::not_found, "no service of this name is answered here");
        return std::make_unique<Answer>(answer(status));
    };
    watches.open = [out](const google::protobuf::Message& question, const Call&, const std::shared_ptr<ReplyStream>& stream) { return out->watch(service_of(question), stream); };
    methods["/grpc.health.v1.Health/Check"] = std::move(checks);
    methods["/grpc.health.v1.Health/Watch"] = std::move(watches);
    return out;
}

int RpcHealth::status_of(const std::string& service) {
    if (!services_.contains(service)) return service_unknown;
    const std::lock_guard lock(asking_);
    return serving_() ? serving : not_serving;
}

Result<void> RpcHealth::watch(const std::string& service, const std::shared_ptr<ReplyStream>& stream) {
    const int status = status_of(service);
    std::uint64_t id = 0;
    {
        const std::lock_guard lock(mutex_);
        if (watchers_.size() >= watchers_max) return fail(ErrorCode::failed, "enough watch already", true);
        id = next_++;
        watchers_[id] = {service, stream, status};
        static_cast<void>(stream->send(answer(status)));
    }
    stream->on_close([weak = weak_from_this(), id] {
        const auto self = weak.lock();
        if (!self) return;
        const std::lock_guard lock(self->mutex_);
        self->watchers_.erase(id);
    });
    return {};
}

bool RpcHealth::watched() {
    const std::lock_guard lock(mutex_);
    return !watchers_.empty();
}

void RpcHealth::stop() {
    const std::lock_guard lock(asking_);
    serving_ = [] { return false; };
}

void RpcHealth::look() {
    if (!watched()) return;
    const int now = status_of("");
    const std::lock_guard lock(mutex_);
    for (auto& [id, watcher] : watchers_) {
        if (watcher.told == service_unknown || watcher.told == now) continue;
        watcher.told = now;
        static_cast<void>(watcher.stream->send(answer(now)));
    }
}

}  // namespace aitrading::kit

#include "kit/rpc/tests/served.hpp"

#include <stdexcept>

#include "aitrading/v1/inference.pb.h"
#include "aitrading/v1/status.pb.h"

namespace aitrading::kit {
namespace {

Result<v1::GetStatusReply> answer(Served& t, const std::string& service, const Call& call) {
    if (service == "none") return fail(ErrorCode::not_found, "no service is called none");
    if (service == "busy") return fail(ErrorCode::failed, "busy", true);
    if (service == "limit") return fail(ErrorCode::gate_refused, "too many are open", true);
    if (service == "thrown") throw std::runtime_error("the password is hunter2");
    if (service == "held") {
        t.held.set_value();
        t.go.get_future().get();
    }
    v1::GetStatusReply reply;
    v1::ServiceStatus& said = *reply.add_services();
    said.set_service(service);
    said.set_instance(call.trace.traceparent());
    said.set_last_error(call.tenant);
    said.set_lag_events(std::chrono::duration_cast<milliseconds>(call.deadline.left(std::chrono::steady_clock::now())).count());
    return reply;
}

}  // namespace

void Served::add_handlers(std::shared_ptr<CallGate> quota) {
    auto& status = handlers.on<v1::GetStatusRequest, v1::GetStatusReply>("aitrading.v1.StatusService/GetStatus",
                                                          [this](const v1::GetStatusRequest& request, const Call& call) { return answer(*this, request.service(), call); });
    status.gate = std::move(quota);
    handlers.on_stream<v1::WatchPredictionsRequest, v1::WatchPredictionsReply>(
        "aitrading.v1.PredictionService/WatchPredictions", [this](const v1::WatchPredictionsRequest& request, const Call&, const std::shared_ptr<ReplyStream>& stream) -> Result<void> {
            if (request.symbol() == "NONE") return fail(ErrorCode::not_found, "no such symbol");
            opened.set_value(stream);
            return {};
        });
}

}  // namespace aitrading::kit

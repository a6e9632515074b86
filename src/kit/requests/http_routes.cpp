#include "kit/requests/http_routes.hpp"

#include <google/protobuf/message.h>

#include "kit/contracts/contracts.hpp"
#include "kit/http/event_stream.hpp"
#include "kit/http/json_guard.hpp"

namespace aitrading::kit {
namespace {

using google::protobuf::Message;

/// Replies as Server-Sent Events, each one's JSON as data.
class SentEvents final : public ReplyStream {
  public:
    explicit SentEvents(std::shared_ptr<EventStream> stream) : stream_(std::move(stream)) {}
    bool send(const Message& reply) override {
        const auto json = to_json(reply);
        return json && stream_->send({}, *json);
    }
    std::size_t waiting_bytes() override { return stream_->waiting_bytes(); }
    void on_close(std::function<void()> call) override { stream_->on_close(std::move(call)); }
    void end() override { stream_->end(); }

  private:
    std::shared_ptr<EventStream> stream_;
};

struct Asked {
    ReadRequest request;
    Call call;
};

Result<Asked> read_asked(const HttpRequest& request, const RequestHandlers::Handler& handler, std::string tenant) {
    const RequestContract& contract = *handler.contract;
    if (!request.body.empty()) TRY_VOID(check_json(request.body));
    const std::string_view verb = request.method == "HEAD" ? std::string_view("GET") : std::string_view(request.method);
    TRY(ReadRequest read, read_request(verb, request.target, request.body));
    if (&read.contract() != &contract) return fail(ErrorCode::not_found, "this path is not " + contract.method + "'s");
    return Asked{std::move(read), {std::move(tenant), request.deadline, request.trace}};
}

std::optional<CallRefusal> refused(const RequestHandlers::Handler& handler, const std::string& tenant, const HttpRequest& request) {
    return handler.gate ? handler.gate->enter(tenant, request.body.size()) : std::nullopt;
}

HttpHandler answering(const RequestHandlers::Handler& handler, const Identify& identify) {
    return [handler, identify](const HttpRequest& request) {
        auto tenant = tenant_for(handler, identify, request.peer);
        if (!tenant) return error_response(tenant.error());
        if (const auto refusal = refused(handler, *tenant, request))
            return error_response(429, name(ErrorCode::gate_refused), refusal->text, std::chrono::ceil<std::chrono::seconds>(refusal->again_after));
        const auto asked = read_asked(request, handler, *std::move(tenant));
        if (!asked) return error_response(asked.error());
        const auto reply = handler.answer(asked->request.message(), asked->call);
        if (!reply) return error_response(reply.error());
        auto json = to_json(**reply);
        if (!json) return error_response(json.error());
        HttpResponse response;
        if (handler.http_status) response.status = handler.http_status(**reply);
        response.body = *std::move(json);
        if (handler.gate) handler.gate->replied(asked->call.tenant, response.body.size());
        return response;
    };
}

StreamHandler streaming(const RequestHandlers::Handler& handler, const Identify& identify) {
    return [handler, identify](const HttpRequest& request, const std::shared_ptr<EventStream>& stream) -> Result<void> {
        TRY(std::string tenant, tenant_for(handler, identify, request.peer));
        if (const auto refusal = refused(handler, tenant, request)) return fail(ErrorCode::gate_refused, refusal->text, true);
        TRY(const Asked asked, read_asked(request, handler, std::move(tenant)));
        return handler.open(asked.request.message(), asked.call, std::make_shared<SentEvents>(stream));
    };
}

}  // namespace

Result<std::string> tenant_for(const RequestHandlers::Handler& handler, const Identify& identify, const HttpPeer& peer) {
    Result<std::string> tenant = identify(peer);
    if (!tenant && handler.anyone) return std::string();
    return tenant;
}

void add_routes(Router& router, const RequestHandlers& handlers, const Identify& identify) {
    for (const auto& [name, handler] : handlers.all())
        for (const RequestContract::Path& path : handler.contract->paths) {
            Route route{path.verb, path.path, handler.contract->kind, answering(handler, identify), handler.quiet};
            if (handler.contract->streams) route.handler = streaming(handler, identify);
            router.add(std::move(route));
        }
}

}  // namespace aitrading::kit

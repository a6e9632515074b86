#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/check.hpp"
#include "base/deadline.hpp"
#include "base/result.hpp"
#include "domain/trace_context.hpp"
#include "kit/contracts/transcoding.hpp"

namespace aitrading::kit {

/// Who asks, and what goes with the question.
struct Call {
    std::string tenant;  ///< the caller's identity, never what it says of itself
    Deadline deadline;
    TraceContext trace;  ///< of the server's own span: pass it on
};

/// Replies of a request that streams, to one reader. Safe to use from several threads.
class ReplyStream {
  public:
    virtual ~ReplyStream() = default;
    /// False: the reader has gone, or was too slow.
    virtual bool send(const google::protobuf::Message& reply) = 0;
    /// Of what was sent and has not left yet: who would rather skip replies than see a slow reader cut off looks here first.
    virtual std::size_t waiting_bytes() { return 0; }
    /// Called once when the reader has gone; at once where that is so already; never once the service has stopped. Must not block.
    virtual void on_close(std::function<void()> call) = 0;
    /// After what was sent.
    virtual void end() = 0;
};

/// Why a call is refused for now, and after how long it is worth asking again.
struct CallRefusal {
    std::string text;
    std::chrono::nanoseconds again_after{0};
};

/// Stands before handlers and counts what callers ask and get. Over HTTP a refusal is 429 with Retry-After, over gRPC
/// RESOURCE_EXHAUSTED with `grpc-retry-pushback-ms`. Safe to use from several threads.
class CallGate {
  public:
    virtual ~CallGate() = default;
    /// Before anything of a request is read; none: it may pass.
    virtual std::optional<CallRefusal> enter(const std::string& tenant, std::size_t request_bytes) = 0;
    /// What it was answered with; of streams nothing is counted.
    virtual void replied(const std::string& tenant, std::size_t reply_bytes) = 0;
};

/// What answers the requests of the contracts, whatever they come by: HTTP today, gRPC and a call inside the process with the same
/// functions. Fixed before the server starts.
class RequestHandlers {
  public:
    using Answer = std::function<Result<std::unique_ptr<google::protobuf::Message>>(const google::protobuf::Message&, const Call&)>;
    using Open = std::function<Result<void>(const google::protobuf::Message&, const Call&, std::shared_ptr<ReplyStream>)>;
    struct Handler {
        const RequestContract* contract = nullptr;
        Answer answer;  ///< one of the two
        Open open;
        bool quiet = false;   ///< its successes are logged at debug: what monitors ask all the time
        bool anyone = false;  ///< answered without an identity as well (the tenant is empty then): holds nobody's data
        std::function<int(const google::protobuf::Message&)> http_status;  ///< of a reply over HTTP; none: always 200
        std::shared_ptr<CallGate> gate;  ///< none: nobody is refused
    };

    /// @param name `aitrading.v1.StatusService/GetHealth`
    /// @pre the schema has it with exactly these messages and one reply; it has no handler yet (else the program stops: a bug)
    /// @return what is kept, to be told more: quiet, anyone, http_status
    template <class Request, class Reply>
    Handler& on(std::string_view name, std::function<Result<Reply>(const Request&, const Call&)> answer) {
        Handler& handler = add(name, Request().GetTypeName(), Reply().GetTypeName(), false);
        handler.answer =
            [answer = std::move(answer)](const google::protobuf::Message& request, const Call& call) -> Result<std::unique_ptr<google::protobuf::Message>> {
            TRY(Reply reply, answer(static_cast<const Request&>(request), call));
            return std::make_unique<Reply>(std::move(reply));
        };
        return handler;
    }
    /// The same of a request that streams. `open` says yes or no and returns; what is sent goes out after that.
    template <class Request, class Reply>
    Handler& on_stream(std::string_view name, std::function<Result<void>(const Request&, const Call&, std::shared_ptr<ReplyStream>)> open) {
        Handler& handler = add(name, Request().GetTypeName(), Reply().GetTypeName(), true);
        handler.open =
            [open = std::move(open)](const google::protobuf::Message& request, const Call& call, std::shared_ptr<ReplyStream> stream) {
                return open(static_cast<const Request&>(request), call, std::move(stream));
            };
        return handler;
    }

    /// By what the contract is called; none: nobody answers it here.
    const Handler* find(const RequestContract& contract) const;
    const std::map<std::string, Handler, std::less<>>& all() const { return handlers_; }
    bool empty() const { return handlers_.empty(); }

  private:
    Handler& add(std::string_view name, const std::string& request, const std::string& reply, bool streams);
    std::map<std::string, Handler, std::less<>> handlers_;
};

}  // namespace aitrading::kit

#include "kit/rpc/rpc_end.hpp"

namespace aitrading::kit {

std::string_view name(RpcCode code) {
    switch (code) {
        case RpcCode::ok: return "OK";
        case RpcCode::cancelled: return "CANCELLED";
        case RpcCode::unknown: break;
        case RpcCode::invalid_argument: return "INVALID_ARGUMENT";
        case RpcCode::deadline_exceeded: return "DEADLINE_EXCEEDED";
        case RpcCode::not_found: return "NOT_FOUND";
        case RpcCode::permission_denied: return "PERMISSION_DENIED";
        case RpcCode::resource_exhausted: return "RESOURCE_EXHAUSTED";
        case RpcCode::unimplemented: return "UNIMPLEMENTED";
        case RpcCode::internal: return "INTERNAL";
        case RpcCode::unavailable: return "UNAVAILABLE";
        case RpcCode::unauthenticated: return "UNAUTHENTICATED";
    }
    return "UNKNOWN";
}

RpcEnd end_of(const Error& error) {
    const auto code = [&] {
        switch (error.code) {
            case ErrorCode::usage:
            case ErrorCode::bad_input: return RpcCode::invalid_argument;
            case ErrorCode::not_found: return RpcCode::not_found;
            case ErrorCode::gate_refused: return error.retry_helps ? RpcCode::resource_exhausted : RpcCode::permission_denied;
            case ErrorCode::interrupted: return RpcCode::cancelled;
            case ErrorCode::failed: break;
        }
        return error.retry_helps ? RpcCode::unavailable : RpcCode::internal;
    }();
    return {code, error.text, {}};
}

Error error_of(const RpcEnd& end) {
    const std::string text = end.text.empty() ? std::string(name(end.code)) : end.text;
    switch (end.code) {
        case RpcCode::invalid_argument: return {ErrorCode::bad_input, text, false};
        case RpcCode::not_found:
        case RpcCode::unimplemented: return {ErrorCode::not_found, text, false};
        case RpcCode::permission_denied:
        case RpcCode::unauthenticated: return {ErrorCode::gate_refused, text, false};
        case RpcCode::cancelled: return {ErrorCode::interrupted, text, false};
        case RpcCode::resource_exhausted: return {ErrorCode::gate_refused, text, true};
        case RpcCode::unavailable:
        case RpcCode::deadline_exceeded: return {ErrorCode::failed, text, true};
        case RpcCode::ok:
        case RpcCode::unknown:
        case RpcCode::internal: break;
    }
    return {ErrorCode::failed, text, false};
}

RpcEnd end_of(const CallRefusal& refusal) { return {RpcCode::resource_exhausted, refusal.text, refusal.again_after}; }

}  // namespace aitrading::kit

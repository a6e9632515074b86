#include "base/result.hpp"

namespace aitrading {

std::string_view name(ErrorCode code) {
    switch (code) {
        case ErrorCode::failed: return "failed";
        case ErrorCode::usage: return "usage";
        case ErrorCode::bad_input: return "bad_input";
        case ErrorCode::not_found: return "not_found";
        case ErrorCode::gate_refused: return "gate_refused";
        case ErrorCode::interrupted: return "interrupted";
    }
    return "failed";
}

int exit_status(ErrorCode code) {
    switch (code) {
        case ErrorCode::failed: return 1;
        case ErrorCode::usage: return 2;
        case ErrorCode::bad_input: return 3;
        case ErrorCode::not_found: return 4;
        case ErrorCode::gate_refused: return 5;
        case ErrorCode::interrupted: return 130;
    }
    return 1;
}

}  // namespace aitrading

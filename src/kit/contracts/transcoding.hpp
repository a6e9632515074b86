#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/deadline.hpp"
#include "base/result.hpp"

namespace google::protobuf {
class Message;
}

namespace aitrading::kit {

/// What schema/ says of a request.
struct RequestContract {
    std::string service;  ///< full name, as gRPC has it: `aitrading.v1.StatusService`
    std::string method;   ///< `GetHealth`
    std::string request, reply;  ///< full names of the messages
    bool streams = false;        ///< many replies
    RequestClass kind = RequestClass::normal;
    struct Path {
        std::string verb;  ///< GET, PUT, POST, DELETE, PATCH
        std::string path;  ///< template: `/v1/models/{model}:predict`
    };
    std::vector<Path> paths;
};

/// All of them, in the order of the schema.
const std::vector<RequestContract>& request_contracts();
/// By what gRPC calls it, `/aitrading.v1.StatusService/GetHealth`, with or without the first slash. None: there is no such one.
const RequestContract* find_request(std::string_view name);
/// An empty request or reply. @pre the full name of a message of the contracts
std::unique_ptr<google::protobuf::Message> empty_message(const std::string& name);

/// A request as it came over HTTP.
class ReadRequest {
  public:
    ReadRequest(const RequestContract& contract, std::unique_ptr<google::protobuf::Message> message);
    ReadRequest(ReadRequest&&) noexcept;
    ReadRequest& operator=(ReadRequest&&) noexcept;
    ~ReadRequest();
    const RequestContract& contract() const { return *contract_; }
    const google::protobuf::Message& message() const { return *message_; }

  private:
    const RequestContract* contract_;
    std::unique_ptr<google::protobuf::Message> message_;
};

/// gRPC transcoding: finds the request of a verb and a path and fills its message. Fields in the path come from the path, percent-
/// decoded, and win; `body: "*"` gives the others, without a body the query does. Templates with a `:word` come first, then those
/// with more words that must be equal.
/// @param verb in capitals   @param target path and query as HTTP has them   @param body JSON or empty
/// @errors not_found (no such path; or not with this verb: names those there are), bad_input (encoding, an unknown or doubled query
/// field, a value that does not fit its field, a body that is not wanted or no JSON of the message, a probability outside [0, 1])
/// @complexity O(paths + length)
Result<ReadRequest> read_request(std::string_view verb, std::string_view target, std::string_view body);

/// Verbs that a path answers to, in order; empty: there is no such path. For `Allow` beside status 405.
std::vector<std::string> verbs_at(std::string_view target);

/// The JSON body of an expected failure (`aitrading.v1.Problem`).
std::string problem_json(const Error& error, std::string_view trace_id);

}  // namespace aitrading::kit

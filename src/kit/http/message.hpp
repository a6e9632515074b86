#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/deadline.hpp"
#include "base/result.hpp"
#include "domain/trace_context.hpp"

namespace aitrading::kit {

/// Header lines in order; names compare without case.
class HttpHeaders {
  public:
    HttpHeaders() = default;
    HttpHeaders(std::initializer_list<std::pair<std::string, std::string>> lines) : lines_(lines) {}
    void add(std::string name, std::string value) { lines_.emplace_back(std::move(name), std::move(value)); }
    /// The first of this name; empty where there is none.
    std::string_view get(std::string_view name) const;
    bool has(std::string_view name) const;
    std::size_t count(std::string_view name) const;
    const std::vector<std::pair<std::string, std::string>>& lines() const { return lines_; }

  private:
    std::vector<std::pair<std::string, std::string>> lines_;
};

/// Whether two header names or tokens are the same.
bool same_token(std::string_view a, std::string_view b);
/// Whether a comma-separated header value holds the token.
bool has_token(std::string_view list, std::string_view token);

/// Who is at the other end of a connection.
struct HttpPeer {
    std::string address;  ///< numeric, without port
    bool loopback = false;
    std::string certificate;  ///< common name of a verified client certificate; empty: none
};

struct HttpRequest {
    std::string method;
    std::string target;                                     ///< as sent
    std::string path;                                       ///< decoded
    std::vector<std::pair<std::string, std::string>> query; ///< decoded, in order
    std::map<std::string, std::string> parameters;          ///< of the route's `{name}` parts
    HttpHeaders headers;
    std::string body;
    HttpPeer peer;
    RequestClass kind = RequestClass::normal;
    Deadline deadline;
    TraceContext trace;  ///< of the server's own span: pass it on

    /// The first value of a query parameter.
    std::optional<std::string_view> query_value(std::string_view name) const;
};

struct HttpResponse {
    int status = 200;
    std::string type = "application/json";
    std::string body;
    HttpHeaders headers;  ///< besides type, length and connection
};

/// `OK`, `Not Found`, …
std::string_view reason_of(int status);
/// `{"error": code, "text": text, "retry": …}` with the status of the error's kind: bad_input and usage 400, gate_refused 403
/// or, where a retry helps (a limit that will be free again), 429 with Retry-After, not_found 404, failed 500 or, where a retry helps, 503 with Retry-After.
HttpResponse error_response(const Error& error);
HttpResponse error_response(int status, std::string_view code, std::string_view text, std::optional<std::chrono::seconds> retry_after = {});

/// Head and body as sent. Header values lose line breaks. @param body_sent false for HEAD
std::string to_wire(const HttpResponse& response, bool keep_alive, bool body_sent);

}  // namespace aitrading::kit

#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "kit/http/message.hpp"

namespace aitrading::kit {

struct HttpLimits {
    std::size_t header_bytes_max = 16 << 10;       ///< request line and all headers: 431 beyond
    std::size_t body_bytes_max = std::size_t{1} << 20;  ///< 413 beyond
};

/// Where a message stands after what was fed so far.
struct ParseStep {
    enum class State { more, done, refused };
    State state = State::more;
    int status = 0;      ///< to answer with, where refused
    std::string text;
};

/// Requests of one connection, byte by byte as they come (Beast's parser). Chunked and sized bodies; a message that has
/// both, or repeats its length, is refused, as are bodies with an encoding: nothing is ever unpacked.
class RequestParser {
  public:
    explicit RequestParser(const HttpLimits& limits);
    ~RequestParser();
    RequestParser(RequestParser&&) noexcept;

    /// Takes bytes and says how far the current request is. Bytes behind its end are kept for the next.
    ParseStep feed(std::string_view bytes);
    bool header_done() const;
    /// Whether nothing of the next request has come.
    bool empty() const;
    /// The request waits for `100 Continue` before it sends its body.
    bool expects_continue() const;
    bool keep_alive() const;
    /// Method, target and headers; the path is not decoded yet. @pre header_done()
    HttpRequest head() const;
    /// The request that is done; afterwards `feed("")` goes on with what is kept. @pre the last step was done
    HttpRequest take();
    /// Bytes that followed the last request, for a protocol that takes over.
    std::string leftover();

  private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

/// One response, as a client reads it.
class ResponseParser {
  public:
    ResponseParser(const HttpLimits& limits, bool to_head);
    ~ResponseParser();

    /// `status` is 502 where refused.
    ParseStep feed(std::string_view bytes);
    /// The peer closed: done where the body reaches to the end of the connection.
    ParseStep end();
    bool any() const;
    bool keep_alive() const;
    HttpResponse take();

  private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace aitrading::kit

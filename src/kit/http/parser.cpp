#include "kit/http/parser.hpp"

#include <optional>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace aitrading::kit {
namespace {

namespace http = boost::beast::http;
namespace asio = boost::asio;
using boost::system::error_code;

ParseStep refused(int status, std::string text) { return {ParseStep::State::refused, status, std::move(text)}; }

ParseStep refused(const error_code& problem) {
    if (problem == http::error::header_limit || problem == http::error::buffer_overflow) return refused(431, "the headers are too large");
    if (problem == http::error::body_limit) return refused(413, "the body is too large");
    if (problem == http::error::bad_version) return refused(505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
    return refused(400, "not an HTTP message: " + problem.message());
}

template <bool request>
HttpHeaders headers_of(const http::header<request>& head) {
    HttpHeaders out;
    for (const auto& field : head) out.add(std::string(field.name_string()), std::string(field.value()));
    return out;
}

/// Gives the parser what is kept, as long as it takes something. @pre parser not done
template <class Parser>
error_code put_all(Parser& parser, std::string& kept) {
    error_code problem;
    std::size_t used = 0;
    while (!parser.is_done()) {
        const std::size_t taken = parser.put(asio::buffer(kept.data() + used, kept.size() - used), problem);
        used += taken;
        if (problem || (taken == 0 && !parser.is_done())) break;
        if (used == kept.size()) break;
    }
    kept.erase(0, used);
    if (problem == http::error::need_more) problem = {};
    return problem;
}

}  // namespace

struct RequestParser::Inside {
    using Parser = http::request_parser<http::string_body>;
    HttpLimits limits;
    std::optional<Parser> parser;
    std::string kept;
    bool checked = false;

    explicit Inside(const HttpLimits& given) : limits(given) { begin(); }
    void begin() {
        parser.emplace();
        parser->header_limit(static_cast<std::uint32_t>(limits.header_bytes_max));
        parser->body_limit(limits.body_bytes_max);
        parser->eager(true);
        checked = false;
    }
    /// What Beast lets pass and we do not.
    std::optional<ParseStep> objection() const {
        const auto& head = parser->get();
        const HttpHeaders headers = headers_of(head.base());
        if (head.target().size() > 4'096) return refused(414, "the target is longer than 4096 bytes");
        if (head.version() == 11 && headers.count("Host") != 1) return refused(400, "exactly one Host header is expected");
        if (headers.count("Content-Length") > 1 || headers.count("Transfer-Encoding") > 1 ||
            (headers.has("Content-Length") && headers.has("Transfer-Encoding")))
            return refused(400, "the length of the body is given twice");
        if (headers.has("Transfer-Encoding") && !same_token(headers.get("Transfer-Encoding"), "chunked")) return refused(501, "of transfer encodings only chunked is known");
        if (headers.has("Content-Encoding") && !same_token(headers.get("Content-Encoding"), "identity")) return refused(415, "bodies are not unpacked; send them as they are");
        if (headers.has("Expect") && !same_token(headers.get("Expect"), "100-continue")) return refused(417, "of expectations only 100-continue is known");
        return std::nullopt;
    }
};

RequestParser::RequestParser(const HttpLimits& limits) : inside_(std::make_unique<Inside>(limits)) {}
RequestParser::~RequestParser() = default;
RequestParser::RequestParser(RequestParser&&) noexcept = default;

ParseStep RequestParser::feed(std::string_view bytes) {
    inside_->kept.append(bytes);
    if (inside_->kept.empty()) return {};
    const error_code problem = put_all(*inside_->parser, inside_->kept);
    if (inside_->parser->is_header_done() && !inside_->checked) {
        inside_->checked = true;
        if (auto objection = inside_->objection()) return *objection;
    }
    if (problem) return refused(problem);
    return {inside_->parser->is_done() ? ParseStep::State::done : ParseStep::State::more, 0, {}};
}

bool RequestParser::header_done() const { return inside_->parser->is_header_done(); }
bool RequestParser::empty() const { return inside_->kept.empty() && !inside_->parser->got_some(); }
bool RequestParser::expects_continue() const { return header_done() && !inside_->parser->is_done() && inside_->parser->get().count(http::field::expect) > 0; }
bool RequestParser::keep_alive() const { return inside_->parser->keep_alive(); }

HttpRequest RequestParser::head() const {
    const auto& message = inside_->parser->get();
    HttpRequest out;
    out.method = std::string(message.method_string());
    out.target = std::string(message.target());
    out.headers = headers_of(message.base());
    return out;
}

HttpRequest RequestParser::take() {
    HttpRequest out = head();
    out.body = std::move(inside_->parser->get().body());
    inside_->begin();
    return out;
}

std::string RequestParser::leftover() { return std::move(inside_->kept); }

struct ResponseParser::Inside {
    http::response_parser<http::string_body> parser;
    std::string kept;
};

ResponseParser::ResponseParser(const HttpLimits& limits, bool to_head) : inside_(std::make_unique<Inside>()) {
    inside_->parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes_max));
    inside_->parser.body_limit(limits.body_bytes_max);
    inside_->parser.eager(true);
    inside_->parser.skip(to_head);
}
ResponseParser::~ResponseParser() = default;

ParseStep ResponseParser::feed(std::string_view bytes) {
    inside_->kept.append(bytes);
    if (const error_code problem = put_all(inside_->parser, inside_->kept)) return refused(502, "the peer's answer: " + problem.message());
    return {inside_->parser.is_done() ? ParseStep::State::done : ParseStep::State::more, 0, {}};
}

ParseStep ResponseParser::end() {
    error_code problem;
    if (!inside_->parser.is_done()) inside_->parser.put_eof(problem);
    if (problem || !inside_->parser.is_done()) return refused(502, "the peer closed within its answer");
    return {ParseStep::State::done, 0, {}};
}

bool ResponseParser::any() const { return inside_->parser.got_some() || !inside_->kept.empty(); }
bool ResponseParser::keep_alive() const { return inside_->parser.keep_alive() && inside_->kept.empty(); }

HttpResponse ResponseParser::take() {
    auto& message = inside_->parser.get();
    HttpResponse out;
    out.status = static_cast<int>(message.result_int());
    out.headers = headers_of(message.base());
    out.type = std::string(out.headers.get("Content-Type"));
    out.body = std::move(message.body());
    return out;
}

}  // namespace aitrading::kit

#include "kit/http/tls.hpp"

#include <boost/asio/ssl/context.hpp>

namespace aitrading::kit {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

struct TlsContext::Inside {
    ssl::context context;
    TlsFiles files;
    Inside(ssl::context::method method, TlsFiles given) : context(method), files(std::move(given)) {
        SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_3_VERSION);
    }
};

namespace {

Result<void> load(ssl::context& context, const TlsFiles& files) {
    error_code problem;
    const auto refused = [&](const std::filesystem::path& file) {
        return fail(ErrorCode::bad_input, "TLS: " + file.string() + ": " + problem.message() + "; a readable PEM file is expected");
    };
    if (!files.certificate.empty()) {
        problem = context.use_certificate_chain_file(files.certificate.string(), problem);
        if (problem) return refused(files.certificate);
        problem = context.use_private_key_file(files.key.string(), ssl::context::pem, problem);
        if (problem) return refused(files.key);
        if (SSL_CTX_check_private_key(context.native_handle()) != 1)
            return fail(ErrorCode::bad_input, "TLS: " + files.key.string() + " is not the key of " + files.certificate.string());
    }
    if (!files.authorities.empty()) {
        problem = context.load_verify_file(files.authorities.string(), problem);
        if (problem) return refused(files.authorities);
    }
    return {};
}

}  // namespace

TlsContext::TlsContext(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
TlsContext::~TlsContext() = default;
const TlsFiles& TlsContext::files() const { return inside_->files; }
void* TlsContext::native() { return &inside_->context; }

Result<std::shared_ptr<TlsContext>> TlsContext::server(const TlsFiles& files) {
    auto inside = std::make_unique<Inside>(ssl::context::tls_server, files);
    if (files.certificate.empty()) return fail(ErrorCode::bad_input, "TLS: a server needs a certificate and its key");
    TRY_VOID(load(inside->context, files));
    SSL_CTX_set_num_tickets(inside->context.native_handle(), 0);
    inside->context.set_verify_mode(files.authorities.empty() ? ssl::verify_none : ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
    return std::shared_ptr<TlsContext>(new TlsContext(std::move(inside)));
}

Result<std::shared_ptr<TlsContext>> TlsContext::client(const TlsFiles& files) {
    auto inside = std::make_unique<Inside>(ssl::context::tls_client, files);
    TRY_VOID(load(inside->context, files));
    error_code problem;
    if (files.authorities.empty()) problem = inside->context.set_default_verify_paths(problem);
    inside->context.set_verify_mode(ssl::verify_peer);
    return std::shared_ptr<TlsContext>(new TlsContext(std::move(inside)));
}

}  // namespace aitrading::kit

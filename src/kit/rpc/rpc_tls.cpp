#include "kit/rpc/rpc_tls.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>

namespace aitrading::kit {
namespace {

/// gRPC 1.51 has no setting for the least version of TLS. It takes from this variable what TLS 1.2 may encrypt with, and there it gets
/// only what needs a shared key, which nobody has: no handshake of 1.2 comes to an end, those of 1.3 do not ask. Before `main`, while
/// there is one thread and nobody reads the environment.
const bool only_tls_1_3 = ::setenv("GRPC_SSL_CIPHER_SUITES", "PSK-AES256-GCM-SHA384", 1) == 0;

/// Names are looked up by the system, as HTTP's client does: c-ares, which gRPC takes otherwise, forgets memory when a channel ends while a
/// name is looked up. Who sets the variable has it as they wish.
const bool names_by_the_system = ::setenv("GRPC_DNS_RESOLVER", "native", 0) == 0;

Result<std::string> read_pem(const std::filesystem::path& path) {
    if (path.empty()) return std::string();
    std::ifstream in(path, std::ios::binary);
    std::string out((std::istreambuf_iterator<char>(in)), {});
    if (!in || out.empty()) return fail(ErrorCode::bad_input, "TLS: " + path.string() + " cannot be read any more");
    return out;
}

}  // namespace

Result<std::shared_ptr<grpc::ServerCredentials>> server_credentials(const std::shared_ptr<TlsContext>& tls) {
    if (!tls) return grpc::InsecureServerCredentials();
    if (!only_tls_1_3) return fail(ErrorCode::failed, "gRPC cannot be kept from TLS 1.2: the environment takes no variable");
    const TlsFiles& files = tls->files();
    grpc::SslServerCredentialsOptions options(files.authorities.empty() ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    grpc::SslServerCredentialsOptions::PemKeyCertPair own;
    TRY(own.private_key, read_pem(files.key));
    TRY(own.cert_chain, read_pem(files.certificate));
    options.pem_key_cert_pairs.push_back(std::move(own));
    TRY(options.pem_root_certs, read_pem(files.authorities));
    return grpc::SslServerCredentials(options);
}

Result<std::shared_ptr<grpc::ChannelCredentials>> channel_credentials(const std::shared_ptr<TlsContext>& tls) {
    if (!tls) return grpc::InsecureChannelCredentials();
    if (!only_tls_1_3) return fail(ErrorCode::failed, "gRPC cannot be kept from TLS 1.2: the environment takes no variable");
    const TlsFiles& files = tls->files();
    grpc::SslCredentialsOptions options;
    TRY(options.pem_private_key, read_pem(files.key));
    TRY(options.pem_cert_chain, read_pem(files.certificate));
    TRY(options.pem_root_certs, read_pem(files.authorities));
    return grpc::SslCredentials(options);
}

}  // namespace aitrading::kit

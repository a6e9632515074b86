#include "kit/testing/certificates.hpp"

#include <cstdio>
#include <cstdlib>
#include <memory>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/check.hpp"

namespace aitrading::kit {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Key new_key() { return {EVP_EC_gen("P-256"), EVP_PKEY_free}; }

void extend(X509* certificate, X509* issuer, int kind, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
    CHECK(extension != nullptr);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

/// @param issuer none: signs itself
Certificate new_certificate(const std::string& name, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key) {
    static long serial = 0;
    Certificate out(X509_new(), X509_free);
    X509_set_version(out.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(out.get()), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(out.get()), -3'600);
    X509_gmtime_adj(X509_getm_notAfter(out.get()), 86'400);
    X509_set_pubkey(out.get(), key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(out.get()), "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(out.get(), X509_get_subject_name(issuer != nullptr ? issuer : out.get()));
    if (issuer == nullptr) extend(out.get(), out.get(), NID_basic_constraints, "critical,CA:TRUE");
    else extend(out.get(), issuer, NID_subject_alt_name, "IP:127.0.0.1,DNS:localhost");
    CHECK(X509_sign(out.get(), issuer_key, EVP_sha256()) > 0);
    return out;
}

template <class Write>
void write_pem(const std::filesystem::path& path, Write write) {
    std::FILE* file = std::fopen(path.c_str(), "w");
    CHECK(file != nullptr);
    CHECK(write(file) == 1);
    CHECK(std::fclose(file) == 0);
}

void write_both(const std::filesystem::path& path, X509* certificate, EVP_PKEY* key) {
    write_pem(path.string() + ".pem", [&](std::FILE* f) { return PEM_write_X509(f, certificate); });
    write_pem(path.string() + ".key", [&](std::FILE* f) { return PEM_write_PrivateKey(f, key, nullptr, nullptr, 0, nullptr, nullptr); });
}

}  // namespace

TestAuthority::TestAuthority() {
    std::string name = (std::filesystem::temp_directory_path() / "ait-tls-XXXXXX").string();
    CHECK(mkdtemp(name.data()) != nullptr);
    folder_ = name;
    const Key key = new_key();
    const Certificate certificate = new_certificate("test authority", key.get(), nullptr, key.get());
    write_both(folder_ / "authority", certificate.get(), key.get());
}

TestAuthority::~TestAuthority() { std::filesystem::remove_all(folder_); }

std::filesystem::path TestAuthority::issue(const std::string& name) {
    std::FILE* file = std::fopen((folder_ / "authority.key").c_str(), "r");
    CHECK(file != nullptr);
    const Key issuer_key(PEM_read_PrivateKey(file, nullptr, nullptr, nullptr), EVP_PKEY_free);
    CHECK(std::fclose(file) == 0);
    file = std::fopen(certificate().c_str(), "r");
    CHECK(file != nullptr);
    const Certificate issuer(PEM_read_X509(file, nullptr, nullptr, nullptr), X509_free);
    CHECK(std::fclose(file) == 0);
    const Key key = new_key();
    const Certificate issued = new_certificate(name, key.get(), issuer.get(), issuer_key.get());
    write_both(folder_ / name, issued.get(), key.get());
    return folder_ / name;
}

}  // namespace aitrading::kit

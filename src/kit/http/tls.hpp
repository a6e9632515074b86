#pragma once

#include <filesystem>
#include <memory>

#include "base/result.hpp"

namespace aitrading::kit {

/// PEM files of one side.
struct TlsFiles {
    std::filesystem::path certificate;  ///< own chain; a client without one leaves it empty
    std::filesystem::path key;
    std::filesystem::path authorities;  ///< whose certificates are believed. A server that names them demands a client's (mTLS)
};

/// TLS 1.3 and nothing older, with OpenSSL's own choice of ciphers; no session tickets across restarts. Shared by connections.
class TlsContext {
  public:
    /// @errors bad_input, with the file that cannot be read or does not fit
    static Result<std::shared_ptr<TlsContext>> server(const TlsFiles& files);
    /// Believes `authorities`, or the machine's where it is empty.
    static Result<std::shared_ptr<TlsContext>> client(const TlsFiles& files);
    ~TlsContext();
    /// What it was made of.
    const TlsFiles& files() const;
    /// The Asio context, for the sources of this room.
    void* native();

  private:
    struct Inside;
    explicit TlsContext(std::unique_ptr<Inside> inside);
    std::unique_ptr<Inside> inside_;
};

}  // namespace aitrading::kit

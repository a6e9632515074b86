#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace aitrading::engines::redis {

/// Where a server is and who asks.
struct Address {
    std::string host = "127.0.0.1";
    int port = 6379;
    int database = 0;
    std::string user, password;  ///< never part of an error or a log
    /// For errors: without the secrets.
    std::string shown() const { return "redis " + host + ":" + std::to_string(port) + "/" + std::to_string(database); }
};

/// `redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE]`, with %XX for what an address cannot carry in user and password.
/// @errors usage (names the part, never the secret)
Result<Address> parse_address(std::string_view text);

}  // namespace aitrading::engines::redis

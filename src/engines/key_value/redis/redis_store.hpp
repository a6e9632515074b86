#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "ports/key_value/key_value.hpp"

namespace aitrading::engines {

struct RedisStoreOptions {
    std::string address = "redis://127.0.0.1:6379/0";  ///< see redis/address.hpp; TLS is not available
    std::string space = "aitrading";  ///< first part of every key, so that one server can serve several platforms: letters, digits, dashes
    int connections_max = 8;          ///< open at a time; a call waits for a free one
    std::chrono::milliseconds call_max{5'000};  ///< the whole of a call: waiting, connecting, asking
};

/// Small things on a Redis server (or one that speaks like it: 7.0 or later), for several processes. A key is
/// SPACE:TENANT:KEY. Comparisons and counters are scripts, which the server runs as one step. A lost connection is opened anew
/// by the next call; a call that was sent and not answered is not sent again, unless it only reads. What a restart keeps and
/// what a full server drops is set there: `appendonly`, `maxmemory`, `maxmemory-policy allkeys-lru`.
/// Does not connect yet: see `health`. @errors usage (address, space, connections_max outside 1..256, call_max below 1 ms)
Result<std::unique_ptr<ports::KeyValue>> open_redis_store(const RedisStoreOptions& options);

}  // namespace aitrading::engines

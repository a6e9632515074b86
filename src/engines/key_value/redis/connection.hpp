#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engines/key_value/redis/address.hpp"

struct redisContext;

namespace aitrading::engines::redis {

using Deadline = std::chrono::steady_clock::time_point;

/// What a server answered.
struct Reply {
    enum class Kind { nothing, text, number, list, error };
    Kind kind = Kind::nothing;
    std::string text;
    std::int64_t number = 0;
    std::vector<Reply> items;
};

enum class Script { compare_and_set, add };

/// One connection to a server, for one thread at a time. After an error it is of no more use.
class Connection {
  public:
    /// Connects, signs in and loads the scripts. @errors failed (nobody answers in time; refused)
    static Result<std::unique_ptr<Connection>> open(const Address& address, Deadline deadline);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Sends one command and waits for its answer. A server's refusal of the command is a reply of kind error.
    /// @errors failed: the connection broke or the deadline passed. `retry_helps` only where nothing was sent
    Result<Reply> call(const std::vector<std::string_view>& words, Deadline deadline);
    /// Runs a script with one key. @errors as call
    Result<Reply> run(Script script, std::string_view key, const std::vector<std::string_view>& arguments, Deadline deadline);
    /// Whether it can still be used, as far as this side knows: a server that went away has closed it.
    bool alive() const;

  private:
    explicit Connection(Address address);
    Result<void> connect(Deadline deadline);
    Result<void> sign_in(Deadline deadline);
    Result<void> load(Script script, Deadline deadline);
    Result<void> wait_until(short events, Deadline deadline);
    Error broken(const char* doing) const;

    Address address_;
    redisContext* context_ = nullptr;
    std::string shas_[2];
    bool broken_ = false;
};

}  // namespace aitrading::engines::redis

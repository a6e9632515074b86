#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "kit/rpc/rpc_call.hpp"

namespace aitrading::kit {

/// `grpc.health.v1.Health`, as load balancers and Kubernetes ask it: Check and Watch, for the server as a whole ("") and for each
/// service that it answers. All of them are well when the server's owner says so. Answers anyone. Safe to use from several threads.
class RpcHealth : public std::enable_shared_from_this<RpcHealth> {
  public:
    using Serving = std::function<bool()>;
    /// @param methods those that are answered; Check and Watch are added to them
    static std::shared_ptr<RpcHealth> add_to(RpcMethods& methods, Serving serving);
    /// Asks, where somebody watches, and tells those who watch what has changed.
    void look();
    bool watched();
    /// Asks the owner no more, from the moment it returns; nothing is well any more.
    void stop();

  private:
    static constexpr std::size_t watchers_max = 100;
    struct Watcher {
        std::string service;
        std::shared_ptr<ReplyStream> stream;
        int told = 0;
    };
    int status_of(const std::string& service);
    Result<void> watch(const std::string& service, const std::shared_ptr<ReplyStream>& stream);

    std::map<std::string, bool, std::less<>> services_;
    std::mutex asking_;  ///< of `serving_` and of the moment of its call
    Serving serving_;
    std::mutex mutex_;   ///< of those who watch
    std::map<std::uint64_t, Watcher> watchers_;
    std::uint64_t next_ = 1;
};

}  // namespace aitrading::kit

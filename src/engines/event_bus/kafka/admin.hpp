#pragma once

#include <vector>

#include "engines/event_bus/kafka/client.hpp"

namespace aitrading::engines::kafka {

/// Requests to the cluster about topics and groups, over one connection. Safe to use from several threads.
class Admin {
  public:
    static Result<std::unique_ptr<Admin>> open(const Connection& to);

    /// Idempotent; returns when the topic can be used. @errors failed
    Result<void> create_topic(const std::string& topic, int partitions, int replicas, const Settings& settings);
    /// Topics whose name begins so, with the number of their partitions. @errors failed
    Result<std::map<std::string, int>> topics(const std::string& prefix);
    /// What a group has committed; empty where it never did. Waits for what is being committed. @errors failed
    Result<Offsets> committed(const std::string& group, const std::string& topic, int partitions);
    /// How many members a group has now. @errors failed
    Result<int> members(const std::string& group);
    /// Removes what lies before these offsets. @errors failed
    Result<void> remove_before(const std::string& topic, const Offsets& offsets);

  private:
    Admin(Connection to, Handle handle) : to_(std::move(to)), handle_(std::move(handle)) {}
    Connection to_;
    Handle handle_;
};

}  // namespace aitrading::engines::kafka

#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "engines/event_bus/journal/layout.hpp"

namespace aitrading::engines::journal {

struct TopicView {
    TopicEntry entry;
    std::vector<std::int64_t> first, end;  ///< durable offsets of each partition
};

struct GroupView {
    std::int64_t id = 0;
    std::vector<std::int64_t> committed;
    std::vector<std::int64_t> in_snapshot;  ///< last offset that the snapshot holds; empty: no snapshot
    std::vector<int> attempts;  ///< of the first uncommitted event of each partition
    std::vector<int> members;   ///< partition p belongs to members[p % size]
    int generation = 0;         ///< changes with the members

    /// Last event of a partition that this group needs no more: a snapshot is of use with all that was committed after it.
    std::int64_t done_with(std::size_t partition) const { return in_snapshot.empty() ? committed[partition] : in_snapshot[partition]; }
};

/// What the writer tells and the subscriptions read, in memory: ends, offsets and members. Group offsets run ahead of the
/// disk by at most the writer's open transaction; if that fails the journal stops, so nothing is ever built on them.
struct Directory {
    using GroupName = std::pair<std::string, std::string>;  ///< topic, group

    std::mutex mutex;
    std::condition_variable arrived;  ///< ends grew, members changed, or the journal stopped
    std::uint64_t arrivals = 0;       ///< counts what `arrived` tells
    std::map<std::string, TopicView, std::less<>> topics;
    std::map<GroupName, GroupView> groups;

    /// @pre the mutex is held @errors not_found
    Result<TopicView*> topic(std::string_view name) {
        const auto found = topics.find(name);
        if (found == topics.end()) return fail(ErrorCode::not_found, "the bus has no topic '" + std::string(name) + "'; create it first");
        return &found->second;
    }
    Result<GroupView*> group(std::string_view topic_name, std::string_view name) {
        TRY([[maybe_unused]] TopicView* there, topic(topic_name));
        const auto found = groups.find({std::string(topic_name), std::string(name)});
        if (found == groups.end())
            return fail(ErrorCode::not_found, "topic '" + std::string(topic_name) + "' has no group '" + std::string(name) + "'");
        return &found->second;
    }
    void tell() {
        ++arrivals;
        arrived.notify_all();
    }
};

}  // namespace aitrading::engines::journal

#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>

#include "ports/table_store/conformance/ground.hpp"

namespace aitrading::ports {

/// What a planted engine does wrong.
enum class Fault {
    none,
    loses_on_restart,         ///< the last transaction is gone when it opens again
    commits_too_early,        ///< what it says is durable becomes so when it is closed in peace
    mixes_tenants,            ///< scans show the rows of all tenants
    ignores_versions,         ///< conditional writes always pass
    reuses_versions,          ///< each row counts its own versions from 1
    keeps_half,               ///< what a transaction without a commit wrote stays
    loses_updates,            ///< writers that overlap do not notice each other
    sorts_by_writing,         ///< a scan gives rows in the order of their first writing
    ignores_the_bound,        ///< a page gives all there is
    repeats_the_mark,         ///< a page begins with the row it should begin behind
    forgets_uniqueness,       ///< two rows may be alike in a unique index
    migrates_in_pieces,       ///< a step that fails leaves its first changes
    opens_without_bound,      ///< any number of transactions at a time
    moves_under_readers,      ///< a reader sees what others commit meanwhile
};

/// Order of the port: by type, text and bytes by their bytes.
struct ValuesLess {
    bool operator()(const std::vector<Value>& a, const std::vector<Value>& b) const;
};

struct ReferenceState {
    struct Held {
        StoredRow stored;
        std::int64_t first_written = 0;
    };
    using Rows = std::map<Key, Held, ValuesLess>;
    std::map<std::string, std::map<std::string, Rows>> tables;  ///< name, tenant
    std::vector<AppliedMigration> applied;
    std::int64_t version = 0;
};

/// What several engines on one ground share.
struct ReferenceShared {
    std::mutex mutex;
    std::condition_variable turn_over;
    bool writing = false;
    std::shared_ptr<const ReferenceState> now = std::make_shared<ReferenceState>();
    std::shared_ptr<const ReferenceState> before = now;   ///< without the last commit
    std::shared_ptr<const ReferenceState> durable = now;  ///< what a cut leaves
};

/// The port's promises in the plainest way: a state that is copied by each writer and replaced by its commit, one writer at
/// a time. Its faults show that the conformance suite refuses what it should.
class ReferenceGround final : public conformance::tables::Ground {
  public:
    explicit ReferenceGround(Fault fault) : fault_(fault) {}
    Result<std::unique_ptr<TableEngine>> open(PoolOptions pool) override;
    void cut(std::unique_ptr<TableStore> store) override;
    bool holds(std::string_view bytes) override;

  private:
    Fault fault_;
    std::shared_ptr<ReferenceShared> shared_ = std::make_shared<ReferenceShared>();
};

}  // namespace aitrading::ports

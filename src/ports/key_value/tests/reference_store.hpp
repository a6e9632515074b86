#pragma once

#include <map>
#include <mutex>

#include "ports/key_value/conformance/ground.hpp"

namespace aitrading::ports {

/// What a planted store does wrong.
enum class KeyValueFault {
    none,
    never_ends_a_life,       ///< keys outlive their time
    keeps_the_old_life,      ///< a put without an end leaves the one that was there
    shares_tenants,          ///< tenant and key are laid side by side
    ignores_what_expected,   ///< a set is done whatever the value is
    ignores_bounds,          ///< a counter leaves its bounds
    counts_in_doubles,       ///< counters beyond 2^53 are rounded
    loses_additions,         ///< every fiftieth addition is told but not kept
    scans_by_pattern,        ///< a star in a prefix stands for anything
    skips_a_page,            ///< a scan leaves out the first key of each later page
    tears_on_a_cut,          ///< half a value is there after a power cut
    cuts_at_zero,            ///< a value ends at its first zero byte
};

struct ReferenceEntry {
    std::string value;
    std::optional<std::int64_t> ends_ms;
};
using ReferenceKey = std::pair<std::string, std::string>;  ///< tenant, key

struct ReferenceShelf {
    std::mutex mutex;
    std::map<ReferenceKey, ReferenceEntry> entries;
    std::int64_t now_ms = 0;
    int additions = 0;
};

/// The port's promises in the plainest way: a map under one mutex. Its faults show that the suite refuses what it should.
class ReferenceKeyValueGround final : public conformance::KeyValueGround {
  public:
    explicit ReferenceKeyValueGround(KeyValueFault fault) : fault_(fault) {}
    Result<std::unique_ptr<KeyValue>> open() override;
    void pass(std::chrono::milliseconds time) override { shelf_->now_ms += time.count(); }
    void cut(std::unique_ptr<KeyValue> store) override;

  private:
    KeyValueFault fault_;
    std::shared_ptr<ReferenceShelf> shelf_ = std::make_shared<ReferenceShelf>();
};

}  // namespace aitrading::ports

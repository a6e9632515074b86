#pragma once

#include <map>
#include <mutex>

#include "ports/archive/conformance/ground.hpp"

namespace aitrading::ports {

/// What a planted archive does wrong.
enum class ArchiveFault {
    none,
    gives_what_is_damaged,   ///< content is not compared with its id
    keeps_what_is_unfinished,
    removes_what_is_held,
    shortens_the_keeping,    ///< the last time given holds, be it earlier
    loses_on_a_cut,          ///< the last object is gone after a power cut
    shares_tenants,
    drops_the_last_piece,    ///< a content longer than a block loses what is over it
    skips_in_lists,          ///< a later page leaves out its first object
    tears_on_a_full_disk,    ///< the half that found room is there
    loses_what_is_referred,  ///< removes objects that a reference stands for
};

struct ReferenceObjects {
    struct Object {
        std::string content;
        ObjectEntry entry;
    };
    struct Tenant {
        std::map<std::string, Object, std::less<>> objects;
        std::map<std::string, std::string, std::less<>> references;
    };
    std::mutex mutex;
    std::map<std::string, Tenant, std::less<>> tenants;
    std::pair<std::string, std::string> last;  ///< tenant and id of the last put
    UnixNanos now;
    bool full = false;
};

/// The port's promises in the plainest way: maps under one mutex. Its faults show that the suite refuses what it should.
class ReferenceArchiveGround final : public conformance::ArchiveGround {
  public:
    explicit ReferenceArchiveGround(ArchiveFault fault) : fault_(fault) {}
    Result<std::unique_ptr<Archive>> open() override;
    void set_clock(UnixNanos now) override { objects_->now = now; }
    void cut(std::unique_ptr<Archive> archive) override;
    void damage(ObjectName name) override;
    bool set_full(bool full) override {
        objects_->full = full;
        return true;
    }

  private:
    ArchiveFault fault_;
    std::shared_ptr<ReferenceObjects> objects_ = std::make_shared<ReferenceObjects>();
};

}  // namespace aitrading::ports

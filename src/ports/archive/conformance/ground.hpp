#pragma once

#include <functional>
#include <memory>

#include "ports/archive/archive.hpp"

namespace aitrading::ports::conformance {

/// Where an archive keeps its objects; outlives the archives that are opened on it, one at a time.
class ArchiveGround {
  public:
    virtual ~ArchiveGround() = default;
    virtual Result<std::unique_ptr<Archive>> open() = 0;
    /// What the archive's clock shows from now on.
    virtual void set_clock(UnixNanos now) = 0;
    /// Ends the archive as a power cut does.
    virtual void cut(std::unique_ptr<Archive> archive) = 0;
    /// Changes one byte of what is stored of an object's content.
    virtual void damage(ObjectName name) = 0;
    /// While full, the disk takes not much more. False where this ground cannot play that.
    virtual bool set_full(bool full) = 0;
};
using MakeArchiveGround = std::function<std::unique_ptr<ArchiveGround>()>;

/// An archive on an empty ground whose clock shows `noon`.
struct ArchiveBench {
    static constexpr UnixNanos noon{1'700'000'000'000'000'000};
    explicit ArchiveBench(const MakeArchiveGround& make) : ground(make()) {
        ground->set_clock(noon);
        reopen();
    }
    void reopen() {
        archive.reset();
        auto opened = ground->open();
        if (opened) archive = std::move(*opened);
        else broken = opened.error().text;
    }
    void cut() {
        ground->cut(std::move(archive));
        reopen();
    }
    std::unique_ptr<ArchiveGround> ground;
    std::unique_ptr<Archive> archive;
    std::string broken;  ///< why it could not be opened
};

}  // namespace aitrading::ports::conformance

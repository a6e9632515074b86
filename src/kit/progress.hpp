#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace aitrading::kit {

enum class ProgressMode { automatic, plain, none };

/// A long step as a person sees it on stderr: what, bar, share, rate, time left; a finished step stays as one line with
/// its time. Bars are drawn on a terminal only; `plain` writes a line every few seconds; `none` nothing.
/// One thread at a time; drawn at most ten times a second, so `advance` may be called per row batch.
class Progress {
  public:
    /// @param total units to do, 0 when unknown   @param unit plural noun shown with the rate ("rows", "folds")
    Progress(ProgressMode mode, std::string what, std::int64_t total, std::string unit);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void advance(std::int64_t units);
    /// Sets the units done so far.
    void at(std::int64_t done);
    /// A few words behind the bar, until other ones come; they count as work going on.
    void note(std::string text);
    /// Leaves the final line, with a remark where one is given. Without it the destructor leaves "stopped".
    void finish(const std::string& remark = "");

  private:
    void draw_in_time();
    void draw(bool last, const std::string& remark);
    ProgressMode mode_;
    std::string what_, unit_, note_;
    std::int64_t total_, done_ = 0;
    std::chrono::steady_clock::time_point started_, drawn_;
    bool terminal_ = false, finished_ = false;
};

}  // namespace aitrading::kit

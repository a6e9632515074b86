#pragma once

#include <cstdint>
#include <mutex>
#include <string>

#include "apps/aitrading/commands.hpp"
#include "models/ensemble/pipeline.hpp"

namespace aitrading::apps {

/// The progress bar of a pipeline: fits done, and beside them what the long ones say (loss, rate, time left).
class FitBar {
  public:
    /// @param fits how many there will be, 0 where not known
    FitBar(const Context& context, const std::string& what, std::size_t fits)
        : progress_(context.progress, what, static_cast<std::int64_t>(fits), "fits") {}
    /// @pre the bar outlives the run of these options
    void follow(models::PipelineOptions& options);
    void finish() { progress_.finish(); }

  private:
    std::mutex mutex_;  ///< fits run side by side
    kit::Progress progress_;
};

}  // namespace aitrading::apps

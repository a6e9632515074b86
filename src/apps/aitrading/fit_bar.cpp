#include "apps/aitrading/fit_bar.hpp"

#include <fmt/format.h>

namespace aitrading::apps {

void FitBar::follow(models::PipelineOptions& options) {
    options.progress = [this](const models::PipelineProgress& p) {
        const std::lock_guard lock(mutex_);
        progress_.at(static_cast<std::int64_t>(p.done));
    };
    options.inside = [this](std::string_view member, int fold, const models::FitProgress& p) {
        const std::lock_guard lock(mutex_);
        progress_.note(fmt::format("{} fold {}: {}", member, fold + 1, p.text));
    };
}

}  // namespace aitrading::apps

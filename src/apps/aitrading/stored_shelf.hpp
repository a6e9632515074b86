#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "apps/aitrading/stored_model.hpp"
#include "models/ensemble/service/model_shelf.hpp"

namespace aitrading::apps {

/// The registry's models for requests; the last few that were asked stay in memory.
class StoredShelf final : public models::ModelShelf {
  public:
    /// @pre context outlives it and the models that it gave
    explicit StoredShelf(const Context& context) : context_(context) {}

    Result<std::shared_ptr<const models::AskedModel>> take(const std::string& name, std::optional<int> version) override;
    /// Sound versions that can answer from the bars of their series alone, by name and version.
    Result<std::vector<models::ListedModel>> list() override;

  private:
    const Context& context_;
    std::mutex mutex_;
    std::vector<std::shared_ptr<const models::AskedModel>> kept_;  ///< the latest last
};

}  // namespace aitrading::apps

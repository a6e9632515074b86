#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>

#include "engines/vectors/hnsw/hnsw_vectors.hpp"
#include "ports/vectors/conformance/ground.hpp"

namespace aitrading::engines {

/// A store with a file in a folder of its own.
class HnswGround final : public ports::conformance::VectorGround {
  public:
    explicit HnswGround(int exact_up_to, std::shared_ptr<ports::Cipher> cipher = nullptr)
        : folder_(std::filesystem::path(testing::TempDir()) / ("hnsw." + std::to_string(::getpid()) + "." + std::to_string(made_++))),
          exact_up_to_(exact_up_to), cipher_(std::move(cipher)) {}
    ~HnswGround() override { std::filesystem::remove_all(folder_); }
    HnswGround(const HnswGround&) = delete;
    HnswGround& operator=(const HnswGround&) = delete;
    Result<std::unique_ptr<ports::Vectors>> open() override { return open_hnsw_vectors(options()); }
    void cut(std::unique_ptr<ports::Vectors> vectors) override { static_cast<HnswVectors&>(*vectors).abandon(); }
    HnswOptions options() const { return {.file = file(), .cipher = cipher_, .exact_up_to = exact_up_to_}; }
    std::filesystem::path file() const { return folder_ / "vectors"; }

  private:
    inline static std::atomic<int> made_{0};
    std::filesystem::path folder_;
    int exact_up_to_;
    std::shared_ptr<ports::Cipher> cipher_;
};

}  // namespace aitrading::engines

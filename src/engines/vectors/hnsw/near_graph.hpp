#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ports/vectors/vectors.hpp"

namespace aitrading::engines::hnsw {

/// One graph of near neighbours, of vectors under numbers. Searches may run side by side; changes alone.
class NearGraph {
  public:
    explicit NearGraph(const ports::VectorSpace& space);
    ~NearGraph();
    NearGraph(const NearGraph&) = delete;
    NearGraph& operator=(const NearGraph&) = delete;

    /// Adds a vector, or moves the one that has the number. @param seed decides its level @pre the vector is checked
    /// @errors failed (no memory)
    Result<void> put(std::uint64_t number, std::uint64_t seed, const std::vector<float>& values);
    /// @pre it is there, and was not removed
    void remove(std::uint64_t number);
    struct Near {
        float distance = 0;
        std::uint64_t number = 0;
    };
    /// About the nearest, in no order. @param candidates more find better and take longer
    std::vector<Near> nearest(const std::vector<float>& query, std::size_t count, std::size_t candidates) const;
    /// The distance to each of these, one by one.
    std::vector<Near> measured(const std::vector<float>& query, std::span<const std::uint64_t> numbers) const;

    /// All of it as bytes, and back. @errors failed, gate_refused
    Result<std::string> packed() const;
    Result<void> unpack(std::string_view bytes);

  private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace aitrading::engines::hnsw

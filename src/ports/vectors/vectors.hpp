#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace aitrading::ports {

/// How far two vectors are apart: `l2` the Euclidean distance; `cosine` 1 - cos of their angle, from 0 to 2.
enum class VectorMetric { l2, cosine };

struct VectorSpace {
    int dimensions = 0;
    VectorMetric metric = VectorMetric::cosine;
    friend bool operator==(const VectorSpace&, const VectorSpace&) = default;
};

struct VectorItem {
    std::string id;
    std::vector<float> values;  ///< as many as the space has dimensions, finite; not all zero where the metric is cosine
};

struct VectorHit {
    std::string id;
    float distance = 0;
    friend bool operator==(const VectorHit&, const VectorHit&) = default;
};

inline constexpr int vector_dimensions_max = 4'096, vector_batch_max = 10'000, vector_hits_max = 1'000;
inline constexpr std::size_t vector_id_bytes_max = 256;

/// Finds the nearest of many vectors: market situations like this one, documents of a like meaning. An engine may leave out a
/// near one now and then (its recall is measured); a distance that it gives is right. The same calls in the same order give
/// the same answers. Safe to use from several threads; what was put is found by the next search.
///
/// What was put is durable when `save` has returned: a restart brings back the state of the last `save` or a later one, whole.
/// Vectors come from something that is kept elsewhere, and can be made again.
///
/// @errors of every call: usage (a name or count outside the limits), not_found (the space)
class Vectors {
  public:
    virtual ~Vectors() = default;

    /// Idempotent. @param space 1 to 60 lower-case letters, digits and underscores
    /// @errors usage (name, dimensions outside 1..vector_dimensions_max, the space is another)
    virtual Result<void> create(std::string_view space, const VectorSpace& what) = 0;
    /// Adds vectors, or puts them in the place of those with their ids: all of them or none.
    /// @errors bad_input (names the item), failed (the store is full: retry does not help)
    virtual Result<void> put(std::string_view tenant, std::string_view space, const std::vector<VectorItem>& items) = 0;
    /// How many of them were there.
    virtual Result<std::int64_t> remove(std::string_view tenant, std::string_view space, const std::vector<std::string>& ids) = 0;
    /// How many there are.
    virtual Result<std::int64_t> count(std::string_view tenant, std::string_view space) = 0;
    /// The nearest, at most so many: by distance, then by id. @errors bad_input (the query)
    virtual Result<std::vector<VectorHit>> nearest(std::string_view tenant, std::string_view space, const std::vector<float>& query, int hits_max) = 0;
    /// @errors failed (disk full, …: what was saved before stays)
    virtual Result<void> save() = 0;
    /// Whether what is saved is whole. @errors gate_refused
    virtual Result<void> verify() = 0;
};

/// @errors usage
Result<void> check_vector_space(std::string_view space, const VectorSpace& what);
/// @errors bad_input @param what "the query", "item 'x'"
Result<void> check_vector(const std::string& what, const std::vector<float>& values, const VectorSpace& space);
/// @errors usage (too many), bad_input (names the item)
Result<void> check_vector_items(const std::vector<VectorItem>& items, const VectorSpace& space);
/// @errors usage
Result<void> check_vector_hits(int hits_max);
/// By the definition, in double. @pre equal sizes
float vector_distance(const std::vector<float>& a, const std::vector<float>& b, VectorMetric metric);

}  // namespace aitrading::ports

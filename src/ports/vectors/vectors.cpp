#include "ports/vectors/vectors.hpp"

#include <algorithm>
#include <cmath>

namespace aitrading::ports {

Result<void> check_vector_space(std::string_view space, const VectorSpace& what) {
    const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
    if (space.empty() || space.size() > 60 || !std::ranges::all_of(space, fits))
        return fail(ErrorCode::usage, "space '" + std::string(space.substr(0, 60)) + "': a name has 1 to 60 lower-case letters, digits and underscores");
    if (what.dimensions >= 1 && what.dimensions <= vector_dimensions_max) return {};
    return fail(ErrorCode::usage, "a space has 1 to 4,096 dimensions, not " + std::to_string(what.dimensions));
}

Result<void> check_vector(const std::string& what, const std::vector<float>& values, const VectorSpace& space) {
    if (std::ssize(values) != space.dimensions)
        return fail(ErrorCode::bad_input, what + " has " + std::to_string(values.size()) + " values, the space " + std::to_string(space.dimensions) + " dimensions");
    double squares = 0;
    for (const float value : values) squares += static_cast<double>(value) * static_cast<double>(value);
    // In double no finite floats overflow; their sum must be a float's size for the engines' own sums.
    if (!std::isfinite(squares) || squares > 1e37) return fail(ErrorCode::bad_input, what + " has values that are not finite, or too large");
    if (space.metric == VectorMetric::cosine && squares < 1e-37) return fail(ErrorCode::bad_input, what + " is zero, which has no direction");
    return {};
}

Result<void> check_vector_items(const std::vector<VectorItem>& items, const VectorSpace& space) {
    if (items.size() > static_cast<std::size_t>(vector_batch_max)) return fail(ErrorCode::usage, "at most 10,000 vectors are put at once");
    for (const VectorItem& item : items) {
        if (item.id.empty() || item.id.size() > vector_id_bytes_max) return fail(ErrorCode::bad_input, "a vector's id has 1 to 256 bytes");
        TRY_VOID(check_vector("vector '" + item.id + "'", item.values, space));
    }
    return {};
}

Result<void> check_vector_hits(int hits_max) {
    if (hits_max >= 1 && hits_max <= vector_hits_max) return {};
    return fail(ErrorCode::usage, "a search gives 1 to 1,000 hits, not " + std::to_string(hits_max));
}

float vector_distance(const std::vector<float>& a, const std::vector<float>& b, VectorMetric metric) {
    double squares = 0, dot = 0, a_squares = 0, b_squares = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double x = a[i], y = b[i];
        squares += (x - y) * (x - y);
        dot += x * y;
        a_squares += x * x;
        b_squares += y * y;
    }
    if (metric == VectorMetric::l2) return static_cast<float>(std::sqrt(squares));
    return static_cast<float>(std::max(0.0, 1.0 - dot / std::sqrt(a_squares * b_squares)));
}

}  // namespace aitrading::ports

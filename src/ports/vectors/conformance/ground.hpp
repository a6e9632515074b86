#pragma once

#include <functional>
#include <memory>

#include "ports/vectors/vectors.hpp"

namespace aitrading::ports::conformance {

/// Where a store of vectors keeps them; outlives the stores that are opened on it, one at a time.
class VectorGround {
  public:
    virtual ~VectorGround() = default;
    virtual Result<std::unique_ptr<Vectors>> open() = 0;
    /// Ends the store as a power cut does.
    virtual void cut(std::unique_ptr<Vectors> vectors) = 0;
};
using MakeVectorGround = std::function<std::unique_ptr<VectorGround>()>;

/// A store on an empty ground, with a space `plane` of two dimensions (l2) and a space `sphere` of three (cosine).
struct VectorBench {
    explicit VectorBench(const MakeVectorGround& make) : ground(make()) { reopen(); }
    void reopen() {
        vectors.reset();
        auto opened = ground->open();
        if (!opened) {
            broken = opened.error().text;
            return;
        }
        vectors = std::move(*opened);
        for (const auto& [name, space] : {std::pair{"plane", VectorSpace{2, VectorMetric::l2}}, {"sphere", VectorSpace{3, VectorMetric::cosine}}})
            if (const auto made = vectors->create(name, space); !made) broken = made.error().text;
    }
    void cut() {
        ground->cut(std::move(vectors));
        reopen();
    }
    /// Ids of the hits of tenant `t`, with spaces between; or the error's text.
    std::string nearest(const std::string& space, const std::vector<float>& query, int hits_max = 10) const {
        const auto hits = vectors->nearest("t", space, query, hits_max);
        if (!hits) return "error: " + hits.error().text;
        std::string ids;
        for (const VectorHit& hit : *hits) ids += (ids.empty() ? "" : " ") + hit.id;
        return ids;
    }
    std::unique_ptr<VectorGround> ground;
    std::unique_ptr<Vectors> vectors;
    std::string broken;  ///< why it could not be opened
};

}  // namespace aitrading::ports::conformance

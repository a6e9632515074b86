#pragma once

#include <map>
#include <mutex>

#include "ports/vectors/conformance/ground.hpp"

namespace aitrading::ports {

/// What a planted store does wrong.
enum class VectorFault {
    none,
    gives_squares,          ///< of the Euclidean distance
    ignores_the_metric,     ///< always Euclidean
    keeps_the_old_place,    ///< a vector that is put again stays where it was
    finds_what_is_removed,
    filters_too_late,       ///< the nearest of all tenants are taken before others' are left out
    misses_many,            ///< a tenth is never looked at
    answers_by_chance,      ///< leaves out another one with every run
    loses_what_is_saved,    ///< the last vector is gone after a power cut
    puts_half,              ///< vectors before a bad one stay
};

struct ReferenceSpaces {
    struct Space {
        VectorSpace what;
        std::map<std::pair<std::string, std::string>, std::vector<float>> vectors;  ///< by tenant and id
    };
    std::map<std::string, Space, std::less<>> spaces;
};

/// The port's promises in the plainest way: every search measures every vector. Its faults show that the suite refuses what it
/// should.
class ReferenceVectorGround final : public conformance::VectorGround {
  public:
    explicit ReferenceVectorGround(VectorFault fault) : fault_(fault) {}
    Result<std::unique_ptr<Vectors>> open() override;
    void cut(std::unique_ptr<Vectors> vectors) override;

  private:
    VectorFault fault_;
    std::shared_ptr<ReferenceSpaces> saved_ = std::make_shared<ReferenceSpaces>();
};

}  // namespace aitrading::ports

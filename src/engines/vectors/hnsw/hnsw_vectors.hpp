#pragma once

#include <filesystem>
#include <memory>

#include "ports/cipher/cipher.hpp"
#include "ports/vectors/vectors.hpp"

namespace aitrading::engines {

struct HnswOptions {
    std::filesystem::path file;             ///< where `save` writes; empty: nothing is kept
    std::shared_ptr<ports::Cipher> cipher;  ///< encrypts the file; none: plain
    std::int64_t floats_max = std::int64_t{1} << 28;  ///< values of all vectors together: 1 GB
    int exact_up_to = 1'000;  ///< a tenant's space of so many vectors or fewer is searched one by one
    int candidates = 128;     ///< looked at in a search of a graph, more where more hits are asked for
};

/// The embedded store of vectors: for each tenant and space a graph of near neighbours (HNSW, hnswlib) in memory, so that no
/// search comes to another's. The level of a vector follows from its id, so that the same calls build the same graph, also
/// across restarts. Measured recall: docs/stores.md.
class HnswVectors : public ports::Vectors {
  public:
    /// From now on the destructor saves nothing, as if the process had died.
    virtual void abandon() = 0;
};

/// Opens the store with what its file holds; destroying it saves. @errors gate_refused (the file is damaged or encrypted with
/// another key), usage (options), failed
Result<std::unique_ptr<HnswVectors>> open_hnsw_vectors(HnswOptions options);

}  // namespace aitrading::engines

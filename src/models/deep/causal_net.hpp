#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "domain/model.hpp"
#include "models/deep/aligned_floats.hpp"
#include "models/deep/net_kernels.hpp"
#include "models/deep/net_weights.hpp"

namespace aitrading::models {

class NetCore;

/// Where a net stands in one stream of bars, and the room that a step works in. Made by CausalNet::start or
/// restore for one net and of use to that net alone; copies go their own ways.
class NetState {
  public:
    /// Bars taken in since the start.
    std::uint64_t bars() const { return bars_; }
    /// As the net's NetCore lays it out.
    const float* memory() const { return memory_.data(); }

  private:
    friend class CausalNet;
    std::uint64_t net_ = 0;  ///< fingerprint of the weights
    std::uint64_t bars_ = 0;
    AlignedFloats memory_, scratch_;
};

/// A net that serves: weights laid out for this machine. Immutable, safe to share between threads.
///
/// `step` and `run` give the same bits however a series is cut into calls, on every x86-64 machine, and an
/// output depends on no later row. They differ from exact arithmetic by less than 1e-5 for weights of the
/// size that trained nets have. No input makes an output or a state non-finite (see kWeightMax and NetKind
/// for what becomes of NaN).
class CausalNet {
  public:
    /// @errors bad_input as check_weights
    static Result<CausalNet> build(const NetWeights& weights);
    /// For tests: with one of usable_kernels().
    static Result<CausalNet> build(const NetWeights& weights, const NetKernels& kernels);
    CausalNet(CausalNet&&) noexcept;
    CausalNet& operator=(CausalNet&&) noexcept;
    ~CausalNet();

    const NetSpec& spec() const { return spec_; }

    /// Before the first bar of a series. Allocates; whoever resets a stream may assign it.
    NetState start() const;
    /// Takes in one more bar. @param row [inputs]   @param out [outputs], see NetOutput   @pre the state is
    /// of this net
    /// @complexity O(parameters + width x window), no allocation
    void step(NetState& state, std::span<const double> row, std::span<float> out) const;
    /// Takes in many bars, at several times the rate of `step`. @param out [rows x outputs], row-major
    void run(NetState& state, MatrixView rows, std::span<float> out) const;

    /// The state as bytes; a stream continued from them gives the bits that it would have given without the
    /// detour.
    std::string save(const NetState& state) const;
    /// @errors bad_input: damaged, or of a net of another shape or other weights
    Result<NetState> restore(std::string_view bytes) const;

  private:
    CausalNet() = default;
    void chunk(NetState& state, MatrixView rows, float* scratch, float* out) const;
    std::size_t scratch_floats(std::size_t rows) const;

    NetSpec spec_;
    std::uint64_t print_ = 0;  ///< of spec and weights
    const NetKernels* kernels_ = nullptr;
    std::vector<double> mean_, scale_;  ///< [inputs]
    std::unique_ptr<const NetCore> core_;
    AlignedFloats head_, head_bias_;  ///< as blocks of LinearArgs; padded to 16 outputs
};

/// The first output as the probability of label 1.
double probability_of_logit(float logit);

}  // namespace aitrading::models

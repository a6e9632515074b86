#include "models/deep/causal_net.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "base/bytes.hpp"
#include "base/check.hpp"
#include "base/hash.hpp"
#include "models/deep/net_core.hpp"

namespace aitrading::models {
namespace {

constexpr std::string_view kStateMagic = "AITDEEPSTATE1\n";
constexpr std::size_t kHeadOutputs = 16;  ///< the three outputs, padded to a block

std::unique_ptr<const NetCore> make_core(const NetWeights& weights) {
    switch (weights.spec.kind) {
        case NetKind::lstm:
            return make_lstm_core(weights);
        case NetKind::transformer:
            return make_transformer_core(weights);
        case NetKind::cnn:
            return make_cnn_core(weights);
    }
    return nullptr;
}

}  // namespace

CausalNet::CausalNet(CausalNet&&) noexcept = default;
CausalNet& CausalNet::operator=(CausalNet&&) noexcept = default;
CausalNet::~CausalNet() = default;

Result<CausalNet> CausalNet::build(const NetWeights& weights) {
    return build(weights, *usable_kernels().front());
}

Result<CausalNet> CausalNet::build(const NetWeights& weights, const NetKernels& kernels) {
    TRY_VOID(check_weights(weights));
    CausalNet net;
    net.spec_ = weights.spec;
    net.kernels_ = &kernels;
    const auto mean = weights.tensor("input.mean"), scale = weights.tensor("input.scale");
    net.mean_.assign(mean.begin(), mean.end());
    net.scale_.assign(scale.begin(), scale.end());
    net.core_ = make_core(weights);
    const std::size_t width = net.spec_.width;
    net.head_.resize(kHeadOutputs * width);
    pack_linear(weights.tensor("head.weight").data(), net.spec_.outputs, width, width, 1, net.head_.data());
    net.head_bias_.resize(kHeadOutputs);
    std::ranges::copy(weights.tensor("head.bias"), net.head_bias_.begin());
    Fingerprint print;
    print.add(describe(net.spec_));
    print.add_all(std::span<const float>(weights.values));
    net.print_ = print.value();
    return net;
}

/// Input, last hidden vector and padded head of each row, then what the core needs.
std::size_t CausalNet::scratch_floats(std::size_t rows) const {
    return rows * (line_floats(spec_.inputs) + line_floats(spec_.width) + kHeadOutputs) +
           core_->scratch_floats(rows);
}

NetState CausalNet::start() const {
    NetState state;
    state.net_ = print_;
    state.memory_.resize(core_->state_floats());
    core_->start(state.memory_.data());
    state.scratch_.resize(scratch_floats(1));
    return state;
}

void CausalNet::chunk(NetState& state, MatrixView rows, float* scratch, float* out) const {
    const std::size_t x_stride = line_floats(spec_.inputs), y_stride = line_floats(spec_.width);
    float* const x = scratch;
    float* const y = x + rows.rows * x_stride;
    float* const head = y + rows.rows * y_stride;
    for (std::size_t r = 0; r < rows.rows; ++r)
        kernels_->standardise(rows.row(r).data(), mean_.data(), scale_.data(), spec_.inputs,
                              x + r * x_stride);
    core_->advance(*kernels_, state.bars_, rows.rows, x, state.memory_.data(),
                   head + rows.rows * kHeadOutputs, y);
    kernels_->linear({head_.data(), spec_.width, kHeadOutputs, y, y_stride, head_bias_.data(), 0, head,
                      kHeadOutputs, rows.rows});
    for (std::size_t r = 0; r < rows.rows; ++r)
        std::copy_n(head + r * kHeadOutputs, spec_.outputs, out + r * spec_.outputs);
    state.bars_ += rows.rows;
}

void CausalNet::step(NetState& state, std::span<const double> row, std::span<float> out) const {
    DCHECK(state.net_ == print_ && row.size() == spec_.inputs && out.size() == spec_.outputs);
    chunk(state, {row.data(), 1, row.size(), row.size()}, state.scratch_.data(), out.data());
}

void CausalNet::run(NetState& state, MatrixView rows, std::span<float> out) const {
    CHECK(state.net_ == print_ && rows.columns == spec_.inputs && out.size() == rows.rows * spec_.outputs);
    AlignedFloats scratch(scratch_floats(std::min(rows.rows, NetCore::kChunkBars)));
    for (std::size_t from = 0; from < rows.rows;) {
        const std::size_t room = NetCore::kChunkBars - state.bars_ % NetCore::kChunkBars;
        const std::size_t to = std::min(rows.rows, from + room);
        chunk(state, rows.slice(from, to), scratch.data(), out.data() + from * spec_.outputs);
        from = to;
    }
}

std::string CausalNet::save(const NetState& state) const {
    CHECK(state.net_ == print_);
    ByteWriter out;
    out.put_text(describe(spec_));
    out.put(state.net_);
    out.put(state.bars_);
    out.put_all(std::vector<float>(state.memory_.begin(), state.memory_.end()));
    return out.sealed(kStateMagic);
}

Result<NetState> CausalNet::restore(std::string_view bytes) const {
    TRY(ByteReader in, ByteReader::unseal(bytes, kStateMagic, "state of a net"));
    const std::string shape = in.get_text();
    const auto print = in.get<std::uint64_t>();
    NetState state = start();
    state.bars_ = in.get<std::uint64_t>();
    const auto memory = in.get_all<float>();
    if (in.failed() || !in.at_end())
        return fail(ErrorCode::bad_input,
                    "state of a net: its fields do not fit; feed the net its past bars again");
    if (shape != describe(spec_) || print != print_ || memory.size() != state.memory_.size())
        return fail(
            ErrorCode::bad_input,
            fmt::format("state of another net ({}), this one is {}{}; feed the net its past bars again",
                        shape, describe(spec_), shape == describe(spec_) ? " with other weights" : ""));
    std::ranges::copy(memory, state.memory_.begin());
    return state;
}

double probability_of_logit(float logit) {
    return 1 / (1 + std::exp(-static_cast<double>(logit)));
}

}  // namespace aitrading::models

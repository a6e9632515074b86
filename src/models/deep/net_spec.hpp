#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace aitrading::models {

/// The three nets. Each is causal and sequence to sequence: outputs at every bar t from the rows of bars 0 …
/// t, and one more bar costs one step whatever stood before.
///
/// Notation: F = NetSpec::inputs, D = width, L = layers, S = window, H = heads, G = feed_forward, K = kernel,
/// O = outputs. Matrices multiply column vectors; `name` is a tensor of `tensors_of`. sigma(x) = 1 / (1 +
/// exp(-x)), silu(x) = x sigma(x), softmax over a list divides exp by its sum. norm(e; w, b)_i = w_i (e_i -
/// m) / sqrt(v + 1e-5) + b_i with m and v the mean and the biased variance over the D entries of this one
/// bar.
///
/// Input, the same for all kinds. A feature r_i of the row becomes
///   x_i = 0                                                              where r_i is NaN or infinite,
///   x_i = clamp((r_i - `input.mean`_i) / `input.scale`_i, -10, 10)       otherwise (in double, then rounded
///   to float).
/// Whoever trains writes scale 1 for a column that never changes.
///
/// Output, the same for all kinds, from the last hidden vector y (D): out = `head.weight` y + `head.bias`
/// (O), in the order of NetOutput.
///
/// **lstm**: L layers, h and c of every layer are 0 before the first bar. With u = x for layer 0 and
/// h_{l-1,t} above:
///   a = `lstm.l.weight_ih` u + `lstm.l.weight_hh` h_{l,t-1} + `lstm.l.bias`   (4D, the blocks are i, f, g,
///   o) c_t = sigma(f) c_{t-1} + sigma(i) tanh(g),   h_t = sigma(o) tanh(c_t)
/// (torch.nn.LSTM; its two biases are summed.) Then attention over the last S states of the top layer, the
/// present one included; the states are keys and values at once, so that none is ever computed again:
///   q = `attention.query` h_t,   s_j = q · h_j / sqrt(D) + `attention.age_bias`_{t-j}   for max(0, t-S+1) <=
///   j <= t z = sum_j softmax(s)_j h_j,  y = tanh(`combine.weight` [h_t; z] + `combine.bias`)
///
/// **transformer**: e = `embed.weight` x + `embed.bias`; then for each layer l, norm first:
///   u = norm(e; `block.l.norm1`), q = `block.l.query` u, k_t = `block.l.key` u, v_t = `block.l.value` u  (no
///   biases) head h owns the entries h D/H … (h+1) D/H - 1 of q, k and v: s_j = q_h · k_{j,h} / sqrt(D/H) +
///   `block.l.age_bias`_{h,t-j}   for max(0, t-S+1) <= j <= t o_h = sum_j softmax(s)_j v_{j,h},   e +=
///   `block.l.out.weight` o + `block.l.out.bias` u = norm(e; `block.l.norm2`), e += `block.l.contract.weight`
///   silu(`block.l.expand.weight` u + `block.l.expand.bias`) + `block.l.contract.bias`
/// and y = norm(e; `norm`). Positions enter only through the learned bias of an age t - j, one for each head:
/// they are relative, so that keys and values stay valid as the window moves and no angle grows with the
/// length of a stream. A layer sees S bars, two layers together 2S - 1.
///
/// **cnn**: e = `embed.weight` x + `embed.bias`; then for each dilation d_l, l = 0, 1, …, norm first:
///   u_t = norm(e_t; `block.l.norm`), and u_t = 0 (not norm of anything) before the first bar
///   a = `block.l.conv.bias` + sum_k `block.l.conv.weight`[:, :, k] u_{t-(K-1-k) d_l}   (k = K-1 is the
///   present) e_t += `block.l.mix.weight` silu(a) + `block.l.mix.bias`
/// and y = norm(e; `norm`). (torch.nn.Conv1d with that dilation over a sequence padded on the left only.)
/// It sees 1 + (K-1) (d_0 + d_1 + …) bars.
enum class NetKind : std::uint8_t { lstm, transformer, cnn };

/// lstm, transformer, cnn
std::string_view name(NetKind kind);
/// @errors usage, naming the three
Result<NetKind> parse_net_kind(std::string_view text);

/// What the outputs mean, by position. A net has the first `NetSpec::outputs` of them.
enum class NetOutput : std::uint8_t {
    logit,           ///< log-odds of label 1
    log_volatility,  ///< natural logarithm of the volatility target (auxiliary)
    log_range,       ///< natural logarithm of the next bar's range target (auxiliary)
};
inline constexpr std::array<std::string_view, 3> kNetOutputNames = {"logit", "log_volatility", "log_range"};

/// Standardised inputs are clamped to this many scales on either side.
inline constexpr double kInputLimit = 10;
inline constexpr float kNormEpsilon = 1e-5F;

/// The shape of a net. Fields that a kind does not use keep their defaults and are not compared.
struct NetSpec {
    NetKind kind = NetKind::lstm;
    std::uint32_t inputs = 0;   ///< features of a row
    std::uint32_t outputs = 3;  ///< 1 to 3, see NetOutput
    std::uint32_t width = 64;   ///< units of a layer; a multiple of 8
    std::uint32_t layers = 2;   ///< lstm, transformer
    std::uint32_t window = 64;  ///< lstm, transformer: bars that attention sees, the present one included
    std::uint32_t heads = 4;    ///< transformer: divides width into a multiple of 8
    std::uint32_t feed_forward = 256;                         ///< transformer: a multiple of 8
    std::uint32_t kernel = 3;                                 ///< cnn: taps
    std::vector<std::uint32_t> dilations = {1, 2, 4, 8, 16};  ///< cnn: one residual block each

    friend bool operator==(const NetSpec&, const NetSpec&);
};

/// Ranges: inputs 1 to 1,024, width 8 to 256, layers 1 to 8, window 1 to 1,024, heads 1 to 16, feed_forward 8
/// to 1,024, kernel 1 to 8, 1 to 16 dilations of 1 to 1,024 each. Only fields of the kind are looked at.
/// @errors bad_input naming the field, its value and what it may be
Result<void> check_spec(const NetSpec& spec);

/// Bars, the present one included, that an output can depend on; 0 where that is the whole past (lstm).
std::size_t receptive_field(const NetSpec& spec);

/// `kind=lstm inputs=40 outputs=3 width=64 layers=2 window=64`: the fields of the kind as words, for cards
/// and errors.
std::string describe(const NetSpec& spec);

/// Name and shape of one tensor, row-major float32; `shape` has 1 to 3 extents.
struct TensorShape {
    std::string name;
    std::vector<std::size_t> shape;
    /// Product of the extents.
    std::size_t size() const;
    friend bool operator==(const TensorShape&, const TensorShape&) = default;
};

/// Every tensor of a net in the order in which files and flat vectors hold them:
///   `input.mean` [F], `input.scale` [F]
///   lstm: for each layer `lstm.l.weight_ih` [4D, F or D], `lstm.l.weight_hh` [4D, D], `lstm.l.bias` [4D];
///   then
///     `attention.query` [D, D], `attention.age_bias` [S], `combine.weight` [D, 2D], `combine.bias` [D]
///   transformer: `embed.weight` [D, F], `embed.bias` [D]; for each layer `block.l.norm1.weight` [D],
///   `….bias` [D],
///     `block.l.query`, `.key`, `.value` [D, D], `block.l.age_bias` [H, S], `block.l.out.weight` [D, D],
///     `.out.bias` [D], `block.l.norm2.weight` [D], `….bias` [D], `block.l.expand.weight` [G, D],
///     `.expand.bias` [G], `block.l.contract.weight` [D, G], `.contract.bias` [D]; then `norm.weight` [D],
///     `norm.bias` [D]
///   cnn: `embed.weight`, `embed.bias`; for each dilation `block.l.norm.weight` [D], `….bias` [D],
///     `block.l.conv.weight` [D, D, K], `.conv.bias` [D], `block.l.mix.weight` [D, D], `.mix.bias` [D]; then
///     `norm`
///   `head.weight` [O, D], `head.bias` [O]
/// @pre check_spec(spec)
std::vector<TensorShape> tensors_of(const NetSpec& spec);

/// Sum of the sizes. @pre check_spec(spec)
std::size_t parameters_of(const NetSpec& spec);

}  // namespace aitrading::models

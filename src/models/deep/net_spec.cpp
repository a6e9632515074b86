#include "models/deep/net_spec.hpp"

#include <numeric>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace aitrading::models {
namespace {

constexpr std::array<std::string_view, 3> kKindNames = {"lstm", "transformer", "cnn"};

bool attends(const NetSpec& spec) {
    return spec.kind != NetKind::cnn;
}

Result<void> check_range(std::string_view field, std::uint32_t value, std::uint32_t low, std::uint32_t high,
                         std::uint32_t multiple = 1) {
    if (value >= low && value <= high && value % multiple == 0) return {};
    const std::string step = multiple > 1 ? fmt::format(", a multiple of {}", multiple) : "";
    return fail(ErrorCode::bad_input,
                fmt::format("net spec: {} is {}; it must be {} to {}{}", field, value, low, high, step));
}

Result<void> check_transformer(const NetSpec& spec) {
    TRY_VOID(check_range("heads", spec.heads, 1, 16));
    TRY_VOID(check_range("feed_forward", spec.feed_forward, 8, 1024, 8));
    if (spec.width % (8 * spec.heads) == 0) return {};
    return fail(ErrorCode::bad_input,
                fmt::format("net spec: {} heads do not divide a width of {} into multiples of 8", spec.heads,
                            spec.width));
}

Result<void> check_cnn(const NetSpec& spec) {
    TRY_VOID(check_range("kernel", spec.kernel, 1, 8));
    TRY_VOID(check_range("number of dilations",
                         static_cast<std::uint32_t>(std::min<std::size_t>(spec.dilations.size(), 1'000'000)),
                         1, 16));
    for (const std::uint32_t d : spec.dilations) TRY_VOID(check_range("dilation", d, 1, 1024));
    return {};
}

/// The list under construction, so that a kind reads as its tensors.
struct TensorList {
    std::vector<TensorShape> tensors;
    void add(std::string tensor, std::vector<std::size_t> shape) {
        tensors.push_back({std::move(tensor), std::move(shape)});
    }
    void add_linear(const std::string& prefix, std::size_t to, std::size_t from) {
        add(prefix + ".weight", {to, from});
        add(prefix + ".bias", {to});
    }
    void add_norm(const std::string& prefix, std::size_t width) {
        add(prefix + ".weight", {width});
        add(prefix + ".bias", {width});
    }
};

void add_lstm(const NetSpec& spec, TensorList& list) {
    const std::size_t width = spec.width;
    for (std::size_t l = 0; l < spec.layers; ++l) {
        const std::string prefix = fmt::format("lstm.{}", l);
        list.add(prefix + ".weight_ih", {4 * width, l == 0 ? spec.inputs : width});
        list.add(prefix + ".weight_hh", {4 * width, width});
        list.add(prefix + ".bias", {4 * width});
    }
    list.add("attention.query", {width, width});
    list.add("attention.age_bias", {spec.window});
    list.add_linear("combine", width, 2 * width);
}

void add_transformer(const NetSpec& spec, TensorList& list) {
    const std::size_t width = spec.width;
    list.add_linear("embed", width, spec.inputs);
    for (std::size_t l = 0; l < spec.layers; ++l) {
        const std::string prefix = fmt::format("block.{}", l);
        list.add_norm(prefix + ".norm1", width);
        for (const char* part : {".query", ".key", ".value"}) list.add(prefix + part, {width, width});
        list.add(prefix + ".age_bias", {spec.heads, spec.window});
        list.add_linear(prefix + ".out", width, width);
        list.add_norm(prefix + ".norm2", width);
        list.add_linear(prefix + ".expand", spec.feed_forward, width);
        list.add_linear(prefix + ".contract", width, spec.feed_forward);
    }
    list.add_norm("norm", width);
}

void add_cnn(const NetSpec& spec, TensorList& list) {
    const std::size_t width = spec.width;
    list.add_linear("embed", width, spec.inputs);
    for (std::size_t l = 0; l < spec.dilations.size(); ++l) {
        const std::string prefix = fmt::format("block.{}", l);
        list.add_norm(prefix + ".norm", width);
        list.add(prefix + ".conv.weight", {width, width, spec.kernel});
        list.add(prefix + ".conv.bias", {width});
        list.add_linear(prefix + ".mix", width, width);
    }
    list.add_norm("norm", width);
}

/// The fields that a kind uses; the others are 0.
auto used_fields(const NetSpec& spec) {
    const bool transformer = spec.kind == NetKind::transformer, cnn = spec.kind == NetKind::cnn;
    return std::tuple(spec.kind, spec.inputs, spec.outputs, spec.width, attends(spec) ? spec.layers : 0,
                      attends(spec) ? spec.window : 0, transformer ? spec.heads : 0,
                      transformer ? spec.feed_forward : 0, cnn ? spec.kernel : 0,
                      cnn ? spec.dilations : std::vector<std::uint32_t>{});
}

}  // namespace

std::string_view name(NetKind kind) {
    return kKindNames[static_cast<std::size_t>(kind)];
}

Result<NetKind> parse_net_kind(std::string_view text) {
    for (std::size_t i = 0; i < kKindNames.size(); ++i)
        if (kKindNames[i] == text) return static_cast<NetKind>(i);
    return fail(ErrorCode::usage,
                fmt::format("no net is called \"{}\"; there are {}", text, fmt::join(kKindNames, ", ")));
}

bool operator==(const NetSpec& a, const NetSpec& b) {
    return used_fields(a) == used_fields(b);
}

Result<void> check_spec(const NetSpec& spec) {
    if (static_cast<std::size_t>(spec.kind) >= kKindNames.size())
        return fail(ErrorCode::bad_input,
                    fmt::format("net spec: kind {} is none of {}", static_cast<int>(spec.kind),
                                fmt::join(kKindNames, ", ")));
    TRY_VOID(check_range("inputs", spec.inputs, 1, 1024));
    TRY_VOID(check_range("outputs", spec.outputs, 1, static_cast<std::uint32_t>(kNetOutputNames.size())));
    TRY_VOID(check_range("width", spec.width, 8, 256, 8));
    if (spec.kind == NetKind::cnn) return check_cnn(spec);
    TRY_VOID(check_range("layers", spec.layers, 1, 8));
    TRY_VOID(check_range("window", spec.window, 1, 1024));
    return spec.kind == NetKind::transformer ? check_transformer(spec) : Result<void>{};
}

std::size_t receptive_field(const NetSpec& spec) {
    if (spec.kind == NetKind::lstm) return 0;
    if (spec.kind == NetKind::transformer) return 1 + std::size_t{spec.layers} * (spec.window - 1);
    const std::size_t reach = std::accumulate(spec.dilations.begin(), spec.dilations.end(), std::size_t{0});
    return 1 + (spec.kernel - 1) * reach;
}

std::string describe(const NetSpec& spec) {
    std::string out = fmt::format("kind={} inputs={} outputs={} width={}", name(spec.kind), spec.inputs,
                                  spec.outputs, spec.width);
    if (attends(spec)) out += fmt::format(" layers={} window={}", spec.layers, spec.window);
    if (spec.kind == NetKind::transformer)
        out += fmt::format(" heads={} feed_forward={}", spec.heads, spec.feed_forward);
    if (spec.kind == NetKind::cnn)
        out += fmt::format(" kernel={} dilations={}", spec.kernel, fmt::join(spec.dilations, ","));
    return out;
}

std::size_t TensorShape::size() const {
    return std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>());
}

std::vector<TensorShape> tensors_of(const NetSpec& spec) {
    TensorList list;
    list.add("input.mean", {spec.inputs});
    list.add("input.scale", {spec.inputs});
    if (spec.kind == NetKind::lstm) add_lstm(spec, list);
    if (spec.kind == NetKind::transformer) add_transformer(spec, list);
    if (spec.kind == NetKind::cnn) add_cnn(spec, list);
    list.add_linear("head", spec.outputs, spec.width);
    return std::move(list.tensors);
}

std::size_t parameters_of(const NetSpec& spec) {
    std::size_t sum = 0;
    for (const TensorShape& tensor : tensors_of(spec)) sum += tensor.size();
    return sum;
}

}  // namespace aitrading::models

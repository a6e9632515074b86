#include <algorithm>
#include <bit>
#include <cstring>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/bytes.hpp"
#include "base/hash.hpp"
#include "models/deep/net_weights.hpp"

namespace aitrading::models {
namespace {

static_assert(std::endian::native == std::endian::little, "the weight file is little-endian");

constexpr std::string_view kMagic = "AITDEEP\n";
constexpr std::uint32_t kFormat = 1;
constexpr std::size_t kAlignment = 64;
constexpr std::size_t kPreamble = 24;  ///< magic, format, offset, size
constexpr std::size_t kFileMax = std::size_t{1} << 30;

std::size_t aligned(std::size_t offset) {
    return (offset + kAlignment - 1) / kAlignment * kAlignment;
}

std::uint64_t fingerprint(std::string_view bytes) {
    Fingerprint print;
    print.add_bytes(bytes.data(), bytes.size());
    return print.value();
}

template <class T>
T read_at(std::string_view bytes, std::size_t offset) {
    T value{};
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}

std::unexpected<Error> refuse(std::string_view file, std::string_view why, std::string_view remedy) {
    return fail(ErrorCode::bad_input, fmt::format("{}: {}; {}", file, why, remedy));
}

constexpr std::string_view kAnew = "take it from its source or train the net anew";

void put_header(const NetWeights& weights, ByteWriter& out) {
    const NetSpec& spec = weights.spec;
    out.put(static_cast<std::uint8_t>(spec.kind));
    for (const std::uint32_t field : {spec.inputs, spec.outputs, spec.width, spec.layers, spec.window,
                                      spec.heads, spec.feed_forward, spec.kernel})
        out.put(field);
    out.put_all(spec.dilations);
    for (const std::string& feature : weights.features) out.put_text(feature);
    out.put_text(weights.manifest_hash);
    out.put_text(weights.made_by);
    const auto tensors = tensors_of(spec);
    out.put(static_cast<std::uint32_t>(tensors.size()));
    for (const TensorShape& tensor : tensors) {
        out.put_text(tensor.name);
        out.put(static_cast<std::uint8_t>(tensor.shape.size()));
        for (const std::size_t extent : tensor.shape) out.put(static_cast<std::uint64_t>(extent));
    }
}

/// Preamble and checksum: everything that is known without reading the contents.
Result<void> check_envelope(std::string_view bytes, std::string_view file) {
    if (bytes.substr(0, kMagic.size()) != kMagic)
        return refuse(file, "not a weight file of a net, it does not begin with AITDEEP",
                      "name another file");
    if (bytes.size() < kPreamble + sizeof(std::uint64_t)) return refuse(file, "cut short", kAnew);
    const auto format = read_at<std::uint32_t>(bytes, 8);
    if (format > kFormat)
        return refuse(
            file, fmt::format("its format {} is newer than the {} that this program reads", format, kFormat),
            "use a newer aitrading, or export the net from this version");
    if (format == 0) return refuse(file, "damaged, there is no format 0", kAnew);
    const auto size = read_at<std::uint64_t>(bytes, 16);
    if (size != bytes.size())
        return refuse(
            file,
            fmt::format("{} bytes, but it was written with {}: cut short or damaged", bytes.size(), size),
            kAnew);
    const std::string_view body = bytes.substr(0, bytes.size() - sizeof(std::uint64_t));
    if (fingerprint(body) != read_at<std::uint64_t>(bytes, body.size()))
        return refuse(file, "damaged, its checksum does not fit", kAnew);
    return {};
}

Result<NetSpec> get_spec(ByteReader& in, std::string_view file) {
    NetSpec spec;
    spec.kind = static_cast<NetKind>(in.get<std::uint8_t>());
    for (std::uint32_t* field : {&spec.inputs, &spec.outputs, &spec.width, &spec.layers, &spec.window,
                                 &spec.heads, &spec.feed_forward, &spec.kernel})
        *field = in.get<std::uint32_t>();
    spec.dilations = in.get_all<std::uint32_t>();
    if (in.failed()) return refuse(file, "its header ends early", kAnew);
    if (auto ok = check_spec(spec); !ok) return refuse(file, ok.error().text, kAnew);
    return spec;
}

/// The file's table of tensors must be the one that the spec asks for.
Result<void> check_table(ByteReader& in, const std::vector<TensorShape>& expected, std::string_view file) {
    if (const auto count = in.get<std::uint32_t>(); count != expected.size())
        return refuse(file, fmt::format("{} tensors, but its spec has {}", count, expected.size()), kAnew);
    for (const TensorShape& tensor : expected) {
        TensorShape found{in.get_text(), {}};
        const auto extents = in.get<std::uint8_t>();
        for (std::size_t i = 0; i < extents && !in.failed(); ++i)
            found.shape.push_back(in.get<std::uint64_t>());
        if (in.failed()) return refuse(file, "its table of tensors ends early", kAnew);
        if (found == tensor) continue;
        return refuse(
            file,
            fmt::format("tensor {} of shape [{}] stands where its spec has {} of shape [{}]", found.name,
                        fmt::join(found.shape, ", "), tensor.name, fmt::join(tensor.shape, ", ")),
            kAnew);
    }
    return {};
}

/// Fewer than a line of zeros up to where the tensors begin.
bool only_padding(ByteReader& in) {
    for (std::size_t i = 0; !in.at_end(); ++i)
        if (in.get<std::uint8_t>() != 0 || i + 1 >= kAlignment) return false;
    return true;
}

bool all_zero(std::string_view bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == 0; });
}

Result<std::vector<float>> get_values(std::string_view body, std::size_t at,
                                      const std::vector<TensorShape>& tensors, std::string_view file) {
    std::vector<float> values;
    for (const TensorShape& tensor : tensors) {
        const std::size_t size = tensor.size() * sizeof(float), end = aligned(at + size);
        if (end > body.size() || !all_zero(body.substr(at + size, end - at - size)))
            return refuse(file, fmt::format("tensor {} does not end where it should", tensor.name), kAnew);
        const std::size_t first = values.size();
        values.resize(first + tensor.size());
        std::memcpy(values.data() + first, body.data() + at, size);
        at = end;
    }
    if (at != body.size()) return refuse(file, "bytes behind the last tensor", kAnew);
    return values;
}

}  // namespace

Result<std::string> encode_weights(const NetWeights& weights) {
    TRY_VOID(check_weights(weights));
    ByteWriter header;
    put_header(weights, header);
    const std::size_t first = aligned(kPreamble + header.bytes().size());
    if (first > kFileMax) return fail(ErrorCode::bad_input, "net weights: the texts are too long for a file");
    ByteWriter preamble;
    preamble.put(kFormat);
    preamble.put(static_cast<std::uint32_t>(first));
    std::string out(kMagic);
    out += preamble.bytes();
    out.append(sizeof(std::uint64_t), '\0');
    out += header.bytes();
    out.resize(first, '\0');
    const float* from = weights.values.data();
    for (const TensorShape& tensor : tensors_of(weights.spec)) {
        out.append(reinterpret_cast<const char*>(from), tensor.size() * sizeof(float));
        out.resize(aligned(out.size()), '\0');
        from += tensor.size();
    }
    const std::uint64_t size = out.size() + sizeof(std::uint64_t);
    std::memcpy(out.data() + 16, &size, sizeof size);
    const std::uint64_t sum = fingerprint(out);
    out.append(reinterpret_cast<const char*>(&sum), sizeof sum);
    return out;
}

Result<NetWeights> decode_weights(std::string_view bytes, std::string_view file) {
    TRY_VOID(check_envelope(bytes, file));
    const std::string_view body = bytes.substr(0, bytes.size() - sizeof(std::uint64_t));
    const std::size_t first = read_at<std::uint32_t>(bytes, 12);
    if (first < kPreamble || first > body.size() || first % kAlignment != 0)
        return refuse(file, "its tensors begin outside the file", kAnew);
    ByteReader in(body.substr(kPreamble, first - kPreamble));
    NetWeights weights;
    TRY(weights.spec, get_spec(in, file));
    for (std::size_t i = 0; i < weights.spec.inputs && !in.failed(); ++i)
        weights.features.push_back(in.get_text());
    weights.manifest_hash = in.get_text();
    weights.made_by = in.get_text();
    if (in.failed()) return refuse(file, "its header ends early", kAnew);
    const auto tensors = tensors_of(weights.spec);
    TRY_VOID(check_table(in, tensors, file));
    if (!only_padding(in)) return refuse(file, "bytes behind its table of tensors", kAnew);
    TRY(weights.values, get_values(body, first, tensors, file));
    if (auto ok = check_weights(weights); !ok) return refuse(file, ok.error().text, kAnew);
    return weights;
}

}  // namespace aitrading::models

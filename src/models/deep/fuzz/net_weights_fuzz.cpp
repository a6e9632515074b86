#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "base/hash.hpp"
#include "models/deep/causal_net.hpp"

namespace {

using namespace aitrading::models;

/// What was accepted is a net that answers any row with numbers, and would be written as it was read.
void must_serve(std::string_view bytes) {
    const auto weights = decode_weights(bytes, "net");
    if (!weights) return;
    const auto again = encode_weights(*weights);
    if (!again || *again != bytes) std::abort();
    const auto net = CausalNet::build(*weights);
    if (!net) std::abort();
    NetState state = net->start();
    std::vector<float> out(net->spec().outputs);
    for (const double value : {0.0, 1e300, -1e9, std::nan(""), std::numeric_limits<double>::infinity()}) {
        net->step(state, std::vector<double>(net->spec().inputs, value), out);
        for (const float o : out)
            if (!std::isfinite(o)) std::abort();
    }
}

/// Preamble and fingerprint made to fit, so that the contents are reached.
std::string sealed(std::string bytes) {
    bytes.resize(bytes.size() / 8 * 8);
    std::memcpy(bytes.data(), "AITDEEP\n\1\0\0", 12);
    const std::uint64_t size = bytes.size();
    std::memcpy(bytes.data() + 16, &size, sizeof size);
    aitrading::Fingerprint print;
    print.add_bytes(bytes.data(), bytes.size() - 8);
    const std::uint64_t sum = print.value();
    std::memcpy(bytes.data() + bytes.size() - 8, &sum, sizeof sum);
    return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    must_serve(bytes);
    if (size >= 40) must_serve(sealed(bytes));
    return 0;
}

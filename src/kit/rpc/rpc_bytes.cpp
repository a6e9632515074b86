#include "kit/rpc/rpc_bytes.hpp"

#include <vector>

#include <grpcpp/support/byte_buffer.h>

namespace aitrading::kit {

std::optional<std::string> bytes_of(const grpc::ByteBuffer& buffer) {
    std::vector<grpc::Slice> slices;
    if (buffer.Valid() && !buffer.Dump(&slices).ok()) return std::nullopt;
    std::string out;
    for (const grpc::Slice& slice : slices) out.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    return out;
}

grpc::ByteBuffer buffer_of(const std::string& bytes) {
    const grpc::Slice slice(bytes);
    return {&slice, 1};
}

}  // namespace aitrading::kit

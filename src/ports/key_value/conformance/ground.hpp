#pragma once

#include <functional>
#include <memory>

#include "ports/checking.hpp"
#include "ports/key_value/key_value.hpp"

namespace aitrading::ports::conformance {

/// Where a key-value store keeps what it keeps; outlives the stores that are opened on it, one at a time.
class KeyValueGround {
  public:
    virtual ~KeyValueGround() = default;
    virtual Result<std::unique_ptr<KeyValue>> open() = 0;
    /// Lets the store's clock go on by at least so much.
    virtual void pass(std::chrono::milliseconds time) = 0;
    /// Ends the store as a power cut does.
    virtual void cut(std::unique_ptr<KeyValue> store) = 0;
    /// Bytes of keys and values that the store may hold; none where the bound is not the engine's own.
    virtual std::optional<std::size_t> bytes_max() const { return std::nullopt; }
};
using MakeKeyValueGround = std::function<std::unique_ptr<KeyValueGround>()>;

/// A store on an empty ground.
struct KeyValueBench : BenchOf<KeyValueGround, KeyValue> {
    explicit KeyValueBench(const MakeKeyValueGround& make) : BenchOf(make()) {}
};

}  // namespace aitrading::ports::conformance

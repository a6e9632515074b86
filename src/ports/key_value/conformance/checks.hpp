#pragma once

#include <vector>

#include "ports/checking.hpp"
#include "ports/key_value/conformance/ground.hpp"

/// The suite that every engine of KeyValue must pass.
namespace aitrading::ports::conformance {

using KeyValueCheck = CheckOn<MakeKeyValueGround>;

/// All checks, in reading order.
std::vector<KeyValueCheck> key_value_checks();

/// The parts of the list.
std::vector<KeyValueCheck> kv_value_checks();
std::vector<KeyValueCheck> kv_life_checks();
std::vector<KeyValueCheck> kv_keeping_checks();
std::vector<KeyValueCheck> kv_concurrency_checks();

}  // namespace aitrading::ports::conformance

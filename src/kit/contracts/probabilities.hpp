#pragma once

#include <string>

namespace google::protobuf {
class Message;
}

namespace aitrading::kit {

/// The first field marked as a probability, at any depth, whose value is not in [0, 1]: `members.p_up = 1.5`. Empty: all are.
/// @complexity O(fields that are or hold probabilities)
std::string bad_probability(const google::protobuf::Message& message);

}  // namespace aitrading::kit

#pragma once

#include <string>

namespace google::protobuf {
class Message;
}

namespace aitrading::kit {

/// The first field marked as a probability, at any depth, whose value is not in [0, 1]: `members.p_up = 1.5`. Empty: all are.
/// @complexity O(fields that are or hold probabilities)
std::string bad_probability(const google::protobuf::Message& message);

/// The first text, at any depth, that is no UTF-8. protobuf refuses such text when it reads, not when it writes: an event of it could
/// never be read again. Empty: all are. @complexity O(fields that are or hold texts, and their length)
std::string bad_text(const google::protobuf::Message& message);

}  // namespace aitrading::kit

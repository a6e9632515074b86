#pragma once

#include <string_view>

#include "base/result.hpp"

namespace google::protobuf {
class FieldDescriptor;
class Message;
}

namespace aitrading::kit {

/// Puts a value that came as text (of a path or a query) into a field, as gRPC transcoding has it: integers in decimal, `true` and
/// `false`, enums by name or number, NaN and Infinity by these words, bytes in base64. A repeated field gets one more.
/// @pre the field belongs to the message and is no message itself   @errors bad_input with the field's name
Result<void> put_text(google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field, std::string_view text);

}  // namespace aitrading::kit

#include "kit/contracts/field_text.hpp"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <charconv>
#include <limits>
#include <optional>

#include "base/check.hpp"
#include "base/utf8.hpp"
#include "kit/contracts/percent.hpp"

namespace aitrading::kit {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

template <class T>
std::optional<T> number(std::string_view text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
    return value;
}

std::optional<double> real(std::string_view text) {
    if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (text == "Infinity") return std::numeric_limits<double>::infinity();
    if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
    const auto value = number<double>(text);
    // from_chars also reads nan, inf and hexadecimal letters after them; JSON does not.
    return value && text.find_first_not_of("0123456789+-.eE") == std::string_view::npos ? value : std::nullopt;
}

std::optional<bool> truth(std::string_view text) {
    if (text == "true") return true;
    if (text == "false") return false;
    return std::nullopt;
}

std::optional<int> enumerated(const FieldDescriptor& field, std::string_view text) {
    const auto* value = field.enum_type()->FindValueByName(std::string(text));
    if (value != nullptr) return value->number();
    return number<int>(text);
}

/// Sets or adds, by the field's own kind.
template <class T, class Set, class Add>
bool put(Message& message, const FieldDescriptor& field, const std::optional<T>& value, Set set, Add add) {
    if (!value) return false;
    const auto* reflection = message.GetReflection();
    if (field.is_repeated()) (reflection->*add)(&message, &field, *value);
    else (reflection->*set)(&message, &field, *value);
    return true;
}

bool put_any(Message& message, const FieldDescriptor& field, std::string_view text) {
    using R = google::protobuf::Reflection;
    switch (field.cpp_type()) {
        case FieldDescriptor::CPPTYPE_INT32: return put(message, field, number<std::int32_t>(text), &R::SetInt32, &R::AddInt32);
        case FieldDescriptor::CPPTYPE_INT64: return put(message, field, number<std::int64_t>(text), &R::SetInt64, &R::AddInt64);
        case FieldDescriptor::CPPTYPE_UINT32: return put(message, field, number<std::uint32_t>(text), &R::SetUInt32, &R::AddUInt32);
        case FieldDescriptor::CPPTYPE_UINT64: return put(message, field, number<std::uint64_t>(text), &R::SetUInt64, &R::AddUInt64);
        case FieldDescriptor::CPPTYPE_DOUBLE: return put(message, field, real(text), &R::SetDouble, &R::AddDouble);
        case FieldDescriptor::CPPTYPE_BOOL: return put(message, field, truth(text), &R::SetBool, &R::AddBool);
        case FieldDescriptor::CPPTYPE_ENUM: return put(message, field, enumerated(field, text), &R::SetEnumValue, &R::AddEnumValue);
        case FieldDescriptor::CPPTYPE_STRING: {
            if (field.type() == FieldDescriptor::TYPE_BYTES) return put(message, field, base64_decoded(text), &R::SetString, &R::AddString);
            return put(message, field, is_utf8(text) ? std::optional(std::string(text)) : std::nullopt, &R::SetString, &R::AddString);
        }
        default: return false;  // float is not used (tools/schema), a message is no text
    }
}

}  // namespace

Result<void> put_text(Message& message, const FieldDescriptor& field, std::string_view text) {
    CHECK(field.containing_type() == message.GetDescriptor());
    if (put_any(message, field, text)) return {};
    const std::string_view shown = is_utf8(text) ? text.substr(0, 100) : "bytes that are no UTF-8";
    return fail(ErrorCode::bad_input, fmt::format("{} = '{}': no {}", field.name(), shown,
                                                  field.enum_type() != nullptr ? field.enum_type()->name() : field.type_name()));
}

}  // namespace aitrading::kit

#include "kit/contracts/probabilities.hpp"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <map>
#include <mutex>
#include <vector>

#include "aitrading/v1/options.pb.h"

namespace aitrading::kit {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

/// Which fields of a message are worth a look.
using Plan = std::vector<const FieldDescriptor*>;

class Plans {
  public:
    /// Valid for ever.
    const Plan& of(const Descriptor* type) {
        const std::lock_guard lock(mutex_);
        return plan(type);
    }

  private:
    const Plan& plan(const Descriptor* type) {
        const auto [at, fresh] = plans_.try_emplace(type);
        if (!fresh) return at->second;  // a message inside itself ends here; tools/schema refuses such a contract
        Plan found;
        for (int i = 0; i < type->field_count(); ++i) {
            const FieldDescriptor* field = type->field(i);
            const bool inside = field->message_type() != nullptr && !plan(field->message_type()).empty();
            if (inside || field->options().GetExtension(v1::probability)) found.push_back(field);
        }
        return at->second = std::move(found);
    }

    std::mutex mutex_;
    std::map<const Descriptor*, Plan> plans_;  // nodes stay where they are
};

const Plan& plan_of(const Descriptor* type) {
    // A cache of what the schema says; never destroyed, so that it outlives every thread.
    static Plans* const plans = new Plans;
    return plans->of(type);
}

std::string judge(const FieldDescriptor& field, double value) {
    if (value >= 0.0 && value <= 1.0) return {};
    return fmt::format("{} = {}", field.name(), value);
}

std::string look_into(const Message& message, const FieldDescriptor& field) {
    const auto* reflection = message.GetReflection();
    const bool single = !field.is_repeated();
    if (single && field.has_presence() && !reflection->HasField(message, &field)) return {};
    const int count = single ? 1 : reflection->FieldSize(message, &field);
    for (int i = 0; i < count; ++i) {
        std::string bad;
        if (field.message_type() != nullptr) {
            bad = bad_probability(single ? reflection->GetMessage(message, &field) : reflection->GetRepeatedMessage(message, &field, i));
            if (!bad.empty()) bad = fmt::format("{}.{}", field.name(), bad);
        } else {
            bad = judge(field, single ? reflection->GetDouble(message, &field) : reflection->GetRepeatedDouble(message, &field, i));
        }
        if (!bad.empty()) return bad;
    }
    return {};
}

}  // namespace

std::string bad_probability(const Message& message) {
    for (const FieldDescriptor* field : plan_of(message.GetDescriptor()))
        if (std::string bad = look_into(message, *field); !bad.empty()) return bad;
    return {};
}

}  // namespace aitrading::kit

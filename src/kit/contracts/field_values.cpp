#include "kit/contracts/field_values.hpp"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <map>
#include <mutex>
#include <vector>

#include "aitrading/v1/options.pb.h"
#include "base/utf8.hpp"

namespace aitrading::kit {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

/// One question about the fields of one sort.
struct Question {
    virtual ~Question() = default;
    virtual bool concerns(const FieldDescriptor& field) const = 0;
    /// What is wrong with a value: of a single field, or the i-th of a repeated one. Empty: nothing.
    virtual std::string judge(const Message& message, const FieldDescriptor& field, int i) const = 0;
};

struct ProbabilityQuestion final : Question {
    bool concerns(const FieldDescriptor& field) const override { return field.options().GetExtension(v1::probability); }
    std::string judge(const Message& message, const FieldDescriptor& field, int i) const override {
        const Reflection* reflection = message.GetReflection();
        const double value = field.is_repeated() ? reflection->GetRepeatedDouble(message, &field, i) : reflection->GetDouble(message, &field);
        if (value >= 0.0 && value <= 1.0) return {};
        return fmt::format("{} = {}", field.name(), value);
    }
};

struct TextQuestion final : Question {
    bool concerns(const FieldDescriptor& field) const override { return field.type() == FieldDescriptor::TYPE_STRING; }
    std::string judge(const Message& message, const FieldDescriptor& field, int i) const override {
        const Reflection* reflection = message.GetReflection();
        std::string room;
        const std::string& text = field.is_repeated() ? reflection->GetRepeatedStringReference(message, &field, i, &room)
                                                      : reflection->GetStringReference(message, &field, &room);
        return is_utf8(text) ? std::string() : field.name();
    }
};

/// Which fields of a message a question concerns, or hold others that it does.
struct Plan {
    struct Step {
        const FieldDescriptor* field;
        const Plan* inside;  ///< of a message
    };
    std::vector<Step> steps;
};

/// A cache of what the schema says.
class Plans {
  public:
    explicit Plans(const Question& question) : question_(question) {}
    /// Valid for ever: nodes of the map stay where they are.
    const Plan& of(const Descriptor* type) {
        const std::lock_guard lock(mutex_);
        return plan(type);
    }
    const Question& question() const { return question_; }

  private:
    const Plan& plan(const Descriptor* type) {
        const auto [at, fresh] = plans_.try_emplace(type);
        if (!fresh) return at->second;  // a message inside itself ends here; tools/schema refuses such a contract
        for (int i = 0; i < type->field_count(); ++i) {
            const FieldDescriptor* field = type->field(i);
            const Plan* inside = field->message_type() != nullptr ? &plan(field->message_type()) : nullptr;
            if (inside != nullptr ? !inside->steps.empty() : question_.concerns(*field)) at->second.steps.push_back({field, inside});
        }
        return at->second;
    }

    const Question& question_;
    std::mutex mutex_;
    std::map<const Descriptor*, Plan> plans_;
};

std::string answer(const Message& message, const Plan& plan, const Question& question);

std::string look_into(const Message& message, const Plan::Step& step, const Question& question) {
    const Reflection* reflection = message.GetReflection();
    const FieldDescriptor* field = step.field;
    const bool single = !field->is_repeated();
    if (single && field->has_presence() && !reflection->HasField(message, field)) return {};
    const int count = single ? 1 : reflection->FieldSize(message, field);
    for (int i = 0; i < count; ++i) {
        if (step.inside == nullptr) {
            if (std::string bad = question.judge(message, *field, i); !bad.empty()) return bad;
            continue;
        }
        const Message& inner = single ? reflection->GetMessage(message, field) : reflection->GetRepeatedMessage(message, field, i);
        if (const std::string bad = answer(inner, *step.inside, question); !bad.empty()) return fmt::format("{}.{}", field->name(), bad);
    }
    return {};
}

std::string answer(const Message& message, const Plan& plan, const Question& question) {
    for (const Plan::Step& step : plan.steps)
        if (std::string bad = look_into(message, step, question); !bad.empty()) return bad;
    return {};
}

}  // namespace

std::string bad_probability(const Message& message) {
    static const ProbabilityQuestion question;
    static Plans* const plans = new Plans(question);  // outlives every thread
    return answer(message, plans->of(message.GetDescriptor()), question);
}

std::string bad_text(const Message& message) {
    static const TextQuestion question;
    static Plans* const plans = new Plans(question);
    return answer(message, plans->of(message.GetDescriptor()), question);
}

}  // namespace aitrading::kit

#include "kit/contracts/transcoding.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <set>

#include "aitrading/v1/envelope.pb.h"
#include "aitrading/v1/options.pb.h"
#include "base/check.hpp"
#include "google/api/annotations.pb.h"
#include "kit/contracts/contract_files.hpp"
#include "kit/contracts/contracts.hpp"
#include "kit/contracts/field_text.hpp"
#include "kit/contracts/path_template.hpp"
#include "kit/contracts/percent.hpp"
#include "kit/contracts/field_values.hpp"

namespace aitrading::kit {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

struct Route {
    PathTemplate path;
    std::string verb, body;
    std::size_t contract = 0;
    const Descriptor* request = nullptr;
};

std::pair<std::string, std::string> verb_and_path(const google::api::HttpRule& rule) {
    switch (rule.pattern_case()) {
        case google::api::HttpRule::kGet: return {"GET", rule.get()};
        case google::api::HttpRule::kPut: return {"PUT", rule.put()};
        case google::api::HttpRule::kPost: return {"POST", rule.post()};
        case google::api::HttpRule::kDelete: return {"DELETE", rule.delete_()};
        case google::api::HttpRule::kPatch: return {"PATCH", rule.patch()};
        case google::api::HttpRule::PATTERN_NOT_SET: break;
    }
    return {};  // tools/schema refuses such a contract
}

RequestClass class_of(v1::RequestClass kind) {
    switch (kind) {
        case v1::REQUEST_CLASS_FAST: return RequestClass::fast;
        case v1::REQUEST_CLASS_HEAVY: return RequestClass::heavy;
        default: return RequestClass::normal;
    }
}

/// What the descriptors of this build say of requests, read once.
struct Requests {
    std::vector<RequestContract> contracts;
    std::vector<Route> routes;  ///< in the order in which they are tried

    Requests() {
        for (const std::string& name : contract_files()) {
            const auto* file = DescriptorPool::generated_pool()->FindFileByName(name);
            CHECK(file != nullptr);
            for (int i = 0; i < file->service_count(); ++i)
                for (int j = 0; j < file->service(i)->method_count(); ++j) add(*file->service(i)->method(j));
        }
        std::ranges::stable_sort(routes, [](const Route& a, const Route& b) {
            if (a.path.has_word() != b.path.has_word()) return a.path.has_word();
            return a.path.equal_segments() > b.path.equal_segments();
        });
    }

    void add(const MethodDescriptor& method) {
        contracts.push_back({method.service()->full_name(), method.name(), method.input_type()->full_name(), method.output_type()->full_name(),
                             method.server_streaming(), class_of(method.options().GetExtension(v1::request_class)), {}});
        const google::api::HttpRule& rule = method.options().GetExtension(google::api::http);
        add_path(rule, *method.input_type());
        for (const google::api::HttpRule& more : rule.additional_bindings()) add_path(more, *method.input_type());
    }

    void add_path(const google::api::HttpRule& rule, const Descriptor& request) {
        const auto [verb, path] = verb_and_path(rule);
        if (verb.empty()) return;
        contracts.back().paths.push_back({verb, path});
        routes.push_back({PathTemplate(path), verb, rule.body(), contracts.size() - 1, &request});
    }
};

const Requests& requests() {
    static const Requests* const made = new Requests;  // outlives every thread
    return *made;
}

struct Target {
    std::string_view path, query;
};

Target split(std::string_view target) {
    const std::size_t mark = target.find('?');
    if (mark == std::string_view::npos) return {target, {}};
    return {target.substr(0, mark), target.substr(mark + 1)};
}

std::unique_ptr<Message> make(const Descriptor* type) {
    return std::unique_ptr<Message>(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

Result<void> fill_body(const Route& route, std::string_view body, Message& message) {
    if (route.body.empty()) {
        if (body.empty()) return {};
        return fail(ErrorCode::bad_input, "this request takes no body; its fields stand in the path and the query");
    }
    if (body.empty()) return {};
    if (route.body == "*") return from_json(body, message);
    const FieldDescriptor* field = route.request->FindFieldByName(route.body);
    CHECK(field != nullptr && field->message_type() != nullptr);  // tools/schema refuses another
    return from_json(body, *message.GetReflection()->MutableMessage(&message, field));
}

Result<void> fill_query(const Route& route, std::string_view query, Message& message) {
    TRY(const auto fields, read_query(query));
    std::set<std::string_view> seen;
    for (const auto& [name, value] : fields) {
        const FieldDescriptor* field = route.request->FindFieldByName(name);
        if (field == nullptr || field->message_type() != nullptr || route.body == "*")
            return fail(ErrorCode::bad_input, fmt::format("the query's field '{}' is none of {}", name.substr(0, 100), route.request->full_name()));
        if (!seen.insert(name).second && !field->is_repeated())
            return fail(ErrorCode::bad_input, fmt::format("the query says '{}' twice", name));
        TRY_VOID(put_text(message, *field, value));
    }
    return {};
}

}  // namespace

const std::vector<RequestContract>& request_contracts() { return requests().contracts; }

const RequestContract* find_request(std::string_view name) {
    if (name.starts_with('/')) name.remove_prefix(1);
    const std::size_t slash = name.find('/');
    if (slash == std::string_view::npos) return nullptr;
    const auto& all = request_contracts();
    const auto at = std::ranges::find_if(all, [&](const RequestContract& c) { return c.service == name.substr(0, slash) && c.method == name.substr(slash + 1); });
    return at == all.end() ? nullptr : &*at;
}

std::unique_ptr<Message> empty_message(const std::string& name) {
    const Descriptor* type = DescriptorPool::generated_pool()->FindMessageTypeByName(name);
    CHECK(type != nullptr);
    return make(type);
}

ReadRequest::ReadRequest(const RequestContract& contract, std::unique_ptr<Message> message) : contract_(&contract), message_(std::move(message)) {}
ReadRequest::ReadRequest(ReadRequest&&) noexcept = default;
ReadRequest& ReadRequest::operator=(ReadRequest&&) noexcept = default;
ReadRequest::~ReadRequest() = default;

Result<ReadRequest> read_request(std::string_view verb, std::string_view target, std::string_view body) {
    const Target asked = split(target);
    for (const Route& route : requests().routes) {
        if (route.verb != verb) continue;
        const auto fields = route.path.match(asked.path);
        if (!fields) continue;
        std::unique_ptr<Message> message = make(route.request);
        TRY_VOID(fill_body(route, body, *message));
        TRY_VOID(fill_query(route, asked.query, *message));
        for (const auto& [name, value] : *fields) TRY_VOID(put_text(*message, *route.request->FindFieldByName(name), value));
        if (const std::string bad = bad_probability(*message); !bad.empty()) return fail(ErrorCode::bad_input, bad + " is no probability in [0, 1]");
        return ReadRequest(requests().contracts[route.contract], std::move(message));
    }
    const std::vector<std::string> others = verbs_at(target);
    if (others.empty()) return fail(ErrorCode::not_found, fmt::format("no request has the path {}", asked.path.substr(0, 200)));
    return fail(ErrorCode::not_found, fmt::format("{} answers to {}, not to {}", asked.path.substr(0, 200), fmt::join(others, ", "), verb.substr(0, 20)));
}

std::vector<std::string> verbs_at(std::string_view target) {
    std::set<std::string> verbs;
    for (const Route& route : requests().routes)
        if (route.path.match(split(target).path)) verbs.insert(route.verb);
    return {verbs.begin(), verbs.end()};
}

std::string problem_json(const Error& error, std::string_view trace_id) {
    v1::Problem problem;
    problem.set_error(std::string(name(error.code)));
    problem.set_text(error.text);
    problem.set_retry(error.retry_helps);
    problem.set_trace_id(std::string(trace_id));
    const auto json = to_json(problem);
    if (json) return *json;
    // The text was no UTF-8, perhaps a piece of what was sent: it stays out.
    problem.set_text("the reason cannot be shown: it is no UTF-8");
    problem.clear_trace_id();
    return to_json(problem).value_or("{}");
}

}  // namespace aitrading::kit

#include "kit/lifecycle/composite_service.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <ranges>

namespace aitrading::kit {
namespace {

SteadyTime now() { return std::chrono::steady_clock::now(); }

/// `regimes: why; correlation: why`, one and the same reason once.
void add_reason(std::string& text, const std::string& part, const std::string& why) {
    if (why.empty() || text.find(why) != std::string::npos) return;
    text += (text.empty() ? "" : "; ") + part + ": " + why;
}

}  // namespace

void CompositeService::add_routes(Router& router) {
    for (const Part& part : parts_) part.service->add_routes(router);
}

void CompositeService::add_requests(RequestHandlers& handlers) {
    for (const Part& part : parts_) part.service->add_requests(handlers);
}

Result<void> CompositeService::start() {
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        const auto started = parts_[i].service->start();
        if (started) continue;
        for (std::size_t back = i; back-- > 0;) parts_[back].service->stop(Deadline::after(now(), std::chrono::seconds(1)));
        return started;
    }
    return {};
}

Result<void> CompositeService::ready() {
    std::optional<Error> first;
    std::string text;
    for (const Part& part : parts_) {
        const auto ready = part.service->ready();
        if (ready) continue;
        if (!first) first = ready.error();
        add_reason(text, part.name, ready.error().text);
    }
    if (!first) return {};
    return fail(first->code, std::move(text), first->retry_helps);
}

std::string CompositeService::shortfall() {
    std::string text;
    for (const Part& part : parts_) add_reason(text, part.name, part.service->shortfall());
    return text;
}

std::int64_t CompositeService::lag() {
    std::int64_t most = 0;
    for (const Part& part : parts_) most = std::max(most, part.service->lag());
    return most;
}

std::string CompositeService::last_error() {
    std::string text;
    for (const Part& part : parts_) add_reason(text, part.name, part.service->last_error());
    return text;
}

void CompositeService::stop(Deadline deadline) {
    auto left = static_cast<std::int64_t>(parts_.size());
    for (Part& part : std::views::reverse(parts_)) {
        const SteadyTime begun = now();
        part.service->stop(Deadline::after(begun, deadline.left(begun) / left--));
    }
}

}  // namespace aitrading::kit

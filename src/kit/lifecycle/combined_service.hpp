#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "kit/lifecycle/service.hpp"

namespace aitrading::kit {

/// Several parts under one name and port of the table. They start in their order and stop in the reverse one; what one of them lacks, the whole lacks.
class CombinedService final : public Service {
  public:
    /// @pre at least one part, and no two answer the same request
    explicit CombinedService(std::vector<std::unique_ptr<Service>> parts) : parts_(std::move(parts)) {}

    void add_routes(Router& router) override {
        for (const auto& part : parts_) part->add_routes(router);
    }
    void add_requests(RequestHandlers& handlers) override {
        for (const auto& part : parts_) part->add_requests(handlers);
    }
    Result<void> start() override {
        for (const auto& part : parts_) TRY_VOID(part->start());
        return {};
    }
    Result<void> ready() override {
        for (const auto& part : parts_) TRY_VOID(part->ready());
        return {};
    }
    std::string shortfall() override { return first([](Service& part) { return part.shortfall(); }); }
    std::int64_t lag() override {
        std::int64_t all = 0;
        for (const auto& part : parts_) all += part->lag();
        return all;
    }
    std::string last_error() override { return first([](Service& part) { return part.last_error(); }); }
    void stop(Deadline deadline) override {
        for (auto part = parts_.rbegin(); part != parts_.rend(); ++part) (*part)->stop(deadline);
    }

  private:
    template <class Say>
    std::string first(const Say& say) {
        for (const auto& part : parts_)
            if (std::string text = say(*part); !text.empty()) return text;
        return {};
    }
    std::vector<std::unique_ptr<Service>> parts_;
};

}  // namespace aitrading::kit

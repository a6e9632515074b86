#pragma once

#include <memory>
#include <string>
#include <vector>

#include "kit/lifecycle/service.hpp"

namespace aitrading::kit {

/// Several services under one name, port and readiness.
class CompositeService final : public Service {
  public:
    struct Part {
        std::string name;
        std::unique_ptr<Service> service;
    };
    explicit CompositeService(std::vector<Part> parts) : parts_(std::move(parts)) {}

    void add_routes(Router& router) override;
    void add_requests(RequestHandlers& handlers) override;
    /// In their order. Where one fails, those that run are stopped again and the error is its own.
    Result<void> start() override;
    /// All that is wrong, each with its part; the code is the first one's.
    Result<void> ready() override;
    /// As `last_error`.
    std::string shortfall() override;
    /// The greatest of all: parts that read the same events are not counted twice.
    std::int64_t lag() override;
    std::string last_error() override;
    /// In the reverse order, each with its share of the time.
    void stop(Deadline deadline) override;

  private:
    std::vector<Part> parts_;
};

}  // namespace aitrading::kit

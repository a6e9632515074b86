#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "kit/lifecycle/service.hpp"

namespace aitrading::kit {

/// A service whose making may fail or take a while (models to load, series to read): it is made when it starts.
class DeferredService final : public Service {
  public:
    using Make = std::function<Result<std::unique_ptr<Service>>()>;
    using AddRequests = std::function<void(RequestHandlers&)>;
    /// @param requests that are answered from before it is made on; none: it has none
    explicit DeferredService(Make make, AddRequests requests = {}) : make_(std::move(make)), requests_(std::move(requests)) {}

    void add_requests(RequestHandlers& handlers) override {
        if (requests_) requests_(handlers);
    }

    /// @errors those of the making and of the start
    Result<void> start() override {
        TRY(auto made, make_());
        TRY_VOID(made->start());
        const std::lock_guard lock(mutex_);
        made_ = std::move(made);
        return {};
    }
    Result<void> ready() override {
        const auto made = current();
        return made ? made->ready() : fail(ErrorCode::failed, "it has not started yet", true);
    }
    std::string shortfall() override {
        const auto made = current();
        return made ? made->shortfall() : std::string();
    }
    std::int64_t lag() override {
        const auto made = current();
        return made ? made->lag() : 0;
    }
    std::string last_error() override {
        const auto made = current();
        return made ? made->last_error() : std::string();
    }
    void stop(Deadline deadline) override {
        if (const auto made = current()) made->stop(deadline);
    }

  private:
    std::shared_ptr<Service> current() {
        const std::lock_guard lock(mutex_);
        return made_;
    }
    Make make_;
    AddRequests requests_;
    std::mutex mutex_;
    std::shared_ptr<Service> made_;
};

/// A service that this home is not set up for: it runs, is not ready and says what to do.
class UnsetService final : public Service {
  public:
    explicit UnsetService(std::string why) : why_(std::move(why)) {}
    Result<void> start() override { return {}; }
    Result<void> ready() override { return fail(ErrorCode::not_found, why_); }
    std::string last_error() override { return why_; }

  private:
    std::string why_;
};

}  // namespace aitrading::kit

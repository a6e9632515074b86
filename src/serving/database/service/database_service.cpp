#include "serving/database/service/database_service.hpp"

#include <condition_variable>
#include <stop_token>

#include "kit/lifecycle/pump.hpp"
#include "serving/database/service/quota_gate.hpp"
#include "serving/database/service/quota_settings.hpp"

namespace aitrading::serving {
namespace {

constexpr const char* service_name = "database-service";

class DatabaseService final : public kit::Service {
  public:
    DatabaseService(const kit::ServiceGround& ground, DatabaseServiceOptions options)
        : ground_(ground), options_(std::move(options)), gate_(std::make_shared<QuotaGate>(ground.telemetry.metrics, options_.clocks)), state_(std::make_shared<DatabaseState>(options_.clocks)),
          uploads_open_(ground.telemetry.metrics.gauge("database_uploads_open", "Objects that are being put in parts.")) {
        state_->gate = gate_;
        state_->on_refused = [gate = gate_](const std::string& tenant, const std::string& quota) { gate->count(tenant, quota); };
    }

    void add_requests(kit::RequestHandlers& handlers) override {
        add_table_requests(handlers, state_);
        add_value_requests(handlers, state_);
        add_object_requests(handlers, state_);
        add_series_requests(handlers, state_);
        add_history_requests(handlers, state_);
    }
    Result<void> start() override {
        TRY(const TenantLimits limits, limits_of(ground_.settings));
        set_limits(limits);
        follow_limits();
        TRY(DatabaseStores stores, options_.open());
        state_->open(std::move(stores));
        pump_.start([this](const std::stop_token& stop) { return watch(stop); });
        return {};
    }
    Result<void> ready() override {
        TRY_VOID(state_->stores());
        return state_->troubles();
    }
    std::string last_error() override {
        const auto troubles = state_->troubles();
        return troubles ? std::string() : troubles.error().text;
    }
    void stop(Deadline) override {
        pump_.stop();
        const auto stores = state_->stores();
        if (!stores) return;
        keep(**stores, true);
        state_->close();
    }

  private:
    void set_limits(const TenantLimits& limits) {
        gate_->set_limits(limits);
        state_->set_limits(limits);
    }
    /// The settings live longer than this service.
    void follow_limits() {
        const std::weak_ptr<DatabaseState> state = state_;
        const std::weak_ptr<QuotaGate> gate = gate_;
        kit::Settings& settings = ground_.settings;
        kit::Log& log = ground_.telemetry.log;
        for (const std::string& name : quota_settings())
            settings.on_change(name, [state, gate, &settings, &log](const std::string&) {
                const auto own = state.lock();
                const auto before = gate.lock();
                if (!own || !before) return;
                const auto limits = limits_of(settings);
                if (!limits) return log.write({.level = kit::LogLevel::warning, .service = service_name, .action = "settings", .outcome = "refused", .message = "limits are as before", .fields = {{"why", limits.error().text}}});
                before->set_limits(*limits);
                own->set_limits(*limits);
            });
    }
    void keep(const DatabaseStores& stores, bool last) {
        if (!stores.keep) return;
        const SteadyTime begun = options_.clocks.steady();
        const auto kept = stores.keep(last);
        state_->note("key_value snapshot", kept);
        ground_.telemetry.log.write({.level = kept ? kit::LogLevel::info : kit::LogLevel::error, .service = service_name, .action = "snapshot", .outcome = kept ? "ok" : "failed",
                                     .duration = options_.clocks.steady() - begun, .message = "values written to their snapshot", .fields = {{"why", kept ? "" : kept.error().text}}});
    }
    void look(const DatabaseStores& stores) {
        state_->note("table_store", stores.tables->health());
        state_->note("key_value", stores.values->health());
        const SteadyTime now = options_.clocks.steady();
        state_->uploads.sweep(now);
        state_->readers.sweep(now);
        uploads_open_.set(static_cast<double>(state_->uploads.open()));
    }
    Result<void> watch(const std::stop_token& stop) {
        TRY(const auto stores, state_->stores());
        std::mutex mutex;
        std::condition_variable_any asked;
        SteadyTime kept = options_.clocks.steady();
        while (!stop.stop_requested()) {
            look(*stores);
            if (options_.clocks.steady() - kept >= options_.keeps_every) {
                keep(*stores, false);
                kept = options_.clocks.steady();
            }
            std::unique_lock lock(mutex);
            asked.wait_for(lock, stop, options_.looks_every, [] { return false; });
        }
        return {};
    }

    kit::ServiceGround ground_;
    DatabaseServiceOptions options_;
    std::shared_ptr<QuotaGate> gate_;
    std::shared_ptr<DatabaseState> state_;
    kit::Metrics::Gauge uploads_open_;
    kit::Pump pump_;
};

}  // namespace

std::unique_ptr<kit::Service> make_database_service(const kit::ServiceGround& ground, DatabaseServiceOptions options) { return std::make_unique<DatabaseService>(ground, std::move(options)); }

}  // namespace aitrading::serving

#include "serving/journal/service/journal_part.hpp"

#include <algorithm>
#include <condition_variable>
#include <random>

#include "kit/contracts/contracts.hpp"
#include "kit/events/retention.hpp"
#include "kit/events/standing_check.hpp"
#include "kit/events/timers.hpp"
#include "kit/lifecycle/pump.hpp"
#include "serving/journal/service/journal_requests.hpp"

namespace aitrading::serving {
namespace {

constexpr const char* service_name = "database-service";
constexpr std::chrono::milliseconds idle_nap{500}, nap_max{200};
constexpr int share_of_time = 4;  // a nap is so many times as long as the work before it
constexpr std::chrono::hours whole_check_every{24};
constexpr std::chrono::seconds removal_every{10}, costly_removal_every{3'600};

UnixNanos wall_now() { return {std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count()}; }
SteadyTime steady_now() { return std::chrono::steady_clock::now(); }

std::uint64_t fresh_seed() {
    std::random_device device;
    return (std::uint64_t{device()} << 32) | device();
}

bool named(const std::vector<std::string>& list, const std::string& name) { return std::ranges::find(list, name) != list.end(); }

/// Sleeps until then or until a stop is asked for.
void nap(const std::stop_token& stop, std::chrono::nanoseconds length) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, length, [] { return false; });
}

class JournalPart final : public kit::Service {
  public:
    JournalPart(const kit::ServiceGround& ground, ports::EventBus& bus)
        : settings_(ground.settings), metrics_(ground.telemetry.metrics), bus_(bus), check_(bus, ground.telemetry, {.service = service_name, .seed = fresh_seed()}, wall_now), timers_(bus, {wall_now, steady_now}), retention_(bus, metrics_),
          requests_(bus, {.may_publish = [this](const std::string& topic) { return may_publish(topic); },
                          .checks = [this] { return check_.found(); },
                          .read_model = check_.read_model(),
                          .now = wall_now,
                          .seed = fresh_seed()}) {}
    ~JournalPart() override { stop_all(); }

    void add_requests(kit::RequestHandlers& handlers) override { requests_.add_to(handlers); }
    Result<void> start() override {
        TRY(rules_, keep_rules());
        for (const std::string& topic : settings_.list("AITRADING_PUBLISH_TOPICS")) TRY_VOID(bus_.create_topic(topic, {}));
        for (const char* topic : {"ops.alerts", "ops.timers"}) TRY_VOID(bus_.create_topic(topic, {}));
        requests_.start();
        keeping_.start([this](const std::stop_token& stop) { return keep(stop); });
        retaining_.start([this](const std::stop_token& stop) { return retain(stop); });
        if (settings_.boolean("AITRADING_TIMERS")) timing_.start([this](const std::stop_token& stop) { return time(stop); });
        return {};
    }
    Result<void> ready() override { return bus_.health(); }
    std::string shortfall() override { return check_.shortfall(); }
    std::string last_error() override {
        const std::lock_guard lock(mutex_);
        return last_error_;
    }
    void stop(Deadline) override { stop_all(); }

  private:
    bool may_publish(const std::string& topic) const { return named(settings_.list("AITRADING_PUBLISH_TOPICS"), topic); }
    void note(const Error& error) {
        const std::lock_guard lock(mutex_);
        last_error_ = error.text;
    }
    void stop_all() {
        requests_.stop();
        keeping_.stop();
        timing_.stop();
        retaining_.stop();
    }
    Result<kit::KeepRules> keep_rules() const {
        auto rules = kit::parse_keep_rules(settings_.list("AITRADING_RETENTION"));
        if (!rules) rules.error().text = "AITRADING_RETENTION: " + rules.error().text;
        return rules;
    }
    /// Keeps read models and checks them; at most a fifth of a core, whatever there is to read.
    Result<void> keep(const std::stop_token& stop) {
        SteadyTime last = steady_now(), last_whole = last;
        while (!stop.stop_requested()) {
            const auto period = std::chrono::duration<double>(settings_.number("AITRADING_CHECK_PERIOD"));
            if (period.count() <= 0) {
                nap(stop, idle_nap);
                continue;
            }
            const SteadyTime begun = steady_now();
            if (begun - last >= period) {
                const bool whole = begun - last_whole >= whole_check_every;
                check_.ask(whole);
                last = begun;
                if (whole) last_whole = begun;
            }
            const auto more = check_.turn();
            if (!more) note(more.error());
            const bool busy = more && *more;
            const auto rest = std::min<std::chrono::nanoseconds>(share_of_time * (steady_now() - begun), nap_max);
            nap(stop, busy ? rest : std::min<std::chrono::nanoseconds>(idle_nap, std::chrono::duration_cast<std::chrono::nanoseconds>(period)));
        }
        return {};
    }
    /// Removes what may go, with naps four times as long as the work; a rule that cannot be read leaves the earlier ones.
    Result<void> retain(const std::stop_token& stop) {
        const std::chrono::nanoseconds period = bus_.promises().retention_reads_all ? costly_removal_every : removal_every;
        while (!stop.stop_requested()) {
            if (auto rules = keep_rules()) rules_ = *std::move(rules);
            else note(rules.error());
            const SteadyTime begun = steady_now();
            const auto more = retention_.turn(rules_, wall_now());
            if (!more) note(more.error());
            nap(stop, more && *more ? share_of_time * (steady_now() - begun) : period);
        }
        return {};
    }
    Result<void> time(const std::stop_token& stop) {
        const auto waiting = metrics_.gauge("deadlines_waiting", "Deadlines that were set and are not due yet");
        while (!stop.stop_requested()) {
            const auto sent = timers_.turn(idle_nap / 2);
            waiting.set(static_cast<double>(timers_.waiting()));
            if (sent) continue;
            note(sent.error());
            nap(stop, idle_nap);
        }
        return {};
    }

    kit::Settings& settings_;
    kit::Metrics& metrics_;
    ports::EventBus& bus_;
    kit::StandingCheck check_;
    kit::Timers timers_;
    kit::Retention retention_;
    kit::KeepRules rules_;
    JournalRequests requests_;
    std::mutex mutex_;
    std::string last_error_;
    kit::Pump keeping_, timing_, retaining_;
};

}  // namespace

std::unique_ptr<kit::Service> make_journal_part(const kit::ServiceGround& ground, ports::EventBus& bus) { return std::make_unique<JournalPart>(ground, bus); }

}  // namespace aitrading::serving

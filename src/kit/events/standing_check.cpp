#include "kit/events/standing_check.hpp"

#include "aitrading/v1/operations.pb.h"
#include "kit/contracts/contracts.hpp"
#include "kit/events/overview.hpp"

namespace aitrading::kit {
namespace {

constexpr int turns_behind_max = 1'000;  // then a check is made all the same

}  // namespace

StandingCheck::StandingCheck(ports::EventBus& bus, const Telemetry& telemetry, StandingCheckOptions options, WallClock now)
    : bus_(bus), telemetry_(telemetry), options_(std::move(options)), now_(std::move(now)) {}
StandingCheck::~StandingCheck() = default;

Result<void> StandingCheck::find_topics() {
    if (!alerts_) {
        TRY(alerts_, OpsAlerts::open(bus_, options_.read_model + "-check", now_, options_.seed));
    }
    TRY(const std::vector<std::string> names, bus_.topics());
    for (const std::string& name : names) {
        if (topics_.contains(name)) continue;
        KeptModelOptions kept{{name, options_.read_model, options_.snapshot_every}, options_.events_at_once};
        Topic topic;
        topic.model = std::make_unique<KeptModel>(bus_, [] { return std::make_unique<Overview>(); }, kept);
        topic.model->ask(true);
        ++open_rounds_;
        topics_.emplace(name, std::move(topic));
    }
    return {};
}

Result<bool> StandingCheck::turn() {
    TRY_VOID(find_topics());
    bool more = false;
    for (auto& [name, topic] : topics_) more = step(name, topic) || more;
    TRY_VOID(bus_.health());
    return more;
}

/// Keeps one topic's model and goes on with its check; true: there is more to do.
bool StandingCheck::step(const std::string& name, Topic& topic) {
    const auto kept = topic.model->keep();
    // What is far behind is kept first: a check of it would say little.
    const bool far_behind = kept && *kept >= options_.events_at_once && ++topic.waited < turns_behind_max;
    if (far_behind) return true;
    topic.waited = 0;
    const bool asked = topic.model->checking();
    const auto ended = kept ? topic.model->check(now_()) : std::unexpected(kept.error());
    if (!ended) {
        const std::lock_guard lock(mutex_);
        CheckFound& found = found_[name];
        found.failure = ended.error().text;
        if (found.failure != topic.failed)
            telemetry_.log.write({.level = LogLevel::error, .service = options_.service, .action = "check read model", .outcome = "failed", .message = "a read model could not be checked",
                                  .fields = {{"topic", name}, {"reason", found.failure}}});
        topic.failed = found.failure;
        return false;
    }
    if (!topic.failed.empty()) topic.model->ask(false);  // what could not be checked is checked again
    topic.failed.clear();
    if (*ended) {
        report(name, topic);
    } else {
        const std::lock_guard lock(mutex_);
        found_[name].unread = topic.model->found().unread;
        found_[name].failure.clear();
    }
    return asked && !*ended;
}

void StandingCheck::report(const std::string& name, Topic& topic) {
    CheckFound found = topic.model->found();
    if (const auto told = tell(name, topic, found); !told) found.failure = told.error().text;
    const Metrics::Labels labels{{"read_model", options_.read_model}, {"topic", name}};
    telemetry_.metrics.gauge("read_model_differences", "Lines in which a read model differs from the journal", labels).set(static_cast<double>(found.differences()));
    telemetry_.metrics.counter("read_model_checks_total", "Comparisons of a read model with the journal", labels).add();
    {
        const std::lock_guard lock(mutex_);
        found_[name] = std::move(found);
    }
    if (open_rounds_ == 0) return;
    --open_rounds_;
    if (open_rounds_ == 0) log_round();
}

Result<void> StandingCheck::tell(const std::string& name, Topic& topic, const CheckFound& found) {
    if (found.differences() == 0) {
        topic.told = 0;
        TRY([[maybe_unused]] const bool over, alerts_->clear(alert_name(name)));
        return {};
    }
    if (found.differences() == topic.told) return {};
    v1::ReadModelDiverged message;
    message.set_read_model(options_.read_model);
    message.set_topic(name);
    message.set_compared(found.compared);
    message.set_missing(found.missing);
    message.set_surplus(found.surplus);
    message.set_different(found.different);
    message.set_first_difference(found.first_difference);
    message.set_known_ns(found.checked.value);
    TRY(Event event, pack(message, {.id = alerts_->next_id(), .source = "/" + options_.service, .tenant = "default", .time = found.checked, .trace = std::nullopt}));
    const OpsAlert alert{.name = alert_name(name),
                         .service = options_.service,
                         .severity = Severity::error,
                         .text = "the read model '" + options_.read_model + "' of " + name + " differs from the journal in " + std::to_string(found.differences()) + " lines",
                         .remedy = "stop the platform, look with `aitrading journal replay --check`, build it anew with `aitrading journal replay`",
                         .observed = static_cast<double>(found.differences()),
                         .threshold = 0};
    TRY([[maybe_unused]] const bool raised, alerts_->raise(alert, {std::move(event)}));
    topic.told = found.differences();
    telemetry_.log.write({.level = LogLevel::error, .service = options_.service, .action = "check read model", .outcome = "different", .message = "a read model differs from the journal",
                          .fields = {{"topic", name}, {"differences", std::to_string(found.differences())}, {"first", found.first_difference}}});
    return {};
}

/// One record for a check of all topics: more would be news that the next check has to read.
void StandingCheck::log_round() {
    std::int64_t compared = 0, differences = 0;
    std::size_t count = 0;
    for (const Found& one : found()) {
        compared += one.last.compared;
        differences += one.last.differences();
        ++count;
    }
    telemetry_.log.write({.service = options_.service, .action = "check read models", .outcome = differences == 0 ? "same" : "different", .message = "read models compared with the journal",
                          .fields = {{"topics", std::to_string(count)}, {"events", std::to_string(compared)}, {"differences", std::to_string(differences)}}});
}

void StandingCheck::ask(bool whole) {
    for (auto& [name, topic] : topics_) topic.model->ask(whole);
    open_rounds_ = static_cast<int>(topics_.size());
}

std::vector<StandingCheck::Found> StandingCheck::found() const {
    std::vector<Found> out;
    const std::lock_guard lock(mutex_);
    out.reserve(found_.size());
    for (const auto& [topic, last] : found_) out.push_back({topic, last});
    return out;
}

std::string StandingCheck::shortfall() const {
    for (const Found& one : found()) {
        if (!one.last.failure.empty()) return "the read model of " + one.topic + " could not be checked: " + one.last.failure;
        if (one.last.differences() > 0)
            return "the read model of " + one.topic + " differs from the journal in " + std::to_string(one.last.differences()) + " lines: " + one.last.first_difference;
    }
    return {};
}

}  // namespace aitrading::kit

#include "kit/telemetry/metrics.hpp"

#include <map>
#include <mutex>
#include <set>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace aitrading::kit {

struct Metrics::Inside {
    prometheus::Registry registry;
    std::mutex mutex;
    std::map<std::string, std::set<Labels>, std::less<>> series;
    std::map<std::string, prometheus::Family<prometheus::Counter>*, std::less<>> counters;
    std::map<std::string, prometheus::Family<prometheus::Gauge>*, std::less<>> gauges;
    std::map<std::string, prometheus::Family<prometheus::Histogram>*, std::less<>> histograms;

    /// The labels under which this is counted. @pre locked
    Labels admitted(std::string_view name, Labels labels) {
        std::set<Labels>& known = series[std::string(name)];
        if (known.contains(labels)) return labels;
        if (known.size() >= series_max)
            for (auto& [key, value] : labels) value = "other";
        known.insert(labels);
        return labels;
    }
    template <class Families, class Builder>
    auto& family(Families& families, Builder builder, std::string_view name, std::string_view help) {
        const auto found = families.find(name);
        if (found != families.end()) return *found->second;
        auto& made = builder.Name(std::string(name)).Help(std::string(help)).Register(registry);
        families.emplace(std::string(name), &made);
        return made;
    }
};

Metrics::Metrics() : inside_(std::make_unique<Inside>()) {}
Metrics::~Metrics() = default;

Metrics::Counter Metrics::counter(std::string_view name, std::string_view help, const Labels& labels) {
    const std::lock_guard lock(inside_->mutex);
    Counter out;
    out.counter_ = &inside_->family(inside_->counters, prometheus::BuildCounter(), name, help).Add(inside_->admitted(name, labels));
    return out;
}

Metrics::Gauge Metrics::gauge(std::string_view name, std::string_view help, const Labels& labels) {
    const std::lock_guard lock(inside_->mutex);
    Gauge out;
    out.gauge_ = &inside_->family(inside_->gauges, prometheus::BuildGauge(), name, help).Add(inside_->admitted(name, labels));
    return out;
}

Metrics::Histogram Metrics::histogram(std::string_view name, std::string_view help, const std::vector<double>& bounds, const Labels& labels) {
    const std::lock_guard lock(inside_->mutex);
    Histogram out;
    out.histogram_ = &inside_->family(inside_->histograms, prometheus::BuildHistogram(), name, help)
                          .Add(inside_->admitted(name, labels), prometheus::Histogram::BucketBoundaries(bounds));
    return out;
}

const std::vector<double>& Metrics::second_bounds() {
    static const std::vector<double> bounds{0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05,
                                            0.1,    0.2,    0.5,    1,     2,     5,     10,   30,   60};
    return bounds;
}

std::string Metrics::text() const { return prometheus::TextSerializer().Serialize(inside_->registry.Collect()); }

void Metrics::Counter::add(double amount) const { static_cast<prometheus::Counter*>(counter_)->Increment(amount); }
void Metrics::Gauge::set(double value) const { static_cast<prometheus::Gauge*>(gauge_)->Set(value); }
void Metrics::Gauge::add(double amount) const { static_cast<prometheus::Gauge*>(gauge_)->Increment(amount); }
double Metrics::Gauge::value() const { return static_cast<prometheus::Gauge*>(gauge_)->Value(); }
void Metrics::Histogram::observe(double value) const { static_cast<prometheus::Histogram*>(histogram_)->Observe(value); }

}  // namespace aitrading::kit

#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace aitrading::kit {

/// Counts and measures of one process in Prometheus' text format. Handles are cheap to copy, live as long as the registry
/// and may be used from several threads; looking one up takes a lock, so keep it.
///
/// Bounded: at most `series_max` combinations of labels a name; what comes later is counted under labels that all say
/// `other`, so that a caller who puts ids into labels cannot fill the memory.
class Metrics {
  public:
    using Labels = std::map<std::string, std::string>;
    static constexpr std::size_t series_max = 1'000;

    class Counter {
      public:
        void add(double amount = 1) const;  ///< @pre amount >= 0

      private:
        friend class Metrics;
        void* counter_ = nullptr;
    };
    class Gauge {
      public:
        void set(double value) const;
        void add(double amount) const;
        double value() const;

      private:
        friend class Metrics;
        void* gauge_ = nullptr;
    };
    class Histogram {
      public:
        void observe(double value) const;

      private:
        friend class Metrics;
        void* histogram_ = nullptr;
    };

    Metrics();
    ~Metrics();

    /// Names are snake_case and end in their unit (`_seconds`, `_bytes`) or, for counters, in `_total`.
    /// @pre a name is used for one kind and one set of label names only
    Counter counter(std::string_view name, std::string_view help, const Labels& labels = {});
    Gauge gauge(std::string_view name, std::string_view help, const Labels& labels = {});
    /// @param bounds upper ends of the buckets, ascending
    Histogram histogram(std::string_view name, std::string_view help, const std::vector<double>& bounds, const Labels& labels = {});
    /// Seconds from 100 µs to 60 s, three a decade.
    static const std::vector<double>& second_bounds();

    /// Everything, as `text/plain; version=0.0.4`.
    std::string text() const;

  private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace aitrading::kit

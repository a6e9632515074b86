#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/deadline.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "domain/trace_context.hpp"

namespace aitrading::kit {

/// As OpenTelemetry numbers them.
enum class SpanKind { internal = 1, server = 2, client = 3, producer = 4, consumer = 5 };

/// One finished step of a trace.
struct SpanRecord {
    TraceContext context;  ///< `parent` is this span's own id, as whoever it calls sees it
    std::optional<std::array<std::uint8_t, 8>> caused_by;
    std::string name, service;
    SpanKind kind = SpanKind::internal;
    UnixNanos start, end;
    bool failed = false;
    std::string problem;
    std::vector<std::pair<std::string, std::string>> attributes;
};

/// The body of a POST to /v1/traces (OTLP 1.0 over HTTP, JSON): spans grouped by service, ids as hex, times as decimal text.
std::string otlp_json(const std::vector<SpanRecord>& spans);

class Tracer;

/// A step that is going on; it ends with `end` or when it is destroyed. For one thread at a time; move-only.
class Span {
  public:
    Span() = default;
    Span(Span&& other) noexcept : tracer_(std::exchange(other.tracer_, nullptr)), record_(std::move(other.record_)), begun_(other.begun_) {}
    Span& operator=(Span&& other) noexcept;
    ~Span() { end(); }

    /// To be passed on to whatever this step calls or publishes.
    const TraceContext& context() const { return record_.context; }
    void note(std::string key, std::string value) { record_.attributes.emplace_back(std::move(key), std::move(value)); }
    void rename(std::string name) { record_.name = std::move(name); }
    void fail(std::string problem);
    /// Not exported.
    void forget() { tracer_ = nullptr; }
    void end();

  private:
    friend class Tracer;
    Tracer* tracer_ = nullptr;
    SpanRecord record_;
    SteadyTime begun_{};
};

struct TracerOptions {
    std::size_t waiting_max = 4'096;  ///< spans not exported yet; newer ones are dropped and counted
    std::size_t batch = 512;
    std::chrono::milliseconds period{1'000};
    double sampled_share = 1.0;       ///< of traces that begin here; who calls decides for the others
    std::uint64_t seed = 0;           ///< 0: of std::random_device
};

/// Makes spans and hands the sampled ones to an exporter, on a thread of its own. Safe to use from several threads. Spans
/// must not outlive it.
class Tracer {
  public:
    /// Posts one batch; an error drops it (traces are worth no memory for retries).
    using Export = std::function<Result<void>(const std::vector<SpanRecord>&)>;

    /// Without an exporter, spans have ids to propagate and leave nothing behind.
    Tracer(const TracerOptions& options, Export exporter);
    ~Tracer();  ///< exports what waits, once

    Span start(std::string name, std::string service, const std::optional<TraceContext>& parent, SpanKind kind = SpanKind::internal);
    /// Spans that no exporter took.
    std::int64_t dropped() const;
    /// Waits until all spans that ended before it are exported or dropped.
    void flush();

  private:
    friend class Span;
    void finish(SpanRecord record);
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace aitrading::kit

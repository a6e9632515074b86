#include "kit/telemetry/tracing.hpp"

#include <condition_variable>
#include <mutex>
#include <random>
#include <thread>

#include "base/random.hpp"

namespace aitrading::kit {

struct Tracer::Inside {
    TracerOptions options;
    Export exporter;
    std::mutex mutex;
    std::condition_variable arrived, emptied;
    SplitMix64 random{1};
    std::vector<SpanRecord> waiting;
    std::int64_t dropped = 0;
    bool exporting = false, flushing = false, stopping = false;
    std::thread thread;

    template <std::size_t N>
    std::array<std::uint8_t, N> id() {
        std::array<std::uint8_t, N> out{};
        for (std::size_t i = 0; i < N; i += 8) {
            const std::uint64_t bits = random.next() | 1;  // never all zeros
            for (std::size_t b = 0; b < 8; ++b) out[i + b] = static_cast<std::uint8_t>(bits >> (8 * b));
        }
        return out;
    }

    void run() {
        std::unique_lock lock(mutex);
        for (;;) {
            arrived.wait_for(lock, options.period, [this] { return stopping || flushing || waiting.size() >= options.batch; });
            while (!waiting.empty()) {
                std::vector<SpanRecord> batch;
                batch.swap(waiting);
                exporting = true;
                lock.unlock();
                const bool taken = exporter(batch).has_value();
                lock.lock();
                exporting = false;
                if (!taken) dropped += static_cast<std::int64_t>(batch.size());
            }
            flushing = false;
            emptied.notify_all();
            if (stopping) return;
        }
    }
};

Tracer::Tracer(const TracerOptions& options, Export exporter) : inside_(std::make_unique<Inside>()) {
    inside_->options = options;
    inside_->exporter = std::move(exporter);
    std::random_device device;
    inside_->random = SplitMix64(options.seed != 0 ? options.seed : (std::uint64_t{device()} << 32) ^ device());
    if (inside_->exporter) inside_->thread = std::thread([this] { inside_->run(); });
}

Tracer::~Tracer() {
    if (!inside_->thread.joinable()) return;
    {
        const std::lock_guard lock(inside_->mutex);
        inside_->stopping = true;
    }
    inside_->arrived.notify_all();
    inside_->thread.join();
}

Span Tracer::start(std::string name, std::string service, const std::optional<TraceContext>& parent, SpanKind kind) {
    Span span;
    span.tracer_ = this;
    span.begun_ = std::chrono::steady_clock::now();
    SpanRecord& r = span.record_;
    r.start = {std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count()};
    r.name = std::move(name);
    r.service = std::move(service);
    r.kind = kind;
    const std::lock_guard lock(inside_->mutex);
    if (parent) {
        r.context = *parent;
        r.caused_by = parent->parent;
    } else {
        r.context.trace = inside_->id<16>();
        const bool sampled = inside_->random.next_uniform() < inside_->options.sampled_share;
        r.context.flags = static_cast<std::uint8_t>(TraceContext::random_id | (sampled ? TraceContext::sampled : 0));
    }
    r.context.parent = inside_->id<8>();
    return span;
}

void Tracer::finish(SpanRecord record) {
    if (!inside_->exporter || (record.context.flags & TraceContext::sampled) == 0) return;
    const std::lock_guard lock(inside_->mutex);
    if (inside_->waiting.size() >= inside_->options.waiting_max) {
        ++inside_->dropped;
        return;
    }
    inside_->waiting.push_back(std::move(record));
    if (inside_->waiting.size() == inside_->options.batch) inside_->arrived.notify_one();
}

std::int64_t Tracer::dropped() const {
    const std::lock_guard lock(inside_->mutex);
    return inside_->dropped;
}

void Tracer::flush() {
    if (!inside_->exporter) return;
    std::unique_lock lock(inside_->mutex);
    inside_->flushing = true;
    inside_->arrived.notify_one();
    inside_->emptied.wait(lock, [this] { return inside_->waiting.empty() && !inside_->exporting; });
}

Span& Span::operator=(Span&& other) noexcept {
    if (this == &other) return *this;
    end();
    tracer_ = std::exchange(other.tracer_, nullptr);
    record_ = std::move(other.record_);
    begun_ = other.begun_;
    return *this;
}

void Span::fail(std::string problem) {
    record_.failed = true;
    record_.problem = std::move(problem);
}

void Span::end() {
    if (tracer_ == nullptr) return;
    // The length comes from a clock that does not step; only the beginning is the wall clock's.
    record_.end = {record_.start.value + nanoseconds(std::chrono::steady_clock::now() - begun_).count()};
    std::exchange(tracer_, nullptr)->finish(std::move(record_));
}

}  // namespace aitrading::kit

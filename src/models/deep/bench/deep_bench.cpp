#include <chrono>
#include <ctime>
#include <functional>
#include <string_view>

#include <fmt/format.h>

#include "base/check.hpp"
#include "kit/bench.hpp"
#include "models/deep/causal_net.hpp"
#include "models/deep/integrated_gradients.hpp"
#include "models/deep/tests/random_net.hpp"

namespace aitrading::models {
namespace {

constexpr std::size_t kBars = 20'000;
constexpr int kRepeats = 9;

double microseconds(const std::function<void()>& work) {
    const auto from = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - from).count();
}

/// Processor time of this thread: what else runs on the machine counts less.
double processor_microseconds(const std::function<void()>& work) {
    const auto now = [] {
        timespec t{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
        return 1e6 * static_cast<double>(t.tv_sec) + 1e-3 * static_cast<double>(t.tv_nsec);
    };
    const double from = now();
    work();
    return now() - from;
}

/// One net over one random series: times do not depend on the numbers.
class Subject {
  public:
    explicit Subject(const NetSpec& spec)
        : net_(*CausalNet::build(random_weights(spec, 1))),
          rows_(kBars * spec.inputs),
          out_(kBars * spec.outputs) {
        SplitMix64 random(2);
        for (double& v : rows_) v = random.next_normal();
    }

    /// Microseconds of each bar, one at a time. @param between runs before each bar, outside its time
    std::vector<double> bar_by_bar(std::size_t bars, const std::function<void()>& between = [] {}) {
        const NetSpec& spec = net_.spec();
        NetState state = net_.start();
        std::vector<double> times;
        times.reserve(bars);
        for (std::size_t i = 0; i < bars; ++i) {
            between();
            times.push_back(microseconds([&] {
                net_.step(state, {rows_.data() + i * spec.inputs, spec.inputs},
                          {out_.data() + i * spec.outputs, spec.outputs});
            }));
        }
        return times;
    }

    /// Microseconds for a bar when the series is fed at once: bar by bar without looking at the clock, or in
    /// batch.
    double series(bool batch) {
        const NetSpec& spec = net_.spec();
        NetState state = net_.start();
        return processor_microseconds([&] {
                   if (batch) {
                       net_.run(state, {rows_.data(), kBars, spec.inputs, spec.inputs}, out_);
                       return;
                   }
                   for (std::size_t i = 0; i < kBars; ++i)
                       net_.step(state, {rows_.data() + i * spec.inputs, spec.inputs},
                                 {out_.data() + i * spec.outputs, spec.outputs});
               }) /
               static_cast<double>(kBars);
    }

    const NetSpec& spec() const { return net_.spec(); }

  private:
    CausalNet net_;
    std::vector<double> rows_;
    std::vector<float> out_;
};

/// Processor time of integrated gradients over the latest bars of a stream, and what they missed.
struct ReasonCost {
    std::vector<double> us, residual;
    std::size_t bars = 0;
};
ReasonCost reason_cost(const NetSpec& spec) {
    constexpr std::size_t explained = 200, apart = 7;
    const NetWeights weights = random_weights(spec, 1);
    const CausalNet net = *CausalNet::build(weights);
    const IntegratedGradients gradients(weights, net);
    SplitMix64 random(2);
    const std::size_t rows = explained * apart + gradients.bars();
    std::vector<double> values(rows * spec.inputs), out(spec.inputs);
    for (double& v : values) v = random.next_normal();
    NetState state = net.start();
    std::vector<float> said(apart * spec.outputs);
    ReasonCost cost{{}, {}, gradients.bars()};
    for (std::size_t from = 0; from + apart + gradients.bars() <= rows; from += apart) {
        const MatrixView window{values.data() + from * spec.inputs, gradients.bars(), spec.inputs, spec.inputs};
        Reasons reasons;
        cost.us.push_back(processor_microseconds([&] { reasons = gradients.explain(net, state, window, out); }));
        cost.residual.push_back(std::abs(reasons.residual));
        net.run(state, {values.data() + from * spec.inputs, apart, spec.inputs, spec.inputs}, said);
    }
    return cost;
}

kit::BenchRow row_of(const NetSpec& spec, std::string_view what, double value, std::string_view unit) {
    kit::BenchRow row;
    row.name = fmt::format("{}, {} features, {}", name(spec.kind), spec.inputs, what);
    row.value = value;
    row.unit = unit;
    row.peer = "none: libtorch is not linked into what serves";
    return row;
}

/// As in a program where features, trees and the other nets ran since the last bar: two megabytes of reading
/// and writing.
std::vector<double> after_other_work(Subject& subject) {
    std::vector<double> other(std::size_t{1} << 18, 1.0);
    return subject.bar_by_bar(2'000, [&] {
        for (std::size_t i = 0; i < other.size(); i += 8) other[i] += 1;
    });
}

void measure(const NetSpec& spec, double target_us, std::vector<kit::BenchRow>& rows) {
    Subject subject(spec);
    subject.bar_by_bar(2'000);
    const auto single = subject.bar_by_bar(kBars);
    std::vector<double> stream, batch;
    for (int k = 0; k < kRepeats; ++k) {
        stream.push_back(subject.series(false));
        batch.push_back(subject.series(true));
    }
    rows.push_back(row_of(spec, "one more bar, p50", kit::median(single), "us"));
    rows.back().target = target_us;
    rows.back().note = describe(spec);
    rows.push_back(row_of(spec, "one more bar, p99", kit::quantile(single, 0.99), "us"));
    rows.push_back(row_of(spec, "one more bar after 2 MB of other work, p50",
                          kit::median(after_other_work(subject)), "us"));
    rows.push_back(row_of(spec, "batch", 1e6 / kit::median(batch), "bars/s"));
    rows.back().target = 4e6 / target_us;
    rows.back().higher_is_better = true;
    rows.back().note = "target: four times the rate that one more bar at a time must reach";
    rows.push_back(row_of(spec, "batch over bar by bar", kit::median(stream) / kit::median(batch), "times"));
    rows.back().target = 4;
    rows.back().higher_is_better = true;
    rows.back().note = "same core, same bits, against our own bar by bar rate";
}

void measure_reasons(const NetSpec& spec, std::vector<kit::BenchRow>& rows) {
    const ReasonCost cost = reason_cost(spec);
    for (const auto& [label, p] : {std::pair{"p50", 0.5}, {"p99", 0.99}}) {
        rows.push_back(row_of(spec, fmt::format("reasons of one bar, {}", label), kit::quantile(cost.us, p), "us"));
        rows.back().target = 5000;
        rows.back().note = fmt::format("integrated gradients over {} bars, processor time; missed p99 {:.1e} of the logit before it was spread (weights drawn at random)",
                                       cost.bars, kit::quantile(cost.residual, 0.99));
    }
}

}  // namespace
}  // namespace aitrading::models

int main(int argc, char** argv) {
    using namespace aitrading::models;
    std::vector<aitrading::kit::BenchRow> rows;
    const bool reasons_alone = argc > 1 && std::string_view(argv[1]) == "--reasons";
    for (const auto& [kind, target_us] :
         {std::pair{NetKind::lstm, 8.0}, {NetKind::transformer, 25.0}, {NetKind::cnn, 10.0}})
        for (const std::uint32_t inputs : {40U, 60U}) {
            NetSpec spec;
            spec.kind = kind;
            spec.inputs = inputs;
            if (!reasons_alone) measure(spec, target_us, rows);
        }
    for (const NetKind kind : {NetKind::lstm, NetKind::transformer, NetKind::cnn}) {
        NetSpec spec;
        spec.kind = kind;
        spec.inputs = 97;
        measure_reasons(spec, rows);
    }
    return aitrading::kit::print_bench(rows, argc, argv);
}

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

#include <fmt/format.h>

#include "base/check.hpp"
#include "base/random.hpp"
#include "insight/correlation/dcc.hpp"
#include "insight/correlation/denoising.hpp"
#include "insight/correlation/ewma_correlation.hpp"
#include "insight/correlation/rolling_correlation.hpp"
#include "insight/correlation/shrinkage.hpp"
#include "speed.hpp"

namespace aitrading::insight {
namespace {

std::vector<double> returns(std::size_t rows, std::size_t series, std::uint64_t seed) {
    SplitMix64 random(seed);
    std::vector<double> out(rows * series);
    for (std::size_t t = 0; t < rows; ++t) {
        const double shared = random.next_normal();
        for (std::size_t i = 0; i < series; ++i) out[t * series + i] = 1e-3 * (0.7 * shared + random.next_normal());
    }
    return out;
}

struct Peers {
    char pandas[32] = "", numpy[32] = "", sklearn[32] = "";
    double pandas_ms = 0, numpy_ms = 0, weighted_ms = 0, shrinkage_ms = 0;
    bool known = false;
    /// A peer's name and milliseconds put into a row, or why there is none.
    void beside(kit::BenchRow& row, const std::string& peer, double value) const {
        row.peer = known ? peer : "none: AITRADING_PEERS_PYTHON names no interpreter with pandas and scikit-learn";
        if (known) row.peer_value = value;
    }
};

Peers peers_of(const std::vector<double>& x) {
    Peers out;
    const char* python = std::getenv("AITRADING_PEERS_PYTHON");
    if (python == nullptr || *python == '\0') return out;
    const auto file = std::filesystem::temp_directory_path() / fmt::format("correlation-bench-{}.bin", getpid());
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(x.data()), static_cast<std::streamsize>(x.size() * sizeof(double)));
    const std::string command =
        fmt::format("OMP_NUM_THREADS=1 '{}' '{}/bench/matrices_peer.py' '{}' 2>/dev/null", python, AIT_ROOM_DIR, file.string());
    if (std::FILE* pipe = popen(command.c_str(), "r"); pipe != nullptr) {
        out.known = std::fscanf(pipe, "%31s %lf %31s %lf %lf %31s %lf", out.pandas, &out.pandas_ms, out.numpy, &out.numpy_ms,
                                &out.weighted_ms, out.sklearn, &out.shrinkage_ms) == 7;
        pclose(pipe);
    }
    std::filesystem::remove(file);
    return out;
}

Peers rolling_all_pairs(std::vector<kit::BenchRow>& out) {
    constexpr std::size_t rows = 45'000, series = 10;
    const std::vector<double> x = returns(rows, series, 1);
    std::vector<double> pairs(rows * pair_count(series));
    const double took = 1e3 * best_of(7, [&] {
        CHECK(rolling_correlations({x.data(), rows, series, series}, {.window = 240}, pairs).has_value());
    });
    const Peers peers = peers_of(x);
    kit::BenchRow row{.name = "rolling correlation (240), 10 series x 45,000 bars, all pairs", .value = took, .unit = "ms", .target = 12};
    peers.beside(row, fmt::format("pandas {} rolling().corr(pairwise)", peers.pandas), peers.pandas_ms);
    out.push_back(row);
    row.name = "the same beside numpy";
    row.note = "numpy's cumulative sums know neither missing nor constant series";
    peers.beside(row, fmt::format("numpy {} cumulative sums", peers.numpy), peers.numpy_ms);
    out.push_back(row);
    return peers;
}

/// One update of 28 instruments at a time, so that the tail shows the rows at which sums are handed over.
void rolling_update(std::vector<kit::BenchRow>& out, double missing, const char* what) {
    constexpr std::size_t rows = 20'000, series = 28;
    std::vector<double> x = returns(rows, series, 2);
    SplitMix64 random(3);
    for (double& value : x)
        if (random.next_uniform() < missing) value = std::numeric_limits<double>::quiet_NaN();
    RollingCorrelation rolling = *RollingCorrelation::of(series, {.window = 500, .rows_min = 250});
    std::vector<double> took, matrix(series * series);
    for (std::size_t t = 0; t < rows; ++t) {
        const double begun = thread_seconds();
        rolling.update(std::span(x).subspan(t * series, series));
        rolling.matrix(matrix);
        if (t >= 1000) took.push_back(1e6 * (thread_seconds() - begun));
    }
    out.push_back({.name = fmt::format("matrix update, 28 instruments, window 500{}", what), .value = kit::median(took), .unit = "us",
                   .target = 50, .peer = "none: no peer updates a matrix",
                   .note = fmt::format("p99 {:.1f}, p99.9 {:.1f} us", kit::quantile(took, 0.99), kit::quantile(took, 0.999))});
}

/// The dearest row there is: an outlier leaves, and the window is summed anew.
void rolling_recompute(std::vector<kit::BenchRow>& out) {
    constexpr std::size_t window = 500, series = 28, times = 50;
    std::vector<double> x = returns((times + 1) * (window + 100), series, 6), took;
    RollingCorrelation rolling = *RollingCorrelation::of(series, {.window = window});
    for (std::size_t t = 0; t < x.size() / series; ++t) {
        const std::size_t phase = t % (window + 100);
        if (phase == 50) x[t * series] = 1e6;
        const double begun = thread_seconds();
        rolling.update(std::span(x).subspan(t * series, series));
        if (t > window && phase == (50 + window) % (window + 100)) took.push_back(1e6 * (thread_seconds() - begun));
    }
    out.push_back({.name = "the same on the row that an outlier leaves (sums anew)", .value = kit::median(took), .unit = "us",
                   .note = "a bad tick of more than 20,000 deviations"});
}

/// Returns of GARCH(1,1) margins joined by one factor whose loading swings.
std::vector<double> clustered(std::size_t rows, std::size_t series) {
    SplitMix64 random(4);
    std::vector<double> out, variance(series, 1.0);
    for (std::size_t t = 0; t < rows; ++t) {
        const double shared = random.next_normal(), rho = 0.5 + 0.3 * std::sin(static_cast<double>(t) / 120);
        for (double& v : variance) {
            const double r = std::sqrt(v) * (std::sqrt(rho) * shared + std::sqrt(1 - rho) * random.next_normal());
            out.push_back(r);
            v = 0.03 + 0.07 * r * r + 0.9 * v;
        }
    }
    return out;
}

void dcc_refit(std::vector<kit::BenchRow>& out) {
    constexpr std::size_t rows = 2500, series = 10;
    const std::vector<double> x = clustered(rows, series);
    DccFit fit;
    const double took = best_of(3, [&] { fit = *fit_dcc({x.data(), rows, series, series}); });
    int evaluations = 0;
    for (const GarchFit& margin : fit.margins) evaluations += margin.evaluations;
    out.push_back({.name = "full DCC(1,1) refit, 10 series x 2,500 days, 10 GARCH margins", .value = took, .unit = "s", .target = 2,
                   .peer = "none among the peers", .note = fmt::format("a {:.3f}, b {:.3f}{}; {} + {} likelihoods", fit.law.a, fit.law.b,
                                                                        fit.converged ? "" : ", not converged", evaluations, fit.evaluations)});
    DccFilter filter = *DccFilter::of(fit.law);
    const double update = best_of(3, [&] {
        for (std::size_t t = 0; t < rows; ++t) filter.update(std::span(x).subspan(t * series, series));
    });
    out.push_back({.name = "DCC update, 10 series", .value = 1e6 * update / rows, .unit = "us", .peer = "none: no peer updates a DCC"});
}

void single_matrices(std::vector<kit::BenchRow>& out, const Peers& peers) {
    constexpr std::size_t rows = 500, series = 28;
    const std::vector<double> x = returns(rows, series, 5);
    const MatrixView view{x.data(), rows, series, series};
    EwmaCorrelation ewma = *EwmaCorrelation::of(series, {.lambda = 0.97});
    const double weighted = best_of(5, [&] {
        for (std::size_t t = 0; t < rows; ++t) ewma.update(view.row(t));
    });
    out.push_back({.name = "EWMA matrix update, 28 instruments", .value = 1e6 * weighted / rows, .unit = "us", .target = 50,
                   .note = "the peer's time is of all 500 rows at once, by row"});
    peers.beside(out.back(), fmt::format("pandas {} ewm().corr(pairwise)", peers.pandas), 1e3 * peers.weighted_ms / rows);
    out.push_back({.name = "Ledoit-Wolf, 28 x 500", .value = 1e3 * best_of(5, [&] { CHECK(ledoit_wolf(view).has_value()); }), .unit = "ms"});
    peers.beside(out.back(), fmt::format("scikit-learn {}", peers.sklearn), peers.shrinkage_ms);
    const std::vector<double> sample = *sample_correlation(view);
    out.push_back({.name = "denoised correlation, 28 series", .value = 1e3 * best_of(5, [&] { CHECK(denoised(sample, series, rows).has_value()); }),
                   .unit = "ms"});
    std::vector<double> broken = sample;  // one pair contradicts all others
    broken[1] = broken[series] = -0.9;
    NearestCorrelation nearest;
    const double repair = best_of(3, [&] { nearest = *nearest_correlation(broken, series); });
    out.push_back({.name = "nearest correlation, 28 series", .value = 1e3 * repair, .unit = "ms",
                   .note = fmt::format("{} rounds from a least eigenvalue of {:.2f}", nearest.iterations, nearest.least_eigenvalue)});
}

}  // namespace

std::vector<kit::BenchRow> measure_matrices() {
    std::vector<kit::BenchRow> out;
    const Peers peers = rolling_all_pairs(out);
    rolling_update(out, 0, "");
    rolling_update(out, 0.05, ", 5 % of values missing");
    rolling_recompute(out);
    dcc_refit(out);
    single_matrices(out, peers);
    return out;
}

}  // namespace aitrading::insight

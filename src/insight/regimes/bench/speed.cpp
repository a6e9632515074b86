#include "speed.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <fmt/format.h>

#include "base/random.hpp"
#include "base/check.hpp"
#include "insight/regimes/bocpd.hpp"
#include "insight/regimes/gaussian_hmm.hpp"
#include "insight/regimes/rules.hpp"

namespace aitrading::insight {
namespace {

using kit::best_of;

constexpr std::size_t rows = 45'000, columns = 3, states = 4;

/// Returns, log sizes and log volumes of four states that last 50 rows.
std::vector<double> observations() {
    SplitMix64 random(1);
    std::vector<double> out;
    std::size_t state = 0;
    for (std::size_t t = 0; t < rows; ++t) {
        if (random.next_uniform() < 0.02) state = random.next_below(states);
        const double size = std::exp(0.5 * static_cast<double>(state)), r = size * random.next_normal();
        out.insert(out.end(), {r, std::log(std::abs(r) + 0.1) + 0.3 * random.next_normal(),
                               0.4 * static_cast<double>(state) + 0.1 * r + random.next_normal()});
    }
    return out;
}

struct Peer {
    std::optional<double> value;
    std::string name;
};

Peer hmmlearn(const std::vector<double>& x) {
    const char* python = std::getenv("AITRADING_PEERS_PYTHON");
    if (python == nullptr || *python == '\0') return {{}, "none: AITRADING_PEERS_PYTHON names no interpreter"};
    const auto file = std::filesystem::temp_directory_path() / fmt::format("regimes-bench-{}.bin", getpid());
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(x.data()), static_cast<std::streamsize>(x.size() * sizeof(double)));
    const std::string command =
        fmt::format("'{}' '{}/bench/hmmlearn_peer.py' '{}' 2>/dev/null", python, AIT_ROOM_DIR, file.string());
    char version[64] = "";
    double milliseconds = 0;
    int read = 0;
    if (std::FILE* out = popen(command.c_str(), "r"); out != nullptr) {
        read = std::fscanf(out, "%63s %lf", version, &milliseconds);
        pclose(out);
    }
    std::filesystem::remove(file);
    if (read != 2) return {{}, "none: the interpreter of AITRADING_PEERS_PYTHON has no hmmlearn"};
    return {milliseconds, fmt::format("hmmlearn {} (its C++ passes)", version)};
}

std::vector<Candle> candles(std::size_t count) {
    SplitMix64 random(2);
    std::vector<Candle> out;
    double price = 1.1;
    for (std::size_t t = 0; t < count; ++t) {
        const double open = price;
        price *= 1 + 1e-3 * random.next_normal() * (t / 500 % 2 == 0 ? 1 : 2);
        const double up = std::max(open, price), down = std::min(open, price);
        out.push_back({open, up * (1 + 2e-4 * random.next_uniform()), down * (1 - 2e-4 * random.next_uniform()), price,
                       1000 * std::exp(0.3 * random.next_normal()), 0});
    }
    return out;
}

}  // namespace

std::vector<kit::BenchRow> measure_speed() {
    const std::vector<double> x = observations();
    const MatrixView view{x.data(), rows, columns, columns};
    GaussianHmmOptions options{.states = states, .starts = 1};
    options.em.iterations_max = 3;
    const GaussianHmm start = fit_gaussian_hmm(view, options)->model;
    EmOptions climb;
    climb.tolerance = -1e300;
    constexpr int few = 5, many = 25;
    const auto time_of = [&](int iterations) {
        climb.iterations_max = iterations;
        return best_of(5, [&] { CHECK(refine_gaussian_hmm(start, view, climb).has_value()); });
    };
    const double iteration = (time_of(many) - time_of(few)) / (many - few);
    const Peer peer = hmmlearn(x);
    std::vector<kit::BenchRow> out{{.name = "EM iteration, 4-state full-covariance HMM, 45,000 x 3", .value = 1e3 * iteration,
                                    .unit = "ms", .target = 15, .peer = peer.name, .peer_value = peer.value}};
    GaussianHmmFilter filter = *GaussianHmmFilter::of(start);
    const double filtered = best_of(3, [&] {
        for (std::size_t t = 0; t < rows; ++t) filter.update(view.row(t));
    });
    out.push_back({.name = "HMM filter online", .value = 1e-3 * rows / filtered, .unit = "k bars/s", .higher_is_better = true,
                   .peer = "none: hmmlearn has no online filter"});
    const std::vector<Candle> bars = candles(20'000);
    const double detected = best_of(3, [&] {
        Bocpd detector = *Bocpd::of({.expected_duration = 250});
        for (std::size_t t = 0; t < bars.size(); ++t) detector.update(x[columns * t]);
    });
    out.push_back({.name = "BOCPD online, 500 run lengths kept", .value = 1e-3 * static_cast<double>(bars.size()) / detected,
                   .unit = "k bars/s", .target = 70, .higher_is_better = true, .peer = "none in this run"});
    const double together = best_of(3, [&] {
        RegimeRules rules = *RegimeRules::of({});
        GaussianHmmFilter beside = *GaussianHmmFilter::of(start);
        for (std::size_t t = 0; t < bars.size(); ++t) {
            rules.update(bars[t]);
            beside.update(view.row(t));
        }
    });
    out.push_back({.name = "rules, BOCPD and HMM together online", .value = 1e-3 * static_cast<double>(bars.size()) / together,
                   .unit = "k bars/s", .target = 50, .higher_is_better = true, .peer = "none: no open peer has the twelve regimes"});
    return out;
}

}  // namespace aitrading::insight

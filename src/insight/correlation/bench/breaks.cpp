#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "base/random.hpp"
#include "insight/correlation/breaks.hpp"
#include "speed.hpp"

namespace aitrading::insight {
namespace {

constexpr int runs = 10'000;

double student(SplitMix64& random) {  // 6 degrees of freedom
    const double product = (1 - random.next_uniform()) * (1 - random.next_uniform()) * (1 - random.next_uniform());
    return random.next_normal() / std::sqrt(-2 * std::log(product) / 6);
}

struct Rates {
    double fisher = 0, robust = 0, cusum = 0;
};

/// Percent of seeds below .05 on `rows` rows of correlation `rho` (and `late` from three fifths on).
Rates rates(std::size_t rows, double rho, double late, bool heavy) {
    Rates out;
    std::vector<double> x(rows), y(rows);
    for (int seed = 1; seed <= runs; ++seed) {
        SplitMix64 random(static_cast<std::uint64_t>(seed));
        for (std::size_t t = 0; t < rows; ++t) {
            const double r = t < rows * 3 / 5 ? rho : late;
            x[t] = heavy ? student(random) : random.next_normal();
            y[t] = r * x[t] + std::sqrt(1 - r * r) * (heavy ? student(random) : random.next_normal());
        }
        const std::span<const double> a(x), b(y);
        const std::size_t at = rows * 3 / 5;
        const FisherTest f = *fisher_two_windows(a.first(at), b.first(at), a.subspan(at), b.subspan(at));
        out.fisher += f.p < 0.05 ? 1 : 0;
        out.robust += f.p_robust < 0.05 ? 1 : 0;
        out.cusum += cusum_of_correlation(x, y)->p < 0.05 ? 1 : 0;
    }
    for (double* rate : {&out.fisher, &out.robust, &out.cusum}) *rate *= 100.0 / runs;
    return out;
}

}  // namespace

std::vector<kit::BenchRow> measure_breaks() {
    std::vector<kit::BenchRow> out;
    for (const std::size_t rows : {240U, 500U, 1000U})
        for (const bool heavy : {false, true}) {
            const Rates rate = rates(rows, 0.6, 0.6, heavy);
            const std::string where = fmt::format("{}, {} rows of correlation .6", heavy ? "Student-t(6)" : "normal", rows);
            const auto row = [&](const char* test, double value, bool fits) {
                out.push_back({.name = fmt::format("type-I of {}: {}", test, where), .value = std::abs(value - 5), .unit = "pp",
                               .target = fits ? std::optional(1.5) : std::nullopt,
                               .note = fmt::format("rejects {:.2f} % of {} seeds{}", value, runs,
                                                   fits ? "" : "; supposes normal rows: here the robust test is the one to use")});
            };
            row("Fisher z", rate.fisher, !heavy);
            row("robust Fisher z", rate.robust, true);
            row("CUSUM", rate.cusum, true);
        }
    const Rates power = rates(500, 0.7, 0.4, false);
    out.push_back({.name = "power of CUSUM: .7 falls to .4 after 300 of 500 rows", .value = power.cusum, .unit = "%", .higher_is_better = true,
                   .note = fmt::format("Fisher z that knows the date: {:.1f} %", power.fisher)});
    return out;
}

}  // namespace aitrading::insight

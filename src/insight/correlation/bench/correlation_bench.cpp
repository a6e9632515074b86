// What correlations cost, and how often a break is told where there is none.   insight_correlation_bench [--json]
#include <utility>
#include <vector>

#include "speed.hpp"

int main(int argc, char** argv) {
    using namespace aitrading;
    std::vector<kit::BenchRow> rows = insight::measure_matrices();
    for (auto& row : insight::measure_breaks()) rows.push_back(std::move(row));
    for (auto& row : insight::measure_ticks()) rows.push_back(std::move(row));
    return kit::print_bench(rows, argc, argv);
}

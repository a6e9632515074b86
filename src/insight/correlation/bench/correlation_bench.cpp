// What correlations cost.   insight_correlation_bench [--json]
#include "speed.hpp"

int main(int argc, char** argv) {
    using namespace aitrading;
    return kit::print_bench(insight::measure_matrices(), argc, argv);
}

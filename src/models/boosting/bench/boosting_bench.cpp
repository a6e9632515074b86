#include <cstdlib>

#include <algorithm>
#include <iterator>
#include <string_view>

#include "models/boosting/bench/explanation_bench.hpp"
#include "models/boosting/bench/prediction_bench.hpp"

int main(int argc, char** argv) {
    // Spinning OpenMP threads of either library would take the other core from what is measured.
    setenv("OMP_WAIT_POLICY", "passive", 1);
    auto rows = aitrading::models::bench::explanation_rows();
    if (argc > 1 && std::string_view(argv[1]) == "--reasons") return aitrading::kit::print_bench(rows, argc, argv);
    std::ranges::copy(aitrading::models::bench::prediction_rows(), std::back_inserter(rows));
    for (auto& row : aitrading::models::bench::training_rows()) rows.push_back(row);
    return aitrading::kit::print_bench(rows, argc, argv);
}

#include <cmath>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "models/boosting/flat_forest.hpp"

/// Any text is either refused or becomes a forest that answers every row with a probability.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace aitrading::models;
    const auto model = read_xgboost_json({reinterpret_cast<const char*>(data), size});
    if (!model) return 0;
    const auto flat = FlatForest::build(*model);
    if (!flat) return 0;
    for (const double value : {0.0, 1e9, -1e9, std::nan("")}) {
        const std::vector<double> row(flat->columns(), value);
        const double p = flat->probability(row);
        if (!(p >= 0 && p <= 1)) std::abort();
    }
    return 0;
}

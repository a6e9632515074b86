#include "insight/regimes/observation_rows.hpp"

#include <cmath>

#include <fmt/format.h>

namespace aitrading::insight {

std::vector<double> column_means(MatrixView x) {
    std::vector<double> out(x.columns, 0.0);
    for (std::size_t t = 0; t < x.rows; ++t)
        for (std::size_t c = 0; c < x.columns; ++c) out[c] += x.row(t)[c];
    for (double& mean : out) mean /= static_cast<double>(x.rows);
    return out;
}

std::vector<double> column_variances(MatrixView x) {
    const std::vector<double> mean = column_means(x);
    std::vector<double> out(x.columns, 0.0);
    for (std::size_t t = 0; t < x.rows; ++t)
        for (std::size_t c = 0; c < x.columns; ++c) out[c] += (x.row(t)[c] - mean[c]) * (x.row(t)[c] - mean[c]);
    for (double& square : out) square /= static_cast<double>(x.rows);
    return out;
}

Result<void> check_observations(MatrixView x, std::size_t states) {
    if (x.columns < 1 || x.rows < 1 || x.rows < 10 * states)
        return fail(ErrorCode::bad_input, fmt::format("{} rows of {} columns are too few for {} states; give at least {} rows "
                                                      "or ask for fewer states", x.rows, x.columns, states, 10 * states));
    for (std::size_t t = 0; t < x.rows; ++t)
        for (std::size_t c = 0; c < x.columns; ++c)
            if (!std::isfinite(x.row(t)[c]))
                return fail(ErrorCode::bad_input, fmt::format("row {}, column {} is not a finite number; cut the rows before "
                                                              "the columns are warm and fill or drop gaps", t, c));
    if (states == 0) return {};
    for (std::size_t c = 0; c < x.columns; ++c) {
        std::size_t same = 1;
        while (same < x.rows && x.row(same)[c] == x.row(0)[c]) ++same;
        if (same == x.rows)
            return fail(ErrorCode::bad_input, fmt::format("column {} has the same value in all {} rows; leave it out", c, x.rows));
    }
    return {};
}

}  // namespace aitrading::insight

#include "models/ensemble/column_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <limits>

namespace aitrading::models {
namespace {

constexpr std::int64_t year_nanos = 365 * 24 * nanos_per_hour;
constexpr std::size_t fewest_known = 100;

/// rsi(14), stochastic(14,3,3).k: an indicator as it is asked for, without blanks.
bool names_indicator(std::string_view meaning) {
    return meaning.find('(') != std::string_view::npos && meaning.find(' ') == std::string_view::npos;
}

std::string upper_name(std::string_view meaning) {
    std::string out(meaning);
    const auto end = out.begin() + static_cast<std::ptrdiff_t>(out.find('('));
    std::transform(out.begin(), end, out.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return out;
}

const char* stands(double share) {
    if (std::isnan(share)) return "";
    if (share >= 0.97) return ", very high for the last year";
    if (share >= 0.8) return ", high for the last year";
    if (share <= 0.03) return ", very low for the last year";
    if (share <= 0.2) return ", low for the last year";
    return ", usual for the last year";
}

}  // namespace

std::string column_label(const ReasonRows& rows, std::string_view column) {
    if (column == "markov_switching") return "forecast of the model's own regimes (markov_switching)";
    constexpr std::string_view state = "regime_state_p(";
    if (column.starts_with(state)) return fmt::format("probability of the model's own regime {} (1 is the calmest)", column.substr(state.size(), column.find(')') - state.size()));
    const auto known = std::ranges::find(rows.manifest.columns, column, &insight::FeatureColumn::name);
    if (known == rows.manifest.columns.end() || known->meaning.empty()) return std::string(column);
    if (!names_indicator(known->meaning)) return fmt::format("{} ({})", column, known->meaning);
    // The same indicator of another timeframe or market keeps its own name.
    const std::string label = upper_name(known->meaning), family = known->meaning.substr(0, known->meaning.find('('));
    return column.starts_with(family) ? label : fmt::format("{} ({})", column, label);
}

double rank_share(const FeatureMatrix& features, std::size_t column, std::size_t from, std::size_t row) {
    const double value = features.row(row)[column];
    double below = 0, known = 0;
    for (std::size_t t = from; t < row; ++t) {
        const double v = features.row(t)[column];
        if (std::isnan(v)) continue;
        ++known;
        below += v < value ? 1.0 : v == value ? 0.5 : 0.0;
    }
    if (std::isnan(value) || known < fewest_known) return std::numeric_limits<double>::quiet_NaN();
    return below / known;
}

std::string column_words(const ReasonRows& rows, std::string_view column, std::size_t row) {
    const FeatureMatrix& features = rows.features;
    const auto c = static_cast<std::size_t>(std::ranges::find(features.names, column) - features.names.begin());
    const std::string label = column_label(rows, column);
    const double value = features.row(row)[c];
    if (std::isnan(value)) return label + " not known";
    const auto from = std::ranges::lower_bound(features.time, features.time[row].value - year_nanos, {}, &UnixNanos::value);
    const auto first = static_cast<std::size_t>(from - features.time.begin());
    // No hour of the day is high or low.
    if (column == "hour" || column == "weekday" || column.ends_with("_sin") || column.ends_with("_cos")) return fmt::format("{} {:.3g}", label, value + 0.0);
    const std::string number = std::abs(value) >= 1000 ? fmt::format("{:.0f}", value) : fmt::format("{:.3g}", value);
    const bool whole = features.time[row].value - year_nanos >= rows.since.value || rows.since.value == INT64_MIN;
    return fmt::format("{} {}{}", label, number, whole ? stands(rank_share(features, c, first, row)) : "");
}

}  // namespace aitrading::models

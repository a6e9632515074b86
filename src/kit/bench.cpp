#include "kit/bench.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <string_view>

#include "base/check.hpp"
#include "kit/table.hpp"

namespace aitrading::kit {
namespace {

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (static_cast<unsigned char>(c) >= 0x20) out += c;
    }
    return out + '"';
}

std::string number_or_null(const std::optional<double>& v) {
    return v && std::isfinite(*v) ? fmt::format("{:.6g}", *v) : "null";
}

std::optional<double> ratio(const BenchRow& row) {
    if (!row.peer_value || *row.peer_value == 0) return std::nullopt;
    return row.value / *row.peer_value;
}

std::string as_json(const BenchRow& row) {
    return fmt::format(
        R"(  {{"name": {}, "value": {}, "unit": {}, "target": {}, "ok": {}, "better": "{}", "peer": {}, "peer_value": {}, "ratio": {}, "note": {}}})",
        quoted(row.name), number_or_null(row.value), quoted(row.unit), number_or_null(row.target),
        reaches_target(row), row.higher_is_better ? "higher" : "lower",
        row.peer.empty() ? "null" : quoted(row.peer), number_or_null(row.peer_value), number_or_null(ratio(row)),
        row.note.empty() ? "null" : quoted(row.note));
}

std::string shown(const std::optional<double>& v) { return v ? fmt::format("{:.4g}", *v) : ""; }

}  // namespace

bool reaches_target(const BenchRow& row) {
    if (!row.target) return true;
    return row.higher_is_better ? row.value >= *row.target : row.value <= *row.target;
}

int print_bench(const std::vector<BenchRow>& rows, int argc, char** argv) {
    const bool json = std::any_of(argv, argv + argc, [](const char* a) { return std::string_view(a) == "--json"; });
    if (json) {
        std::string out = "[\n";
        for (std::size_t i = 0; i < rows.size(); ++i) out += as_json(rows[i]) + (i + 1 < rows.size() ? ",\n" : "\n");
        std::fputs((out + "]\n").c_str(), stdout);
        return 0;
    }
    using enum Table::Align;
    Table table({{"figure"}, {"value", right}, {"unit"}, {"target", right}, {"ok"}, {"peer"}, {"peer value", right}, {"ratio", right}, {"note"}});
    for (const auto& row : rows)
        table.add({row.name, shown(row.value), row.unit,
                   row.target ? (row.higher_is_better ? "≥ " : "≤ ") + shown(row.target) : "",
                   reaches_target(row) ? "yes" : "NO", row.peer, shown(row.peer_value), shown(ratio(row)), row.note});
    std::fputs(table.render().c_str(), stdout);
    return 0;
}

double thread_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double median(std::vector<double> values) { return quantile(std::move(values), 0.5); }

double quantile(std::vector<double> values, double p) {
    CHECK(!values.empty());
    CHECK(p > 0 && p <= 1);
    const auto rank = static_cast<std::size_t>(std::ceil(p * static_cast<double>(values.size()))) - 1;
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(rank), values.end());
    return values[rank];
}

}  // namespace aitrading::kit

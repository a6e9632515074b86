#include "models/evaluation/labels.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "models/evaluation/barriers.hpp"
#include "models/evaluation/trailing_median.hpp"
#include "models/evaluation/volatility.hpp"

namespace aitrading::models {
namespace {

constexpr int longest_label = 1'000'000;

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The numbers between the parentheses; empty where one of them is not a number.
std::vector<double> arguments(std::string_view inside) {
    std::vector<double> out;
    while (true) {
        const auto comma = inside.find(',');
        const std::string_view word = trim(inside.substr(0, comma));
        double value = 0;
        const auto [rest, error] = std::from_chars(word.data(), word.data() + word.size(), value);
        if (error != std::errc{} || rest != word.data() + word.size() || !std::isfinite(value)) return {};
        out.push_back(value);
        if (comma == std::string_view::npos) return out;
        inside.remove_prefix(comma + 1);
    }
}

bool whole_bars(double value) {
    return value >= 1 && value <= longest_label && value == std::floor(value);
}

void add(LabelSet& set, std::size_t row, std::size_t end, bool up, double target) {
    set.row.push_back(static_cast<std::uint32_t>(row));
    set.end.push_back(static_cast<std::uint32_t>(end));
    set.y.push_back(up ? 1.0F : 0.0F);
    set.target.push_back(target);
}

double return_bp(double from, double to) {
    return 1e4 * (to / from - 1.0);
}

void label_next_bar(const BarColumns& bars, LabelSet& set) {
    for (std::size_t i = 0; i + 1 < bars.size(); ++i) {
        if (bars.close[i + 1] == bars.close[i]) {
            ++set.left_out;
            continue;
        }
        add(set, i, i + 1, bars.close[i + 1] > bars.close[i],
            return_bp(bars.close[i].to_double(), bars.close[i + 1].to_double()));
    }
}

void label_volatility(const BarColumns& bars, int window, LabelSet& set) {
    const auto width = static_cast<std::size_t>(window);
    const auto volatility = realised_volatility(log_returns(bars), window);
    const auto median =
        trailing_median(volatility, bars.time, trailing_days, std::max(trailing_minimum, 5 * width));
    for (std::size_t i = 0; i + width < bars.size(); ++i) {
        if (!std::isfinite(median[i])) continue;
        const double ahead = volatility[i + width];
        add(set, i, i + width, ahead > median[i], log_volatility(ahead, bars, i));
    }
}

void label_triple_barrier(const BarColumns& bars, const LabelSpec& spec, LabelSet& set) {
    const auto atr = wilder_atr(bars, 14);
    const BarrierSearch search(bars);
    for (std::size_t i = 0; i + static_cast<std::size_t>(spec.bars) < bars.size(); ++i) {
        if (!std::isfinite(atr[i])) continue;
        const double close = bars.close[i].to_double();
        const auto exit = search.first(i, close + spec.up * atr[i], close - spec.down * atr[i],
                                       static_cast<std::size_t>(spec.bars));
        if (atr[i] <= 0 || exit.side == 0) {
            ++set.left_out;
            continue;
        }
        add(set, i, exit.bar, exit.side > 0, return_bp(close, exit.price));
    }
}

}  // namespace

Result<LabelSpec> parse_label(std::string_view text) {
    const std::string_view word = trim(text);
    const auto open = word.find('(');
    const std::string_view name = trim(word.substr(0, open));
    std::vector<double> args;
    if (open != std::string_view::npos && word.back() == ')')
        args = arguments(word.substr(open + 1, word.size() - open - 2));
    LabelSpec spec;
    if (word == "next_bar") return spec;
    if (word == "large_move") {
        spec.kind = LabelSpec::Kind::large_move;
        return spec;
    }
    if (name == "volatility" && args.size() == 1 && whole_bars(args[0])) {
        spec.kind = LabelSpec::Kind::volatility;
        spec.bars = static_cast<int>(args[0]);
        return spec;
    }
    if (name == "triple_barrier" && args.size() == 3 && args[0] > 0 && args[1] > 0 && whole_bars(args[2])) {
        spec.kind = LabelSpec::Kind::triple_barrier;
        spec.up = args[0];
        spec.down = args[1];
        spec.bars = static_cast<int>(args[2]);
        return spec;
    }
    return fail(ErrorCode::usage,
                fmt::format("label '{}' is not known; use next_bar, large_move, volatility(bars) or "
                            "triple_barrier(up,down,bars) with barriers above 0 and bars of 1 to {}",
                            text, longest_label));
}

Result<LabelSet> make_labels(std::string_view spec, const BarColumns& bars) {
    TRY(const LabelSpec label, parse_label(spec));
    for (std::size_t i = 0; i < bars.size(); ++i)
        if (bars.close[i].raw <= 0)
            return fail(
                ErrorCode::bad_input,
                fmt::format("{} row {} ({}): close {} is not positive, so it has no return; leave such "
                            "rows out with --from or --to",
                            to_string(bars.key), i, to_iso8601(bars.time[i]),
                            to_decimal(bars.close[i], bars.digits)));
    LabelSet set;
    set.spec = std::string(trim(spec));
    set.directional = label.directional();
    set.volatility = !label.directional();
    set.horizon_bars = label.bars;
    switch (label.kind) {
        case LabelSpec::Kind::next_bar:
            label_next_bar(bars, set);
            break;
        case LabelSpec::Kind::large_move:
        case LabelSpec::Kind::volatility:
            label_volatility(bars, label.bars, set);
            break;
        case LabelSpec::Kind::triple_barrier:
            label_triple_barrier(bars, label, set);
            break;
    }
    if (set.row.empty()) {
        const auto width = static_cast<std::size_t>(label.bars);
        const std::size_t warm = set.volatility ? width + std::max(trailing_minimum, 5 * width) : 15;
        return fail(
            ErrorCode::bad_input,
            fmt::format("{} has {} bars ({} without a move): no label {} can be made; it takes at least {}",
                        to_string(bars.key), bars.size(), set.left_out, set.spec, width + warm));
    }
    weigh_by_uniqueness(set);
    return set;
}

}  // namespace aitrading::models

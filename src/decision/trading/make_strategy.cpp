#include "decision/trading/make_strategy.hpp"

#include <fmt/format.h>

#include <charconv>

#include "decision/trading/ema_cross.hpp"

namespace aitrading::trading {
namespace {

/// Longest average: about four years of M1 bars.
constexpr int ema_bars_max = 1'000'000;

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

bool read_int(std::string_view text, int& out) {
    text = trimmed(text);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && end == text.data() + text.size();
}

Result<std::unique_ptr<Strategy>> make_ema_cross(std::string_view parameters, Quantity size) {
    EmaCrossOptions options;
    options.size = size;
    const std::size_t comma = parameters.find(',');
    if (comma == std::string_view::npos || !read_int(parameters.substr(0, comma), options.fast) ||
        !read_int(parameters.substr(comma + 1), options.slow))
        return fail(ErrorCode::usage,
                    fmt::format("ema_cross({}) needs two whole numbers of bars: ema_cross(10,30)", parameters));
    if (options.fast < 1 || options.fast >= options.slow || options.slow > ema_bars_max)
        return fail(ErrorCode::usage, fmt::format("ema_cross({}) needs 1 <= fast < slow <= {}", parameters, ema_bars_max));
    return std::make_unique<EmaCross>(options);
}

Result<std::unique_ptr<Strategy>> make_model(std::string_view model, const StrategySetup& setup) {
    if (model.empty()) return fail(ErrorCode::usage, "model: needs a name, for example model:eurusd");
    if (!setup.predictions)
        return fail(ErrorCode::not_found, fmt::format("model {}: this program keeps no models", model));
    TRY(ProbabilitySeries series, setup.predictions(model));
    ProbabilityOptions options = setup.probability;
    options.size = setup.size;
    TRY(auto strategy, ProbabilityStrategy::create(std::move(series), options));
    return std::unique_ptr<Strategy>(std::move(strategy));
}

}  // namespace

Result<std::unique_ptr<Strategy>> make_strategy(std::string_view spec, const StrategySetup& setup) {
    const std::string_view text = trimmed(spec);
    if (text.starts_with("model:")) return make_model(text.substr(6), setup);
    constexpr std::string_view ema = "ema_cross(";
    if (text.starts_with(ema) && text.ends_with(")"))
        return make_ema_cross(text.substr(ema.size(), text.size() - ema.size() - 1), setup.size);
    return fail(ErrorCode::usage,
                fmt::format("strategy \"{}\" is not known; there are ema_cross(fast,slow) and model:NAME", spec));
}

}  // namespace aitrading::trading

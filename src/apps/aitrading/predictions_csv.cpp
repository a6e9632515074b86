#include "apps/aitrading/predictions_csv.hpp"

#include <fmt/format.h>

#include <cmath>

namespace aitrading::apps {

std::string predictions_csv(const models::PipelineResult& pipeline, std::string_view key_name,
                            const std::function<std::string(std::uint32_t row)>& key, const std::function<int(std::size_t i)>& regime,
                            const FurtherColumns& further) {
    std::string out = fmt::format("{},p_up,p_low,p_high,low,high,regime", key_name);
    const auto& fitted = pipeline.models;
    for (std::size_t m = 0; m + 1 < fitted.size(); ++m) out += "," + fitted[m].name;
    for (const std::string& name : further.names) out += "," + name;
    out += '\n';
    const auto field = [](double v) { return std::isnan(v) ? std::string() : fmt::format("{:.9g}", v); };
    const Predictions& p = pipeline.predictions;
    const auto told = [&](std::size_t i) { return regime(i) == 0 ? std::string() : fmt::to_string(regime(i)); };
    for (std::size_t i = 0; i < p.size(); ++i) {
        out += fmt::format("{},{},{},{},{},{},{}", key(p.row[i]), field(p.p_up[i]), field(p.p_low[i]), field(p.p_high[i]),
                           field(p.low[i]), field(p.high[i]), told(i));
        for (std::size_t m = 0; m + 1 < fitted.size(); ++m) out += "," + field(fitted[m].p_up[i]);
        const auto values = further.names.empty() ? std::span<const double>() : further.values(p.row[i]);
        for (std::size_t k = 0; k < further.names.size(); ++k) out += "," + (values.empty() ? std::string() : field(values[k]));
        out += '\n';
    }
    return out;
}

}  // namespace aitrading::apps

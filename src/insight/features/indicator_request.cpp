#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "insight/features/registry.hpp"

namespace aitrading::insight {
namespace {

std::string usage_of(const IndicatorEntry& entry) {
    std::vector<std::string> parts;
    parts.reserve(entry.parameters.size());
    for (const Parameter& p : entry.parameters) parts.push_back(fmt::format("{}={}", p.name, p.standard));
    return parts.empty() ? entry.name : fmt::format("{}({})", entry.name, fmt::join(parts, ","));
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

/// A request cut into its parts: name ( arguments ) . output
struct Parts {
    std::string_view name, arguments, output;
};

Result<Parts> cut(std::string_view text) {
    Parts parts;
    const std::size_t open = text.find('('), close = text.rfind(')');
    if ((open == std::string_view::npos) != (close == std::string_view::npos) ||
        (open != std::string_view::npos && close < open))
        return fail(ErrorCode::usage, fmt::format("indicator \"{}\": the brackets do not match", text));
    std::string_view rest = text;
    if (open != std::string_view::npos) {
        parts.name = text.substr(0, open);
        parts.arguments = trimmed(text.substr(open + 1, close - open - 1));
        rest = text.substr(close + 1);
        if (!rest.empty() && rest.front() != '.')
            return fail(ErrorCode::usage, fmt::format("indicator \"{}\": \"{}\" after the bracket is not an output", text, rest));
    } else {
        parts.name = rest.substr(0, rest.find('.'));
        rest.remove_prefix(parts.name.size());
    }
    if (!rest.empty()) parts.output = rest.substr(1);
    if (!rest.empty() && parts.output.empty())
        return fail(ErrorCode::usage, fmt::format("indicator \"{}\": no output is named after the point", text));
    return parts;
}

Result<double> read_argument(std::string_view text, const Parameter& p, const IndicatorEntry& entry) {
    const std::string_view word = trimmed(text);
    double value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc{} || end != word.data() + word.size() || !std::isfinite(value))
        return fail(ErrorCode::usage, fmt::format("indicator {}: \"{}\" is not a number for {}; write {}", entry.name,
                                                  word, p.name, usage_of(entry)));
    if (p.whole && value != std::floor(value))
        return fail(ErrorCode::usage, fmt::format("indicator {}: {} must be a whole number, not {}", entry.name, p.name, word));
    if (value < p.least || value > p.greatest)
        return fail(ErrorCode::usage, fmt::format("indicator {}: {} = {} is outside {} to {}", entry.name, p.name, word,
                                                  p.least, p.greatest));
    return value;
}

Result<std::vector<double>> read_arguments(const Parts& parts, const IndicatorEntry& entry) {
    std::vector<double> values;
    std::string_view rest = parts.arguments;
    bool more = !rest.empty();
    while (more) {
        const std::size_t comma = rest.find(',');
        if (values.size() == entry.parameters.size())
            return fail(ErrorCode::usage, fmt::format("indicator {}: too many parameters; write {}", entry.name, usage_of(entry)));
        TRY(const double value, read_argument(rest.substr(0, comma), entry.parameters[values.size()], entry));
        values.push_back(value);
        more = comma != std::string_view::npos;
        if (more) rest.remove_prefix(comma + 1);
    }
    while (values.size() < entry.parameters.size()) values.push_back(entry.parameters[values.size()].standard);
    if (entry.ordered && values[0] > values[1])
        return fail(ErrorCode::usage, fmt::format("indicator {}: fast = {} must not be above slow = {}", entry.name,
                                                  values[0], values[1]));
    return values;
}

}  // namespace

Result<IndicatorRequest> parse_indicator(std::string_view asked) {
    const std::string_view text = trimmed(asked);
    TRY(const Parts parts, cut(text));
    const auto& registry = indicator_registry();
    const auto entry = std::ranges::find(registry, parts.name, &IndicatorEntry::name);
    if (entry == registry.end())
        return fail(ErrorCode::usage,
                    fmt::format("there is no indicator \"{}\"; see aitrading indicators list", parts.name));
    IndicatorRequest request;
    request.entry = &*entry;
    TRY(request.arguments, read_arguments(parts, *entry));
    if (!parts.output.empty()) {
        const auto output = std::ranges::find(entry->outputs, parts.output);
        if (output == entry->outputs.end())
            return fail(ErrorCode::usage,
                        entry->outputs.empty()
                            ? fmt::format("indicator {} has one output and no \"{}\"", entry->name, parts.output)
                            : fmt::format("indicator {} has no output \"{}\", but {}", entry->name, parts.output,
                                          fmt::join(entry->outputs, ", ")));
        request.columns.emplace_back(text);
        request.chosen.push_back(static_cast<std::size_t>(output - entry->outputs.begin()));
        return request;
    }
    for (const std::string& output : entry->outputs) {
        request.chosen.push_back(request.columns.size());
        request.columns.push_back(fmt::format("{}.{}", text, output));
    }
    if (entry->outputs.empty()) {
        request.columns.emplace_back(text);
        request.chosen.push_back(0);
    }
    return request;
}

}  // namespace aitrading::insight

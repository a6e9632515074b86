#include "apps/aitrading/model_word.hpp"

#include <fmt/format.h>

#include <charconv>

#include "models/registry/service/promotions.hpp"

namespace aitrading::apps {
namespace {

Result<ModelWord> of_alias(const Context& context, const std::string& word) {
    const auto label_at = word.rfind('/');
    const auto timeframe_at = label_at == 0 ? std::string::npos : word.rfind('/', label_at - 1);
    const auto usage = [&word] { return fail(ErrorCode::usage, fmt::format("\"{}\" names no alias; write SYMBOL/TIMEFRAME/LABEL, as EURUSD/H1/next_bar", word)); };
    if (timeframe_at == std::string::npos || timeframe_at == 0) return usage();
    const auto timeframe = parse_timeframe(word.substr(timeframe_at + 1, label_at - timeframe_at - 1));
    if (!timeframe) return usage();
    models::ModelMetadata asked;
    asked.series = {word.substr(0, timeframe_at), *timeframe};
    asked.label = word.substr(label_at + 1);
    const models::ProductionKey key = models::ProductionKey::of(asked);
    TRY(const std::vector<models::Change> changes, models::Promotions(context.home).history());
    const models::Change* change = models::in_production(changes, key);
    if (change == nullptr)
        return fail(ErrorCode::not_found, fmt::format("nothing is in production for {}; `aitrading models promote` puts a version there", models::to_string(key)));
    return ModelWord{change->name, change->version};
}

Result<ModelWord> in_production(const Context& context, const std::string& name) {
    TRY(const std::vector<models::Change> current, models::Promotions(context.home).in_production());
    std::optional<int> version;
    for (const models::Change& change : current) {
        if (change.name != name) continue;
        if (version && *version != change.version)
            return fail(ErrorCode::usage, fmt::format("versions {} and {} of {} are in production for different series or labels; name one by {}@VERSION",
                                                      *version, change.version, name, name));
        version = change.version;
    }
    if (!version) return fail(ErrorCode::not_found, fmt::format("no version of {} is in production; `aitrading models promote {} VERSION` puts one there", name, name));
    return ModelWord{name, version};
}

}  // namespace

Result<ModelWord> model_word(const Context& context, const std::string& word, std::optional<int> version) {
    const auto at = word.find('@');
    const bool alias = word.find('/') != std::string::npos && at == std::string::npos;
    // A path such as ../walk is no alias: the registry refuses it as a name.
    if (alias && !word.starts_with('.') && !word.starts_with('/')) {
        if (version) return fail(ErrorCode::usage, fmt::format("{} names a version already; leave --version out", word));
        return of_alias(context, word);
    }
    if (at == std::string::npos) return ModelWord{word, version};
    if (version) return fail(ErrorCode::usage, fmt::format("{} names a version already; leave --version out", word));
    const std::string name = word.substr(0, at), which = word.substr(at + 1);
    if (which == "production") return in_production(context, name);
    int number = 0;
    const auto [end, problem] = std::from_chars(which.data(), which.data() + which.size(), number);
    if (problem != std::errc{} || end != which.data() + which.size() || number < 1)
        return fail(ErrorCode::usage, fmt::format("\"{}\" names no version; write {}@2 or {}@production", word, name, name));
    return ModelWord{name, number};
}

}  // namespace aitrading::apps

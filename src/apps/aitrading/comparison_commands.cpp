#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "apps/aitrading/commands.hpp"
#include "apps/aitrading/data_json.hpp"
#include "apps/aitrading/model_word.hpp"
#include "apps/aitrading/models_json.hpp"
#include "kit/table.hpp"
#include "models/registry/service/promotions.hpp"

namespace aitrading::apps {
namespace {

constexpr const char* panel_figures[] = {"n", "from", "to", "majority_rate", "accuracy", "accuracy_ci95", "roc_auc", "log_loss", "log_loss_skill",
                                         "ece", "ece_noise_p95", "net_sharpe_1x", "dsr"};
constexpr const char* facts[] = {"symbol", "timeframe", "label", "members", "parameters", "with", "calibration", "feature_manifest_hash", "training_from",
                                 "training_end", "data_fingerprint", "seed", "trials", "code_version", "content_hash"};

std::string cell(const Json& value) {
    if (value.is_null()) return "";
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number_float()) return fmt::format("{:.5g}", value.get<double>());
    return value.dump();
}

Json at(const Json& object, const char* key) { return object.is_object() && object.contains(key) ? object[key] : Json(nullptr); }

Result<Json> described(const Context& context, const std::string& words, const std::vector<models::Change>& in_production) {
    TRY(const ModelWord word, model_word(context, words));
    TRY(const models::ModelEntry entry, models::ModelStore(context.home).show(word.name, word.version));
    return model_json(entry, in_production);
}

/// Whether the two panels speak of the same bars: otherwise their difference is partly the bars'.
bool same_bars(const Json& a, const Json& b) {
    for (const char* key : {"symbol", "timeframe", "label", "data_fingerprint"})
        if (at(a, key) != at(b, key)) return false;
    for (const char* key : {"n", "from", "to"})
        if (at(at(a, "panel"), key) != at(at(b, "panel"), key)) return false;
    return true;
}

Result<void> compare(const Context& context, const std::string& first, const std::string& second) {
    TRY(const std::vector<models::Change> in_production, models::Promotions(context.home).in_production());
    TRY(Json a, described(context, first, in_production));
    TRY(Json b, described(context, second, in_production));
    Json differs = Json::array();
    for (const char* key : facts)
        if (at(a, key) != at(b, key)) differs.push_back(key);
    const bool same = same_bars(a, b);
    if (context.json) {
        print_json({{"models", Json::array({std::move(a), std::move(b)})}, {"differs", std::move(differs)}, {"same_bars", same}});
        return {};
    }
    using enum kit::Table::Align;
    const auto title = [](const Json& m) { return fmt::format("{} version {}", m["name"].get<std::string>(), m["version"].get<int>()); };
    kit::Table table({{"", left}, {title(a), right}, {title(b), right}});
    for (const char* key : panel_figures) table.add({key, cell(at(at(a, "panel"), key)), cell(at(at(b, "panel"), key))});
    for (const Json& key : differs) table.add({key.get<std::string>(), cell(at(a, key.get<std::string>().c_str())), cell(at(b, key.get<std::string>().c_str()))});
    fmt::print("{}", table.render());
    fmt::print("{}\n", same ? "Both panels speak of the same bars." : "The panels speak of different bars or data: what differs is not the models alone.");
    return {};
}

struct ExportWords {
    std::string name, out;
    std::optional<int> version;
};

Result<void> export_version(const Context& context, const ExportWords& words) {
    TRY(const ModelWord word, model_word(context, words.name, words.version));
    TRY(const models::ModelEntry entry, models::ModelStore(context.home).copy_out(word.name, word.version, words.out));
    if (context.json) {
        TRY(Json one, model_json(entry, {}));
        one["out"] = words.out;
        print_json({{"models", Json::array({std::move(one)})}});
        return {};
    }
    fmt::print("{} version {} is in {} ({} bytes, content {})\n", entry.metadata.name, entry.metadata.version, words.out, entry.size_bytes, entry.content_hash);
    return {};
}

}  // namespace

void add_comparison_commands(CLI::App& models_group, Context& context) {
    auto pair = std::make_shared<std::vector<std::string>>();
    CLI::App* comparison = models_group.add_subcommand("compare", "two versions side by side: their panels and what they were made of");
    comparison->add_option("models", *pair, "two of NAME, NAME@VERSION, NAME@production or SYMBOL/TIMEFRAME/LABEL")->required()->expected(2);
    comparison->footer("Example: aitrading models compare eurusd-h1@production eurusd-h1");
    comparison->callback([pair, &context] { context.action = [pair, &context] { return compare(context, pair->at(0), pair->at(1)); }; });

    auto words = std::make_shared<ExportWords>();
    CLI::App* export_command = models_group.add_subcommand("export", "copies a verified version to a folder; put below models/NAME/ of another home it is a version there");
    export_command->add_option("name", words->name, "NAME, NAME@VERSION, NAME@production or SYMBOL/TIMEFRAME/LABEL")->required();
    export_command->add_option("--version", words->version, "the newest where none is given");
    export_command->add_option("--out", words->out, "folder that does not exist yet")->required();
    export_command->footer("Example: aitrading models export eurusd-h1@production --out eurusd-h1");
    export_command->callback([words, &context] { context.action = [words, &context] { return export_version(context, *words); }; });
}

}  // namespace aitrading::apps

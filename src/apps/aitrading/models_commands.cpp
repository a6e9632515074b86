#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "apps/aitrading/commands.hpp"
#include "apps/aitrading/data_json.hpp"
#include "apps/aitrading/model_word.hpp"
#include "apps/aitrading/models_json.hpp"
#include "apps/aitrading/output.hpp"
#include "kit/table.hpp"
#include "models/registry/service/promotions.hpp"

namespace aitrading::apps {
namespace {

struct ModelWords {
    std::string name, out;
    std::optional<int> version;
    bool html = false;
};

Result<void> list_models(const Context& context) {
    TRY(const std::vector<models::ModelEntry> entries, models::ModelStore(context.home).list());
    TRY(const std::vector<models::Change> in_production, models::Promotions(context.home).in_production());
    if (context.json) {
        Json document{{"models", Json::array()}};
        for (const models::ModelEntry& entry : entries) {
            TRY(Json one, model_json(entry, in_production));
            document["models"].push_back(std::move(one));
        }
        print_json(document);
        return {};
    }
    if (entries.empty()) {
        fmt::print("no model yet; `aitrading train` makes one\n");
        return {};
    }
    using enum kit::Table::Align;
    kit::Table table({{"name", left}, {"version", right}, {"symbol", left}, {"timeframe", left}, {"label", left}, {"members", left},
                      {"trained to", left}, {"in production", left}, {"hash", left}});
    for (const models::ModelEntry& entry : entries) {
        const models::ModelMetadata& m = entry.metadata;
        const models::Change* change = serving(entry, in_production);
        const std::string since = change == nullptr ? "" : fmt::format("since change {}{}", change->id, change->forced ? ", forced" : "");
        if (entry.damage.empty())
            table.add({m.name, std::to_string(m.version), m.series.symbol, std::string(name(m.series.timeframe)), m.label,
                       fmt::format("{}", fmt::join(m.members, " ")), to_iso8601(m.training_end), since, entry.content_hash.substr(0, 12)});
        else
            table.add({m.name, std::to_string(m.version), "", "", "damaged", "", "", since, ""});
    }
    fmt::print("{}", table.render());
    for (const models::ModelEntry& entry : entries)
        if (!entry.damage.empty()) fmt::print(stderr, "warning: {}\n", entry.damage);
    return {};
}

Result<void> show_model(const Context& context, const ModelWords& words) {
    TRY(const ModelWord word, model_word(context, words.name, words.version));
    const models::ModelStore store(context.home);
    TRY(const models::ModelEntry entry, store.show(word.name, word.version));
    TRY(const models::StoredModel model, store.load(word.name, entry.metadata.version));
    TRY(const std::vector<models::Change> in_production, models::Promotions(context.home).in_production());
    if (context.json) {
        TRY(Json one, model_json(entry, in_production));
        one["card"] = model.card;
        one["features"] = model.features_json.empty() ? Json(nullptr) : Json::parse(model.features_json, nullptr, false);
        print_json({{"models", Json::array({std::move(one)})}});
        return {};
    }
    TRY(const std::string metadata, models::to_json(entry.metadata));
    fmt::print("{}\n{}content {}, {} bytes, checksums verified\n", model.card, metadata, entry.content_hash, entry.size_bytes);
    if (const models::Change* change = serving(entry, in_production))
        fmt::print("in production for {} since {} (change {}{})\n", models::to_string(change->key), to_iso8601(change->time), change->id,
                   change->forced ? ", forced because: " + change->reason : "");
    return {};
}

Result<void> print_card(const Context& context, const ModelWords& words) {
    TRY(const ModelWord word, model_word(context, words.name, words.version));
    TRY(const models::StoredModel model, models::ModelStore(context.home).load(word.name, word.version));
    const bool html = words.html || words.out.ends_with(".html");
    if (html && model.card_html.empty())
        return fail(ErrorCode::not_found, fmt::format("{} version {} was kept by an earlier build, which made no HTML card; leave --html out for the Markdown "
                                                      "one, or train the model again", model.metadata.name, model.metadata.version));
    const std::string& card = html ? model.card_html : model.card;
    if (!words.out.empty()) {
        TRY_VOID(write_file(words.out, card));
    }
    if (context.json) {
        Json one{{"name", model.metadata.name}, {"version", model.metadata.version}, {"card", model.card},
                 {"html", model.card_html.empty() ? Json(nullptr) : Json(model.card_html)}, {"out", words.out.empty() ? Json(nullptr) : Json(words.out)}};
        print_json({{"models", Json::array({std::move(one)})}});
    } else if (words.out.empty()) {
        fmt::print("{}\n", card);
    } else {
        fmt::print("the card of {} version {} is in {}\n", model.metadata.name, model.metadata.version, words.out);
    }
    return {};
}

void add_version_command(CLI::App& group, Context& context, const char* verb, const char* does, const char* example,
                         Result<void> (*run)(const Context&, const ModelWords&)) {
    auto words = std::make_shared<ModelWords>();
    CLI::App* command = group.add_subcommand(verb, does);
    command->add_option("name", words->name, "NAME, NAME@VERSION, NAME@production or SYMBOL/TIMEFRAME/LABEL for what serves there")->required();
    command->add_option("--version", words->version, "the newest where none is given");
    if (run == print_card) {
        command->add_flag("--html", words->html, "the card as a page; also where --out ends in .html");
        command->add_option("--out", words->out, "file to write the card to");
    }
    command->footer(example);
    command->callback([words, run, &context] { context.action = [words, run, &context] { return run(context, *words); }; });
}

}  // namespace

void add_models_commands(CLI::App& app, Context& context) {
    CLI::App* group = app.add_subcommand("models", "the trained models that are kept, version by version");
    group->require_subcommand(1);
    group->footer("Example: aitrading models list");
    CLI::App* list = group->add_subcommand("list", "every version of every model, and which of them serve");
    list->footer("Example: aitrading models list --json");
    list->callback([&context] { context.action = [&context] { return list_models(context); }; });
    add_version_command(*group, context, "show", "one model: its card and what it was made from; verifies its checksums",
                        "Example: aitrading models show eurusd-h1 --version 2", show_model);
    add_version_command(*group, context, "card", "the model card, Markdown or one HTML page",
                        "Example: aitrading models card eurusd-h1@production --out card.html", print_card);
    add_promotion_commands(*group, context);
    add_comparison_commands(*group, context);
}

}  // namespace aitrading::apps

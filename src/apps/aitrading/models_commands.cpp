#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <memory>
#include <nlohmann/json.hpp>

#include "apps/aitrading/commands.hpp"
#include "kit/table.hpp"
#include "models/registry/service/model_store.hpp"

namespace aitrading::apps {
namespace {

using Json = nlohmann::ordered_json;

Result<Json> as_json(const models::ModelEntry& entry) {
    if (!entry.damage.empty())
        return Json{{"name", entry.metadata.name}, {"version", entry.metadata.version}, {"damage", entry.damage}};
    TRY(const std::string metadata, models::to_json(entry.metadata));
    Json document = Json::parse(metadata);
    document["content_hash"] = entry.content_hash;
    document["size_bytes"] = entry.size_bytes;
    return document;
}

Result<void> list_models(const Context& context) {
    TRY(const std::vector<models::ModelEntry> entries, models::ModelStore(context.home).list());
    if (context.json) {
        Json document{{"models", Json::array()}};
        for (const models::ModelEntry& entry : entries) {
            TRY(Json one, as_json(entry));
            document["models"].push_back(std::move(one));
        }
        fmt::print("{}\n", document.dump(2));
        return {};
    }
    if (entries.empty()) {
        fmt::print("no model yet; `aitrading train` makes one\n");
        return {};
    }
    using enum kit::Table::Align;
    kit::Table table({{"name", left}, {"version", right}, {"symbol", left}, {"timeframe", left}, {"label", left},
                      {"members", left}, {"trained to", left}, {"hash", left}});
    for (const models::ModelEntry& entry : entries) {
        const models::ModelMetadata& m = entry.metadata;
        if (entry.damage.empty())
            table.add({m.name, std::to_string(m.version), m.series.symbol, std::string(name(m.series.timeframe)), m.label,
                       fmt::format("{}", fmt::join(m.members, " ")), to_iso8601(m.training_end), entry.content_hash});
        else
            table.add({m.name, std::to_string(m.version), "", "", "damaged", "", "", ""});
    }
    fmt::print("{}", table.render());
    for (const models::ModelEntry& entry : entries)
        if (!entry.damage.empty()) fmt::print(stderr, "warning: {}\n", entry.damage);
    return {};
}

Result<void> show_model(const Context& context, const std::string& name, std::optional<int> version) {
    const models::ModelStore store(context.home);
    TRY(const models::ModelEntry entry, store.show(name, version));
    TRY(const models::StoredModel model, store.load(name, entry.metadata.version));
    if (context.json) {
        TRY(Json one, as_json(entry));
        one["card"] = model.card;
        fmt::print("{}\n", Json{{"models", Json::array({std::move(one)})}}.dump(2, ' ', false, Json::error_handler_t::replace));
        return {};
    }
    TRY(const std::string metadata, models::to_json(entry.metadata));
    fmt::print("{}\n{}content {}, {} bytes, checksums verified\n", model.card, metadata, entry.content_hash, entry.size_bytes);
    return {};
}

void add_show(CLI::App& group, Context& context) {
    struct Show {
        std::string name;
        std::optional<int> version;
    };
    auto command = std::make_shared<Show>();
    CLI::App* show = group.add_subcommand("show", "one model: its card and what it was made from; verifies its checksums");
    show->add_option("name", command->name, "the model's name")->required();
    show->add_option("--version", command->version, "the newest where none is given");
    show->footer("Example: aitrading models show eurusd-h1 --version 2");
    show->callback([command, &context] {
        context.action = [command, &context] { return show_model(context, command->name, command->version); };
    });
}

/// Named in the contract, and answered honestly until the registry's own issue brings them.
void add_not_yet(CLI::App& group, Context& context, const std::string& verb, const char* does) {
    CLI::App* command = group.add_subcommand(verb, fmt::format("{} (not available yet)", does));
    // Whatever follows, the answer is the same.
    auto words = std::make_shared<std::vector<std::string>>();
    command->add_option("words", *words, "names and versions");
    command->add_option("--version", "a version")->expected(1);
    command->add_option("--out", "a file")->expected(1);
    command->callback([&context, verb, words] {
        context.action = [verb]() -> Result<void> {
            return std::unexpected(Error{ErrorCode::failed, fmt::format("models {}: not available yet: comes with the registry; "
                                                                        "use models list and models show", verb), false});
        };
    });
}

}  // namespace

void add_models_commands(CLI::App& app, Context& context) {
    CLI::App* group = app.add_subcommand("models", "the trained models that are kept, version by version");
    group->require_subcommand(1);
    group->footer("Example: aitrading models list");
    CLI::App* list = group->add_subcommand("list", "every version of every model");
    list->footer("Example: aitrading models list --json");
    list->callback([&context] { context.action = [&context] { return list_models(context); }; });
    add_show(*group, context);
    add_not_yet(*group, context, "compare", "two versions side by side");
    add_not_yet(*group, context, "promote", "makes a version the one in use");
    add_not_yet(*group, context, "rollback", "back to the version before");
    add_not_yet(*group, context, "export", "a version as files to take along");
}

}  // namespace aitrading::apps

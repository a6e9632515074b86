#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>

#include "apps/aitrading/commands.hpp"
#include "apps/aitrading/data_json.hpp"
#include "apps/aitrading/models_json.hpp"
#include "kit/table.hpp"
#include "models/registry/service/promotions.hpp"

namespace aitrading::apps {
namespace {

UnixNanos now() {
    return {std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

/// The change and, under `models`, the version that serves since.
Result<void> print_change(const models::Change& change, const Context& context) {
    if (!context.json) {
        fmt::print("{} version {} serves {} (change {})\n", change.name, change.version, models::to_string(change.key), change.id);
        if (!change.gates.empty()) fmt::print("{}", change.gates);
        if (change.forced) fmt::print("forced, because: {}\n", change.reason);
        return {};
    }
    TRY(const models::ModelEntry entry, models::ModelStore(context.home).show(change.name, change.version));
    TRY(Json model, model_json(entry, {change}));
    print_json({{"models", Json::array({std::move(model)})}, {"change", change_json(change)}});
    return {};
}

Result<void> promote(const models::PromotionRequest& request, const Context& context) {
    models::PromotionRequest asked = request;
    asked.now = now();
    asked.command_line = context.command_line;
    TRY(const models::Change change, models::Promotions(context.home).promote(asked));
    return print_change(change, context);
}

struct RollbackWords {
    std::string name, symbol, timeframe, label;
};

Result<void> roll_back(const RollbackWords& words, const Context& context) {
    models::RollbackRequest asked{words.name, words.symbol, words.label, {}, now(), context.command_line};
    if (!words.timeframe.empty()) {
        TRY(asked.timeframe, parse_timeframe(words.timeframe));
    }
    TRY(const models::Change change, models::Promotions(context.home).rollback(asked));
    return print_change(change, context);
}

Result<void> print_history(const Context& context) {
    TRY(const std::vector<models::Change> changes, models::Promotions(context.home).history());
    if (context.json) {
        Json document{{"changes", Json::array()}};
        for (const models::Change& change : changes) document["changes"].push_back(change_json(change));
        print_json(document);
        return {};
    }
    if (changes.empty()) {
        fmt::print("nothing was ever put into production; `aitrading models promote` does it\n");
        return {};
    }
    using enum kit::Table::Align;
    kit::Table table({{"change", right}, {"time", left}, {"kind", left}, {"for", left}, {"name", left}, {"version", right}, {"forced", left}, {"reason", left}});
    for (const models::Change& c : changes)
        table.add({std::to_string(c.id), to_iso8601({c.time.value / nanos_per_second * nanos_per_second}), std::string(models::name(c.kind)),
                   models::to_string(c.key), c.name, std::to_string(c.version), c.forced ? "forced" : "", c.reason});
    fmt::print("{}", table.render());
    return {};
}

void add_promote(CLI::App& group, Context& context) {
    auto request = std::make_shared<models::PromotionRequest>();
    CLI::App* promote_command = group.add_subcommand("promote", "puts a version into production, where its panel passes the gates (docs/registry.md)");
    promote_command->add_option("name", request->name, "the model's name")->required();
    promote_command->add_option("model-version", request->version, "its version")->required()->check(CLI::PositiveNumber);
    promote_command->add_flag("--force", request->force, "although a gate refuses; needs --reason");
    promote_command->add_option("--reason", request->reason, "why; kept in the record")->expected(1);
    promote_command->footer("Example: aitrading models promote eurusd-h1 2\n         aitrading models promote eurusd-h1 3 --force --reason \"paper trading only\"");
    promote_command->callback([request, &context] { context.action = [request, &context] { return promote(*request, context); }; });
}

void add_rollback(CLI::App& group, Context& context) {
    auto words = std::make_shared<RollbackWords>();
    CLI::App* rollback = group.add_subcommand("rollback", "brings back the version that served before");
    rollback->add_option("name", words->name, "the model that serves now; may be left out where one alone serves");
    rollback->add_option("--symbol", words->symbol, "of the alias, where several match");
    rollback->add_option("--timeframe", words->timeframe, "of the alias");
    rollback->add_option("--label", words->label, "of the alias");
    rollback->footer("Example: aitrading models rollback eurusd-h1");
    rollback->callback([words, &context] { context.action = [words, &context] { return roll_back(*words, context); }; });
}

}  // namespace

void add_promotion_commands(CLI::App& models_group, Context& context) {
    add_promote(models_group, context);
    add_rollback(models_group, context);
    CLI::App* history = models_group.add_subcommand("history", "every promotion and rollback, with the reasons of those that were forced");
    history->footer("Example: aitrading models history");
    history->callback([&context] { context.action = [&context] { return print_history(context); }; });
}

}  // namespace aitrading::apps

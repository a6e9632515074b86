#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

#include "apps/aitrading/commands.hpp"
#include "apps/aitrading/data_json.hpp"
#include "kit/table.hpp"
#include "market/calendar/service/instrument_file.hpp"

namespace aitrading::apps {
namespace {

Json to_json(const market::Instrument& i) {
    Json out;
    for (const std::string& field : market::instrument_fields()) {
        const std::string text = field_text(i, field);
        if (field == "aliases") out[field] = i.aliases;
        else if (text.empty()) out[field] = nullptr;
        else if (field == "digits") out[field] = i.digits;
        else if (field == "leverage") out[field] = i.leverage_max;
        else if (field == "pip") out[field] = i.pip.to_double();
        else if (field == "contract_size") out[field] = i.contract_size.to_double();
        else if (field == "lot_min") out[field] = i.lot_min.to_double();
        else if (field == "lot_step") out[field] = i.lot_step.to_double();
        else if (field == "swap_long") out[field] = *i.swap_long;
        else if (field == "swap_short") out[field] = *i.swap_short;
        else out[field] = text;
    }
    out["point"] = i.point().to_double();
    return out;
}

void print_one(const market::Instrument& i) {
    for (const std::string& field : market::instrument_fields()) {
        const std::string text = field_text(i, field);
        fmt::print("{:<14} {}\n", field, text.empty() ? "-" : text);
    }
    if (!i.swap_long || !i.swap_short)
        fmt::print("swap differs from broker to broker; say yours: aitrading instruments set {} swap_long=-7.1 swap_short=2.3\n", i.symbol);
}

Result<void> list(const Context& context, const std::string& kind) {
    TRY(const market::InstrumentTable table, market::load_instruments(context.home));
    Json rows = Json::array();
    using enum kit::Table::Align;
    kit::Table shown({{"symbol", left}, {"class", left}, {"digits", right}, {"pip", right}, {"lot", right}, {"quote", left},
                      {"leverage", right}, {"also", left}, {"name", left}});
    for (const market::Instrument& i : table.all()) {
        if (!kind.empty() && name(i.kind) != kind) continue;
        rows.push_back(to_json(i));
        shown.add({i.symbol, std::string(name(i.kind)), fmt::format("{}", i.digits), field_text(i, "pip"),
                   field_text(i, "contract_size"), i.quote, fmt::format("{}:1", i.leverage_max),
                   fmt::format("{}", fmt::join(i.aliases, " ")), i.title});
    }
    if (context.json) print_json({{"instruments", std::move(rows)}});
    else fmt::print("{}", shown.render());
    return {};
}

Result<void> show(const Context& context, const std::string& symbol) {
    TRY(const market::InstrumentTable table, market::load_instruments(context.home));
    const market::Instrument* found = table.find(symbol);
    if (found == nullptr)
        return fail(ErrorCode::not_found, fmt::format("{} is not in the table; add it: aitrading instruments set {} class=share "
                                                      "quote=USD digits=2", symbol, symbol));
    if (context.json) print_json({{"instruments", Json::array({to_json(*found)})}});
    else print_one(*found);
    return {};
}

Result<void> set(const Context& context, const std::string& symbol, const std::vector<std::string>& words) {
    std::vector<std::pair<std::string, std::string>> fields;
    for (const std::string& word : words) {
        const std::size_t equals = word.find('=');
        if (equals == std::string::npos)
            return fail(ErrorCode::usage, fmt::format("\"{}\": write FIELD=VALUE, for example digits=3", word));
        fields.emplace_back(word.substr(0, equals), word.substr(equals + 1));
    }
    TRY(const market::Instrument now, market::set_instrument(context.home, symbol, fields));
    if (context.json) print_json({{"instruments", Json::array({to_json(now)})}});
    else print_one(now);
    return {};
}

}  // namespace

void add_instruments_commands(CLI::App& app, Context& context) {
    CLI::App* group = app.add_subcommand("instruments", "point, lot, hours, swap and margin class of what is traded");
    group->require_subcommand(1);
    group->footer("The table is built in; <home>/instruments.csv is laid over it.\nExample: aitrading instruments show GOLD");
    auto kind = std::make_shared<std::string>();
    CLI::App* listing = group->add_subcommand("list", "every instrument");
    listing->add_option("--class", *kind, "only fx, metal, index, energy, crypto or share")
        ->check(CLI::IsMember({"fx", "metal", "index", "energy", "crypto", "share"}));
    listing->footer("Example: aitrading instruments list --class metal");
    listing->callback([kind, &context] { context.action = [kind, &context] { return list(context, *kind); }; });

    auto symbol = std::make_shared<std::string>();
    CLI::App* showing = group->add_subcommand("show", "one instrument, by symbol or alias");
    showing->add_option("symbol", *symbol)->required();
    showing->footer("Example: aitrading instruments show GOLD --json");
    showing->callback([symbol, &context] { context.action = [symbol, &context] { return show(context, *symbol); }; });

    auto target = std::make_shared<std::string>();
    auto fields = std::make_shared<std::vector<std::string>>();
    CLI::App* setting = group->add_subcommand("set", "writes fields into <home>/instruments.csv");
    setting->add_option("symbol", *target)->required();
    setting->add_option("fields", *fields, "FIELD=VALUE …")->required();
    setting->footer(fmt::format("Fields: {}\nExample: aitrading instruments set XAUUSD digits=3 swap_long=-12.5",
                                fmt::join(market::instrument_fields(), " ")));
    setting->callback([target, fields, &context] {
        context.action = [target, fields, &context] { return set(context, *target, *fields); };
    });
}

}  // namespace aitrading::apps

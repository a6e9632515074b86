#include "apps/aitrading/history_commands.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "apps/aitrading/data_json.hpp"
#include "apps/aitrading/home_histories.hpp"
#include "engines/series_store/histories/parquet_histories.hpp"
#include "kit/table.hpp"

namespace aitrading::apps {
namespace {

using ports::HistoryRow;
using ports::HistoryValue;

struct HistoryWords {
    std::string name, symbol, from, to, tenant = "default";
    std::vector<std::string> columns;
    std::int64_t rows = 0;  ///< 0: all
    bool csv = false;
};

constexpr std::int64_t rows_shown = 20;  ///< to a person who asks for no number

/// A real in the fewest digits that read back the same; empty: not known.
std::string number_text(double value) { return std::isnan(value) ? std::string() : fmt::format("{}", value); }

struct TextOf {
    std::string operator()(std::monostate) const { return {}; }
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
    std::string operator()(double value) const { return number_text(value); }
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(UnixNanos value) const { return to_iso8601(value); }
    std::string operator()(const std::vector<double>& list) const {
        std::string out;
        for (std::size_t i = 0; i < list.size(); ++i) out += (i == 0 ? "" : ";") + number_text(list[i]);
        return out;
    }
};

Json json_number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

struct JsonOf {
    Json operator()(std::monostate) const { return nullptr; }
    Json operator()(const std::string& text) const { return text; }
    Json operator()(std::int64_t value) const { return value; }
    Json operator()(double value) const { return json_number(value); }
    Json operator()(bool value) const { return value; }
    Json operator()(UnixNanos value) const { return to_iso8601(value); }
    Json operator()(const std::vector<double>& list) const {
        Json out = Json::array();
        for (const double value : list) out.push_back(json_number(value));
        return out;
    }
};

std::string csv_field(const std::string& text) {
    if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
    std::string out = "\"";
    for (const char c : text) out.append(c == '"' ? 2 : 1, c);
    return out + "\"";
}

Result<void> list_histories(const Context& context, const HistoryWords& words) {
    TRY(const auto reader, engines::read_parquet_histories(histories_folder(context.home)));
    TRY(const auto all, reader->histories());
    using enum kit::Table::Align;
    kit::Table table({{"history", left}, {"symbol", left}, {"rows", right}, {"first", left}, {"last", left}});
    Json list = Json::array();
    for (const ports::HistorySchema& history : all) {
        Json columns = Json::array(), symbols = Json::array();
        for (const ports::HistoryColumn& column : history.columns) columns.push_back({{"name", column.name}, {"type", ports::name(column.type)}});
        TRY(const auto there, reader->symbols(words.tenant, history.name));
        for (const ports::HistorySymbol& one : there) {
            table.add({history.name, one.symbol, fmt::format("{}", one.rows), to_iso8601(one.first), to_iso8601(one.last)});
            symbols.push_back({{"symbol", one.symbol}, {"rows", one.rows}, {"first", to_iso8601(one.first)}, {"last", to_iso8601(one.last)}});
        }
        if (there.empty()) table.add({history.name, "", "0", "", ""});
        list.push_back({{"history", history.name}, {"columns", std::move(columns)}, {"symbols", std::move(symbols)}});
    }
    if (context.json) print_json({{"histories", std::move(list)}});
    else fmt::print("{}", table.render());
    return {};
}

/// Gives rows one by one, symbol after symbol; false ends it.
Result<void> each_row(ports::HistoryReader& reader, const HistoryWords& words, TimeRange range,
                      const std::function<bool(const std::vector<ports::HistoryColumn>&, const HistoryRow&)>& take) {
    TRY(const auto there, reader.symbols(words.tenant, words.name));
    std::vector<std::string> symbols;
    for (const ports::HistorySymbol& one : there)
        if (words.symbol.empty() || words.symbol == one.symbol) symbols.push_back(one.symbol);
    if (symbols.empty()) return fail(ErrorCode::not_found, fmt::format("no rows of {} in {}; see `aitrading data history`", words.symbol.empty() ? "any symbol" : words.symbol, words.name));
    for (const std::string& symbol : symbols) {
        ports::HistoryQuery query{.symbol = symbol, .range = range, .columns = words.columns};
        do {
            TRY(const ports::HistoryPage page, reader.read(words.tenant, words.name, query));
            for (const HistoryRow& row : page.rows)
                if (!take(page.columns, row)) return {};
            query.page = page.next;
        } while (!query.page.empty());
    }
    return {};
}

Result<TimeRange> range_of(const HistoryWords& words) {
    TimeRange range;
    if (!words.from.empty()) {
        TRY(range.from, parse_iso8601(words.from));
    }
    if (!words.to.empty()) {
        TRY(range.to, parse_iso8601(words.to));
    }
    return range;
}

Result<void> print_csv(ports::HistoryReader& reader, const HistoryWords& words, TimeRange range) {
    std::int64_t rows = 0;
    return each_row(reader, words, range, [&](const auto& columns, const HistoryRow& row) {
        if (rows++ == 0) {
            fmt::print("known_at,symbol");
            for (const ports::HistoryColumn& column : columns) fmt::print(",{}", column.name);
            fmt::print("\n");
        }
        fmt::print("{},{}", to_iso8601(row.known_at), csv_field(row.symbol));
        for (const HistoryValue& value : row.values) fmt::print(",{}", csv_field(std::visit(TextOf{}, value)));
        fmt::print("\n");
        return words.rows == 0 || rows < words.rows;
    });
}

Result<void> print_document(ports::HistoryReader& reader, const HistoryWords& words, TimeRange range) {
    Json rows = Json::array();
    TRY_VOID(each_row(reader, words, range, [&](const auto& columns, const HistoryRow& row) {
        Json one{{"symbol", row.symbol}, {"known_at", to_iso8601(row.known_at)}};
        for (std::size_t i = 0; i < columns.size(); ++i) one[columns[i].name] = std::visit(JsonOf{}, row.values[i]);
        rows.push_back(std::move(one));
        return words.rows == 0 || static_cast<std::int64_t>(rows.size()) < words.rows;
    }));
    print_json({{"history", words.name}, {"rows", std::move(rows)}});
    return {};
}

Result<void> print_table(ports::HistoryReader& reader, const HistoryWords& words, TimeRange range) {
    const std::int64_t most = words.rows == 0 ? rows_shown : words.rows;
    std::unique_ptr<kit::Table> table;
    std::int64_t rows = 0;
    TRY_VOID(each_row(reader, words, range, [&](const auto& columns, const HistoryRow& row) {
        if (rows++ == most) return false;
        if (!table) {
            std::vector<kit::Table::Column> heads{{"known_at", kit::Table::Align::left}, {"symbol", kit::Table::Align::left}};
            for (const ports::HistoryColumn& column : columns)
                heads.push_back({column.name, column.type == ports::HistoryType::integer || column.type == ports::HistoryType::real ? kit::Table::Align::right : kit::Table::Align::left});
            table = std::make_unique<kit::Table>(std::move(heads));
        }
        std::vector<std::string> cells{to_iso8601(row.known_at), row.symbol};
        for (const HistoryValue& value : row.values) {
            const auto* real = std::get_if<double>(&value);
            cells.push_back(real != nullptr ? fmt::format("{:.6g}", *real) : std::visit(TextOf{}, value));
        }
        table->add(std::move(cells));
        return true;
    }));
    if (table) fmt::print("{}", table->render());
    if (rows > most) fmt::print("the first {}; --rows N shows more, --csv and --json give all\n", most);
    if (!table) fmt::print("no rows in this span\n");
    return {};
}

Result<void> show(const Context& context, const HistoryWords& words) {
    if (words.name.empty()) return list_histories(context, words);
    TRY(const TimeRange range, range_of(words));
    TRY(const auto reader, engines::read_parquet_histories(histories_folder(context.home)));
    if (words.csv) return print_csv(*reader, words, range);
    return context.json ? print_document(*reader, words, range) : print_table(*reader, words, range);
}

}  // namespace

void add_history_command(CLI::App& data_group, Context& context) {
    const auto words = std::make_shared<HistoryWords>();
    CLI::App* history = data_group.add_subcommand("history", "what `up` has recorded: predictions, regimes, correlations, bars, calibration; without a name, which there are");
    history->add_option("NAME", words->name, "of the history");
    history->add_option("--symbol", words->symbol, "only this one");
    history->add_option("--from", words->from, "rows known from then on");
    history->add_option("--to", words->to, "rows known before then");
    history->add_option("--columns", words->columns, "only these, in this order")->delimiter(',');
    history->add_option("--rows", words->rows, "at most so many")->check(CLI::PositiveNumber);
    history->add_option("--tenant", words->tenant, "whose rows");
    history->add_flag("--csv", words->csv, "as CSV; lists have ; between their numbers");
    history->footer("Reads beside a running `up`.\nExample: aitrading data history predictions --symbol EURUSD --columns model,p_up,member_p_up --csv");
    history->callback([words, &context] { context.action = [words, &context] { return show(context, *words); }; });
}

}  // namespace aitrading::apps

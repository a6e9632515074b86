#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <memory>
#include <nlohmann/json.hpp>

#include "apps/aitrading/commands.hpp"
#include "apps/aitrading/feature_inputs.hpp"
#include "apps/aitrading/feature_manifest_json.hpp"
#include "engines/series_store/parquet/parquet_store.hpp"
#include "engines/series_store/parquet/table_file.hpp"
#include "insight/features/feature_set.hpp"
#include "insight/features/microstructure.hpp"
#include "insight/features/registry.hpp"
#include "insight/features/service/candle_file.hpp"
#include "kit/table.hpp"

namespace aitrading::apps {
namespace {

using Json = nlohmann::ordered_json;
using insight::IndicatorEntry;

std::vector<std::string> words(const std::string& text) {
    std::vector<std::string> out(1);
    for (const char c : text)
        if (c == ' ')
            out.emplace_back();
        else
            out.back() += c;
    return out;
}

Json as_json(const IndicatorEntry& entry) {
    Json parameters = Json::array();
    for (const insight::Parameter& p : entry.parameters)
        parameters.push_back({{"name", p.name}, {"default", p.standard}, {"least", p.least}, {"greatest", p.greatest}, {"whole", p.whole}});
    Json outputs = Json::array();
    for (const std::string& output : entry.outputs) outputs.push_back(entry.name + "." + output);
    if (entry.outputs.empty()) outputs.push_back(entry.name);
    return {{"name", entry.name},       {"parameters", std::move(parameters)}, {"inputs", words(entry.inputs)},
            {"outputs", std::move(outputs)}, {"warm_up", entry.standard_warm_up()}, {"source", entry.source}};
}

std::string call_of(const IndicatorEntry& entry) {
    std::vector<std::string> parts;
    parts.reserve(entry.parameters.size());
    for (const insight::Parameter& p : entry.parameters) parts.push_back(fmt::format("{}={}", p.name, p.standard));
    return parts.empty() ? entry.name : fmt::format("{}({})", entry.name, fmt::join(parts, ","));
}

Result<void> list_indicators(const Context& context) {
    if (context.json) {
        Json document{{"indicators", Json::array()}};
        for (const IndicatorEntry& entry : insight::indicator_registry())
            document["indicators"].push_back(as_json(entry));
        fmt::print("{}\n", document.dump(2));
        return {};
    }
    using enum kit::Table::Align;
    kit::Table table({{"indicator", left}, {"inputs", left}, {"outputs", left}, {"warm-up", right}, {"source", left}});
    for (const IndicatorEntry& entry : insight::indicator_registry()) {
        std::string outputs;
        for (const std::string& output : entry.outputs) outputs += "." + output + " ";
        table.add({call_of(entry), entry.inputs, outputs, std::to_string(entry.standard_warm_up()), entry.source});
    }
    fmt::print("{}", table.render());
    return {};
}

struct ComputeCommand {
    std::string input, out;
    std::vector<std::string> indicators;
};

Result<std::vector<insight::IndicatorRequest>> parse_requests(const std::vector<std::string>& asked) {
    std::vector<insight::IndicatorRequest> requests;
    std::vector<std::string> names;
    for (const std::string& text : asked) {
        TRY(insight::IndicatorRequest request, insight::parse_indicator(text));
        for (const std::string& column : request.columns) {
            if (std::ranges::find(names, column) != names.end())
                return fail(ErrorCode::usage, fmt::format("the column {} is asked for twice", column));
            names.push_back(column);
        }
        requests.push_back(std::move(request));
    }
    return requests;
}

Result<void> compute_columns(const ComputeCommand& command, const Context& context) {
    TRY(const std::vector<insight::IndicatorRequest> requests, parse_requests(command.indicators));
    TRY(const insight::CandleTable table, insight::read_candles(command.input));
    std::vector<std::string> names;
    int warm_up = 0;
    for (const insight::IndicatorRequest& request : requests) {
        if (request.entry->needs_volume() && !table.has_volume)
            return fail(ErrorCode::bad_input, fmt::format("{} has no column volume, which {} needs", command.input,
                                                          request.entry->name));
        names.insert(names.end(), request.columns.begin(), request.columns.end());
        warm_up = std::max(warm_up, request.warm_up());
    }
    const auto columns = insight::compute_indicators(requests, table.candles);
    TRY_VOID(insight::write_columns(command.out, table.time, names, columns));
    if (static_cast<std::size_t>(warm_up) >= table.candles.size())
        fmt::print(stderr, "warning: {} has {} bars, but the slowest indicator needs {} before its first value\n",
                   command.input, table.candles.size(), warm_up);
    if (context.json)
        fmt::print("{}\n", Json{{"out", command.out}, {"rows", table.time.size()}, {"columns", names}, {"warm_up", warm_up}}.dump(2));
    else if (!command.out.starts_with("/dev/"))
        fmt::print("{} rows, {} columns in {}\n", table.time.size(), names.size(), command.out);
    return {};
}

void add_indicators(CLI::App& app, Context& context) {
    CLI::App* indicators = app.add_subcommand("indicators", "technical indicators over a user's own file");
    indicators->require_subcommand(1);
    indicators->footer("Example: aitrading indicators list");
    CLI::App* list = indicators->add_subcommand("list", "every indicator with parameters, inputs, outputs and warm-up");
    list->footer("Example: aitrading indicators list --json");
    list->callback([&context] { context.action = [&context] { return list_indicators(context); }; });

    auto command = std::make_shared<ComputeCommand>();
    CLI::App* compute = indicators->add_subcommand("compute", "a column for each output over a CSV of bars");
    compute->footer("The file has a header time,open,high,low,close[,volume] and increasing times (ISO 8601 or dates, UTC).\n"
                    "A field is empty until its value is known. Missing parameters take their defaults.\n\n"
                    "Example: aitrading indicators compute --input bars.csv --indicator 'rsi(14)' 'macd(12,26,9)' --out out.csv");
    compute->add_option("--input", command->input, "CSV of bars")->required();
    compute->add_option("--indicator", command->indicators, "one or several, such as 'rsi(14)' or macd.signal")
        ->required();
    compute->add_option("--out", command->out, "the CSV to write; it appears when it is complete")->required();
    compute->callback([command, &context] {
        context.action = [command, &context] { return compute_columns(*command, context); };
    });
}

struct FeaturesCommand {
    std::string symbol, timeframe, out, from, to, set = "default", bars;
    std::vector<std::string> with;
};

/// As write_features, with the manifest inside the file.
Result<std::size_t> write_features_parquet(const std::string& out, insight::FeatureStream& rows, const Context& context) {
    const auto source = [&](engines::TableBlock& block) -> Result<std::size_t> {
        if (context.stop.stop_requested()) return fail(ErrorCode::interrupted, out + ": stopped, nothing was written");
        std::size_t i = 0;
        for (; i < block.capacity() && rows.next(); ++i) {
            block.time_nanos[i] = rows.time().value;
            for (std::size_t c = 0; c < block.columns.size(); ++c) block.columns[c][i] = rows.row()[c];
        }
        return i;
    };
    const engines::TableFile table{rows.names(), manifest_json(rows.manifest()).dump()};
    TRY(const std::int64_t written, engines::write_parquet_table(out, table, source));
    return static_cast<std::size_t>(written);
}

void print_features(const FeaturesCommand& command, const insight::FeatureManifest& manifest, std::size_t rows,
                    const Context& context) {
    if (context.json) {
        const Json document{{"out", command.out}, {"rows", rows}, {"manifest", manifest_json(manifest)}};
        fmt::print("{}\n", document.dump(2));
    } else if (!command.out.starts_with("/dev/")) {
        fmt::print("{} rows, {} columns in {} (features {} version {}, hash {})\n", rows, manifest.columns.size(),
                   command.out, manifest.name, manifest.version, manifest.hash);
        for (const insight::AbsentColumn& c : manifest.absent) fmt::print("absent: {}: {}\n", c.name, c.reason);
    }
}

/// As write_features_parquet, from rows in memory.
Result<std::size_t> write_matrix(const std::string& out, const FeatureMatrix& m, const insight::FeatureManifest& manifest) {
    if (!out.ends_with(".parquet")) {
        std::vector<std::vector<double>> columns(m.columns());
        for (std::size_t c = 0; c < m.columns(); ++c)
            for (std::size_t i = 0; i < m.rows(); ++i) columns[c].push_back(m.row(i)[c]);
        TRY_VOID(insight::write_columns(out, m.time, m.names, columns));
        return m.rows();
    }
    std::size_t next = 0;
    const auto source = [&](engines::TableBlock& block) -> Result<std::size_t> {
        std::size_t i = 0;
        for (; i < block.capacity() && next < m.rows(); ++i, ++next) {
            block.time_nanos[i] = m.time[next].value;
            for (std::size_t c = 0; c < block.columns.size(); ++c) block.columns[c][i] = m.row(next)[c];
        }
        return i;
    };
    TRY(const std::int64_t written, engines::write_parquet_table(out, {m.names, manifest_json(manifest).dump()}, source));
    return static_cast<std::size_t>(written);
}

/// Rows of quotes: what the ticks of each bar say.
Result<void> write_quote_file(const FeaturesCommand& command, TimeRange range, UnixNanos from, const Context& context) {
    if (command.bars.empty())
        return fail(ErrorCode::usage, "features of ticks need --bars: one of M1 M5 M15 M30 H1 H4 D1 W1");
    TRY(const Timeframe timeframe, parse_timeframe(command.bars));
    if (timeframe == Timeframe::ticks) return fail(ErrorCode::usage, "--bars ticks: name a timeframe, M1 to W1");
    TRY(const auto store, engines::open_parquet_store(context.home));
    const SeriesKey key{command.symbol, Timeframe::ticks};
    constexpr std::size_t batch_rows = 1 << 16;
    bool sizes = false;
    TRY_VOID(store->stream_ticks(key, range, batch_rows, [&](const TickColumns& batch) {
        sizes = insight::QuoteFeatures::of(batch, timeframe).has_sizes();
        return !sizes;
    }));
    const insight::QuoteFeatures features(timeframe, sizes);
    insight::QuoteRows rows(features);
    Result<void> read;
    TRY_VOID(store->stream_ticks(key, range, batch_rows, [&](const TickColumns& batch) {
        read = rows.add(batch);
        return read.has_value() && !context.stop.stop_requested();
    }));
    TRY_VOID(read);
    if (context.stop.stop_requested()) return fail(ErrorCode::interrupted, command.out + ": stopped, nothing was written");
    FeatureMatrix matrix = rows.finish();
    const auto first = std::ranges::lower_bound(matrix.time, from) - matrix.time.begin();
    matrix.values.erase(matrix.values.begin(), matrix.values.begin() + first * static_cast<std::ptrdiff_t>(matrix.columns()));
    matrix.time.erase(matrix.time.begin(), matrix.time.begin() + first);
    matrix.known.erase(matrix.known.begin(), matrix.known.begin() + first);
    TRY(const std::size_t written, write_matrix(command.out, matrix, features.manifest()));
    print_features(command, features.manifest(), written, context);
    return {};
}

Result<void> write_feature_file(const FeaturesCommand& command, const Context& context) {
    TRY(const Timeframe timeframe, parse_timeframe(command.timeframe));
    TimeRange range;
    if (!command.to.empty()) {
        TRY(range.to, parse_iso8601(command.to));
    }
    UnixNanos from = range.from;
    if (!command.from.empty()) {
        TRY(from, parse_iso8601(command.from));
    }
    if (timeframe == Timeframe::ticks) return write_quote_file(command, range, from, context);
    TRY(const auto store, engines::open_parquet_store(context.home));
    TRY(const BarColumns bars, store->read_bars({command.symbol, timeframe}, range));
    TRY(FeatureInputs inputs, feature_inputs(command.set, command.with, bars, context));
    TRY(insight::FeatureStream stream, insight::FeatureStream::open(std::move(inputs.set), bars, from, inputs.cross));
    TRY(const std::size_t rows, command.out.ends_with(".parquet")
                                    ? write_features_parquet(command.out, stream, context)
                                    : insight::write_features(command.out, stream, context.stop));
    if (rows == 0) fmt::print(stderr, "warning: {} {} has no bar in that span\n", command.symbol, name(timeframe));
    print_features(command, stream.manifest(), rows, context);
    return {};
}

void add_features(CLI::App& app, Context& context) {
    auto command = std::make_shared<FeaturesCommand>();
    CLI::App* features = app.add_subcommand("features", "the feature matrix of a stored series, as the models see it");
    features->footer("One row a bar with the bar's opening time; every value is known at the bar's close. A field is empty until\n"
                     "its value is known. Rows do not depend on --from: earlier bars warm the features up. A file named *.parquet is\n"
                     "written as Parquet, with a null where a value is not known and the manifest in its metadata.\n\n"
                     "Example: aitrading features EURUSD H1 --out features.csv --from 2017-01-01\n"
                     "         aitrading features EURUSD H1 --out features.parquet\n"
                     "         aitrading features EURUSD H1 --with regimes --out features.csv\n"
                     "         aitrading features EURUSD H1 --set wide --with AUDUSD --out wide.csv\n"
                     "         aitrading features EURUSD ticks --bars M5 --out quotes.csv");
    features->add_option("symbol", command->symbol, "as in data list")->required();
    features->add_option("timeframe", command->timeframe, "M1 M5 M15 M30 H1 H4 D1 W1, or ticks with --bars")->required();
    features->add_option("--set", command->set, "default (what the models see) or wide (more groups, other markets)")
        ->capture_default_str();
    features->add_option("--with", command->with, "regimes: the twelve regimes by rule as columns; correlation: with the dollar index, gold, stocks and named symbols in several timeframes; stored symbols (with correlation or --set wide)");
    features->add_option("--bars", command->bars, "of ticks: a row for each bar of this timeframe that has quotes");
    features->add_option("--out", command->out, "the CSV or .parquet to write; it appears when it is complete")->required();
    features->add_option("--from", command->from, "first bar to write");
    features->add_option("--to", command->to, "end of the bars, itself left out");
    features->callback([command, &context] {
        context.action = [command, &context] { return write_feature_file(*command, context); };
    });
}

}  // namespace

void add_features_commands(CLI::App& app, Context& context) {
    add_indicators(app, context);
    add_features(app, context);
}

}  // namespace aitrading::apps

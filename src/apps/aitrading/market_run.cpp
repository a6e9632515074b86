#include "apps/aitrading/market_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "apps/aitrading/evaluation_learners.hpp"
#include "apps/aitrading/fit_bar.hpp"
#include "apps/aitrading/predictions_csv.hpp"
#include "kit/atomic_file.hpp"
#include "models/ensemble/market_features.hpp"
#include "models/ensemble/market_learners.hpp"
#include "models/ensemble/market_regimes.hpp"
#include "models/evaluation/panel.hpp"

namespace aitrading::apps {
namespace {

std::vector<models::MarketBar> bars_of(const market::MarketTable& table, std::size_t rows) {
    std::vector<models::MarketBar> out;
    out.reserve(rows);
    for (std::size_t i = 0; i < rows; ++i)
        out.push_back({table.x[i], table.dxy[i], table.r_bp[i], table.log_volume[i], table.log_spread[i]});
    return out;
}

/// The panel of one model over the predicted rows whose label is there (the last row of the file has none).
Result<Panel> panel_of(const MarketRun& run, std::span<const double> p, const models::FrozenThresholds& thresholds,
                       std::uint64_t seed) {
    std::vector<float> y;
    std::vector<double> known_p;
    std::vector<std::uint32_t> row, end, entries;
    std::vector<UnixNanos> time;
    models::FrozenThresholds kept;
    kept.by_fold = thresholds.by_fold;
    for (std::size_t i = 0; i < run.pipeline.entry.size(); ++i) {
        const std::uint32_t e = run.pipeline.entry[i];
        if (std::isnan(run.labels.y[e])) continue;
        entries.push_back(e);
        y.push_back(run.labels.y[e]);
        known_p.push_back(p[i]);
        row.push_back(run.labels.row[e]);
        end.push_back(run.labels.end[e]);
        time.push_back(run.features.time[run.labels.row[e]]);
        if (!thresholds.fold.empty()) kept.fold.push_back(thresholds.fold[i]);
    }
    const std::vector<double> base = models::trailing_base_rate(run.labels, entries);
    models::PanelInput input;
    input.y = y;
    input.p = known_p;
    input.base_rate = base;
    input.row = row;
    input.end = end;
    input.time = time;
    input.directional = true;
    input.thresholds = &kept;
    return models::compute_panel(input, {.seed = seed});
}

/// @errors usage; not_found (a net without aitrading-train)
Result<std::vector<std::unique_ptr<models::Learner>>> market_learners(const MarketMembers& members, std::size_t train, const Context& context) {
    std::vector<std::string> names = member_names(members.models);
    if (asks_for_group(members.models)) names.emplace_back("markov_switching");
    std::vector<std::unique_ptr<models::Learner>> out;
    for (const std::string& name : names) {
        if (name == "markov_switching") {
            out.push_back(models::make_markov_switching_member());
            continue;
        }
        TRY(auto made, make_learners({name}, {models::market_learner_words(name, train)}, context, members.device));
        for (auto& learner : made) out.push_back(std::move(learner));
    }
    return out;
}

}  // namespace

Result<MarketRun> run_market(const std::string& file, std::size_t train, std::size_t test,
                             const MarketMembers& members, const Context& context) {
    TRY(const std::string text, kit::read_file(file));
    TRY(market::MarketTable table, market::parse_market_table(text, file));
    return run_market(std::move(table), file, train, test, members, context);
}

Result<MarketRun> run_market(market::MarketTable table, const std::string& name, std::size_t train, std::size_t test,
                             const MarketMembers& members, const Context& context) {
    if (table.size() < train + test)
        return fail(ErrorCode::bad_input, fmt::format("{} has {} rows; --train {} and --test {} need {}", name,
                                                      table.size(), train, test, train + test));
    MarketRun run;
    run.table = std::move(table);
    // One row more where there is one: it is the label of the last predicted row.
    const auto bars = bars_of(run.table, std::min(run.table.size(), train + test + 1));
    run.features = models::market_feature_matrix(bars);
    run.labels = models::market_labels(bars);

    TRY(const auto learners, market_learners(members, train, context));
    const models::MarketRegimes regimes(bars);
    const std::vector<models::Split> splits{models::market_split(run.labels, train, train + test)};

    FitBar bar(context, "fitting " + name, 0);
    models::PipelineOptions options = models::market_pipeline_options();
    options.seed = context.seed;
    options.learnt = &regimes;
    options.form = members.form;
    options.threads = context.threads;
    options.stop = context.stop;
    options.clock = [] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
    };
    bar.follow(options);
    TRY(run.pipeline, models::walk_forward_predict(run.features, run.labels, splits, borrowed(learners), options));
    bar.finish();

    const auto& fitted = run.pipeline.models;
    for (std::size_t k = 0; k < fitted.size(); ++k) {
        const auto& m = fitted[(k + fitted.size() - 1) % fitted.size()];  // the ensemble stands last there, first here
        TRY(Panel panel, panel_of(run, m.p_up, m.thresholds, context.seed));
        run.panels.push_back({m.name, std::move(panel), false});
    }
    run.protocol = {fmt::format("Fitted once on the first {} rows; each of the next {} rows is predicted from rows up to it.",
                                train, test),
                    fmt::format("{} features: the last bar and exponentially weighted memories of it (manifest {}).",
                                run.features.columns(), run.features.manifest_hash),
                    "Regime columns are filtered posteriors: each row's from rows up to it.",
                    "Stack and calibration come from expanding fits inside the training rows."};
    run.protocol.insert(run.protocol.end(), run.pipeline.learnt_notes.begin(), run.pipeline.learnt_notes.end());
    return run;
}

std::string market_predictions_csv(const MarketRun& run) {
    const auto& learnt = run.pipeline.learnt;
    const std::size_t width = learnt.size() / std::max<std::size_t>(1, run.pipeline.predictions.size());
    return predictions_csv(run.pipeline, "t", [&](std::uint32_t row) { return fmt::to_string(run.table.t[row]); },
                           [&](std::size_t i) { return width == 0 ? 0 : models::regime_number(std::span(learnt).subspan(i * width, width)); });
}

}  // namespace aitrading::apps

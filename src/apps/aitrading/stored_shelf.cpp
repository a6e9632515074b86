#include "apps/aitrading/stored_shelf.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "apps/aitrading/feature_inputs.hpp"
#include "apps/aitrading/model_word.hpp"
#include "apps/aitrading/series_input.hpp"
#include "models/evaluation/label_stream.hpp"
#include "models/registry/service/model_store.hpp"

namespace aitrading::apps {
namespace {

constexpr std::size_t kept_max = 4;

bool from_bars_alone(const models::ModelMetadata& metadata) { return metadata.with.empty() || metadata.with == std::vector<std::string>{regimes_word}; }

models::PredictionSource source_of(const models::ModelMetadata& m) {
    return {.name = m.name, .version = m.version, .series = m.series, .label = m.label, .of_volatility = m.label.starts_with("volatility")};
}

std::optional<models::Judged> judged(const models::ModelMetadata& metadata) {
    const auto panel = nlohmann::json::parse(metadata.panel_json, nullptr, false);
    if (!panel.is_object()) return std::nullopt;
    models::Judged out;
    bool whole = true;
    const auto number = [&](const char* key) {
        const bool there = panel.contains(key) && panel[key].is_number();
        whole = whole && there;
        return there ? panel[key].get<double>() : 0;
    };
    const auto time = [&](const char* key) {
        const auto read = parse_iso8601(panel.value(key, ""));
        whole = whole && read.has_value();
        return read.value_or(UnixNanos{});
    };
    out.protocol = metadata.scoring == models::Scoring::out_of_fold ? "purged walk-forward" : "held out";
    out.rows = static_cast<std::int64_t>(number("n"));
    out.trials = metadata.trials;
    out.from = time("from");
    out.to = time("to");
    out.coverage = number("coverage");
    out.majority_rate = number("majority_rate");
    out.accuracy = number("accuracy");
    out.p_value_vs_majority = number("p_value_vs_majority");
    out.brier_skill = number("brier_skill");
    out.log_loss_skill = number("log_loss_skill");
    out.calibration_error = number("ece");
    out.calibration_noise_p95 = number("ece_noise_p95");
    const auto interval = panel.value("accuracy_ci95", nlohmann::json::array());
    if (!whole || interval.size() != 2 || !interval[0].is_number() || !interval[1].is_number()) return std::nullopt;
    out.accuracy_low = interval[0];
    out.accuracy_high = interval[1];
    return out;
}

Result<std::shared_ptr<const models::AskedModel>> read_model(const Context& context, const std::string& name, int version) {
    TRY(LoadedModel loaded, load_model(context, name, version));
    loaded.out_of_fold.clear();
    const auto model = std::make_shared<const LoadedModel>(std::move(loaded));
    const models::ModelMetadata& m = model->metadata;
    if (!from_bars_alone(m))
        return fail(ErrorCode::bad_input, fmt::format("{} looks at other markets, which a request does not bring: a model trained without them, or with regimes alone, can be asked", name));
    auto out = std::make_shared<models::AskedModel>(models::AskedModel{source_of(m), model->fitted.member_names(), m.training_end, 5, {}, {}});
    TRY(const auto store, open_store(context));
    if (const auto info = store->describe(m.series)) out->digits = info->digits;
    TRY(const models::LabelStream labels, models::LabelStream::of(model->fitted.label_spec(), out->digits));
    out->source.horizon_bars = labels.horizon_bars();
    out->open = [model, &context](const BarColumns& bars) { return open_predictor(*model, bars, context); };
    out->rows = [model, &context](const BarColumns& bars) { return model_rows(*model, bars, context); };
    return std::shared_ptr<const models::AskedModel>(std::move(out));
}

}  // namespace

Result<std::shared_ptr<const models::AskedModel>> StoredShelf::take(const std::string& name, std::optional<int> version) {
    TRY_VOID(models::check_model_name(name));
    if (!version) {
        TRY(const ModelWord word, model_word(context_, name + "@production"));
        version = word.version;
    }
    const auto same = [&](const auto& kept) { return kept->source.name == name && kept->source.version == *version; };
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = std::ranges::find_if(kept_, same); found != kept_.end()) {
            std::rotate(found, found + 1, kept_.end());
            return kept_.back();
        }
    }
    TRY(auto model, read_model(context_, name, *version));
    const std::lock_guard lock(mutex_);
    std::erase_if(kept_, same);
    if (kept_.size() == kept_max) kept_.erase(kept_.begin());
    kept_.push_back(model);
    return model;
}

Result<std::vector<models::ListedModel>> StoredShelf::list() {
    TRY(const auto entries, models::ModelStore(context_.home).list());
    std::vector<models::ListedModel> out;
    for (const models::ModelEntry& entry : entries)
        if (entry.damage.empty() && from_bars_alone(entry.metadata)) out.push_back({source_of(entry.metadata), entry.metadata.members, entry.metadata.training_end, judged(entry.metadata)});
    return out;
}

}  // namespace aitrading::apps

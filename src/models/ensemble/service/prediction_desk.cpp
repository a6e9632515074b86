#include "models/ensemble/service/prediction_desk.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "aitrading/v1/inference.pb.h"
#include "kit/contracts/bar_news.hpp"
#include "models/ensemble/service/brought_bars.hpp"

namespace aitrading::models {
namespace {

constexpr int predicting_max = 2;             ///< requests about brought bars at once: the live path needs the machine too
constexpr int explaining_max = 2;             ///< answers of the live path that are explained at once
constexpr std::chrono::milliseconds way_back{100};  ///< of a deadline, kept for the answer itself

SteadyTime steady_now() { return std::chrono::steady_clock::now(); }

void put(const Judged& judged, v1::Evaluation& out) {
    out.set_protocol(judged.protocol);
    out.set_rows(judged.rows);
    out.set_from_ns(judged.from.value);
    out.set_to_ns(judged.to.value);
    out.set_coverage(judged.coverage);
    out.set_majority_rate(judged.majority_rate);
    out.set_accuracy(judged.accuracy);
    out.set_accuracy_low(judged.accuracy_low);
    out.set_accuracy_high(judged.accuracy_high);
    out.set_p_value_vs_majority(judged.p_value_vs_majority);
    out.set_brier_skill(judged.brier_skill);
    out.set_log_loss_skill(judged.log_loss_skill);
    out.set_calibration_error(judged.calibration_error);
    out.set_calibration_noise_p95(judged.calibration_noise_p95);
    out.set_trials(judged.trials);
}

/// The place of one request among those that run.
class Turn {
  public:
    Turn(std::atomic<int>& running, int at_once) : running_(running), free_(running.fetch_add(1) < at_once) {}
    ~Turn() { --running_; }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    bool free() const { return free_; }

  private:
    std::atomic<int>& running_;
    bool free_;
};

}  // namespace

std::shared_ptr<PredictionDesk> PredictionDesk::make(Parts parts, std::string tenant) {
    return std::shared_ptr<PredictionDesk>(new PredictionDesk(std::move(parts), std::move(tenant)));
}

void PredictionDesk::add_requests(kit::RequestHandlers& handlers) {
    const auto self = shared_from_this();
    handlers.on<v1::GetPredictionRequest, v1::GetPredictionReply>("aitrading.v1.PredictionService/GetPrediction",
                                                                  [self](const v1::GetPredictionRequest& request, const kit::Call& call) { return self->get(request, call); });
    handlers.on<v1::PredictBarsRequest, v1::PredictBarsReply>("aitrading.v1.PredictionService/PredictBars",
                                                              [self](const v1::PredictBarsRequest& request, const kit::Call& call) { return self->predict(request, call); });
    handlers.on<v1::ListModelsRequest, v1::ListModelsReply>("aitrading.v1.PredictionService/ListModels", [self](const v1::ListModelsRequest&, const kit::Call& call) { return self->list(call); });
    handlers.on_stream<v1::WatchPredictionsRequest, v1::WatchPredictionsReply>(
        "aitrading.v1.PredictionService/WatchPredictions",
        [self](const v1::WatchPredictionsRequest& request, const kit::Call& call, std::shared_ptr<kit::ReplyStream> stream) { return self->watch(request, call, std::move(stream)); });
}

Result<void> PredictionDesk::check_tenant(const kit::Call& call) const {
    if (call.tenant == tenant_) return {};
    return fail(ErrorCode::gate_refused, fmt::format("the models and predictions here are those of the tenant {}; tenants with models of their own come with accounts", tenant_));
}

Result<v1::GetPredictionReply> PredictionDesk::get(const v1::GetPredictionRequest& request, const kit::Call& call) {
    TRY_VOID(check_tenant(call));
    if (request.age_max_ns() < 0) return fail(ErrorCode::bad_input, "age_max_ns: 0 or more is expected");
    TRY(const auto timeframe, kit::bars_timeframe(request.timeframe()));
    TRY(PredictionBoard::Seen seen, parts_.board->look(request.model(), request.symbol(), timeframe));
    const nanoseconds age_max = request.age_max_ns() > 0 ? nanoseconds(request.age_max_ns()) : seen.bar();
    v1::GetPredictionReply reply;
    reply.set_from_cache(true);
    if ((!seen.event || seen.open_age > age_max) && seen.behind > 0) {
        // A newer bar is there and its answer is on its way.
        const UnixNanos known = seen.known;
        TRY(seen, parts_.board->await(request.model(), request.symbol(), timeframe, known, call.deadline.at - way_back));
        reply.set_from_cache(seen.known == known);
    }
    if (!seen.event)
        return fail(ErrorCode::failed, fmt::format("{} has not answered yet: {}", seen.source.name, seen.behind > 0 ? why_none(seen) : fmt::format("no bar of {} has come since it began, or for a week", to_string(seen.source.series))), true);
    TRY(auto message, kit::unpack_as<v1::MLPredictionGenerated>(*seen.event));
    v1::Prediction& told = *reply.mutable_prediction();
    told = std::move(*message.mutable_prediction());
    told.set_age_ns(seen.age().count());
    if (seen.open_age > age_max) degrade(told, {seen.age(), seen.open_age, seen.open_age - age_max}, why_none(seen));
    if (!request.explain()) return reply;
    if (seen.open_age > age_max)
        told.set_reasons_note(fmt::format("not available: an aged answer, whose p_up was taken back towards the base rate for its age; with age_max_ns={} or more it is given as the model made it, with its reasons",
                                          seen.open_age.count()));
    else TRY_VOID(explain(seen, call, told));
    return reply;
}

Result<void> PredictionDesk::explain(const PredictionBoard::Seen& seen, const kit::Call& call, v1::Prediction& told) {
    if (!seen.trail) {
        told.set_reasons_note("not available: the service keeps nothing by which its answers could be explained; `aitrading predict MODEL --explain` gives reasons");
        return {};
    }
    const Turn turn(explaining_, explaining_max);
    if (!turn.free()) return fail(ErrorCode::failed, fmt::format("explain: {} answers are being explained already; try again", explaining_max), true);
    TRY(const BarReasons reasons, seen.trail->explain({told.bar_open_ns()}, told.p_up(), going_on(call, "its reasons were found; ask again, or without explain")));
    tell(reasons, told);
    return {};
}

/// Whether work on a request is still of use. @param before what had to be done by the deadline
std::function<Result<void>()> PredictionDesk::going_on(const kit::Call& call, const char* before) const {
    return [stop = parts_.stop, deadline = call.deadline, before]() -> Result<void> {
        if (stop.stop_requested()) return fail(ErrorCode::interrupted, "the service stops");
        if (deadline.passed(steady_now())) return fail(ErrorCode::failed, fmt::format("the deadline has passed before {}", before));
        return {};
    };
}

Result<v1::PredictBarsReply> PredictionDesk::predict(const v1::PredictBarsRequest& request, const kit::Call& call) {
    TRY_VOID(check_tenant(call));
    const Turn turn(predicting_, predicting_max);
    if (!turn.free()) return fail(ErrorCode::failed, fmt::format("{} requests about brought bars run already; try again", predicting_max), true);
    return predict_now(request, call);
}

Result<v1::PredictBarsReply> PredictionDesk::predict_now(const v1::PredictBarsRequest& request, const kit::Call& call) const {
    if (request.model_version() < 0) return fail(ErrorCode::bad_input, "model_version: 0 or more is expected");
    if (request.answers_max() < 0 || static_cast<std::size_t>(request.answers_max()) > brought_answers_max)
        return fail(ErrorCode::bad_input, fmt::format("answers_max: 0 to {} are given at a time", brought_answers_max));
    if (request.explain() && static_cast<std::size_t>(request.answers_max()) > explained_answers_max)
        return fail(ErrorCode::bad_input, fmt::format("explain: reasons of at most {} answers are given at a time, and answers_max asks for {}: ask for fewer and leave the latest bars out for those before them, or `aitrading predict {} --explain --json` gives all",
                                                      explained_answers_max, request.answers_max(), request.model()));
    TRY(const auto timeframe, kit::bars_timeframe(request.timeframe()));
    std::optional<int> version;
    if (request.model_version() > 0) version = request.model_version();
    else
        for (const PredictionSource& live : parts_.board->models())
            if (live.name == request.model() && !version) version = live.version;
    TRY(const auto model, parts_.shelf->take(request.model(), version));
    const SeriesKey& series = model->source.series;
    if ((!request.symbol().empty() && request.symbol() != series.symbol) || (timeframe && *timeframe != series.timeframe))
        return fail(ErrorCode::bad_input, fmt::format("{} was trained on {}; it says nothing about others", model->source.name, to_string(series)));
    TRY(const BarColumns bars, kit::brought_bars(request.bars(), series, model->digits, brought_bars_max));
    v1::PredictBarsReply reply;
    const auto go_on = going_on(call, request.explain() ? "all bars were read and explained; bring fewer, or ask for fewer answers" : "all bars were read; bring fewer");
    TRY_VOID(go_on());
    const auto answers = static_cast<std::size_t>(std::max(1, request.answers_max()));
    TRY_VOID(answer_bars(*model, bars, {std::min(answers, bars.size()), request.explain()}, go_on, reply));
    return reply;
}

Result<v1::ListModelsReply> PredictionDesk::list(const kit::Call& call) const {
    TRY_VOID(check_tenant(call));
    TRY(const auto models, parts_.shelf->list());
    v1::ListModelsReply reply;
    for (const ListedModel& model : models) {
        v1::ModelSummary& out = *reply.add_models();
        out.set_model(model.source.name);
        out.set_model_version(model.source.version);
        out.set_symbol(model.source.series.symbol);
        out.set_timeframe(kit::to_contract(model.source.series.timeframe));
        out.set_label(model.source.label);
        for (const std::string& member : model.members) out.add_members(member);
        out.set_training_end_ns(model.training_end.value);
        if (model.judged) put(*model.judged, *out.mutable_evaluation());
    }
    return reply;
}

Result<void> PredictionDesk::watch(const v1::WatchPredictionsRequest& request, const kit::Call& call, std::shared_ptr<kit::ReplyStream> stream) {
    TRY_VOID(check_tenant(call));
    TRY_VOID(parts_.board->look(request.model(), request.symbol(), std::nullopt));
    watchers_.add(request.model(), request.symbol(), std::move(stream));
    return {};
}

}  // namespace aitrading::models

#pragma once

#include <atomic>
#include <string>

#include "models/ensemble/service/prediction_desk.hpp"
#include "models/ensemble/service/tests/served_bars.hpp"

namespace aitrading::v1 {
class Prediction;
class PredictBarsRequest;
}

namespace aitrading::models::testing_service {

/// The made model as a shelf has it; bars known up to bar `trained_rows` taught it.
class OneModel final : public ModelShelf {
  public:
    Result<std::shared_ptr<const AskedModel>> take(const std::string& name, std::optional<int> version) override {
        if (name != "made" || version.value_or(7) != 7) return fail(ErrorCode::not_found, "no model " + name + "; there is made, version 7");
        const Served& s = served();
        return std::make_shared<const AskedModel>(AskedModel{warmed().source, s.model.member_names(), {s.bars.time[trained_rows - 1].value + nanos_per_hour}, s.bars.digits,
                                                             [&s](const BarColumns&) -> Result<Predictor> { return s.open(); },
                                                             [](const BarColumns& bars) -> Result<ReasonRows> { return rows_of(bars); }});
    }
    Result<std::vector<ListedModel>> list() override {
        const Judged judged{.protocol = "purged walk-forward", .rows = 400, .trials = 1, .from = {1}, .to = {2}, .coverage = 1, .majority_rate = 0.5, .accuracy = 0.53, .accuracy_low = 0.5, .accuracy_high = 0.56};
        return std::vector<ListedModel>{{warmed().source, served().model.member_names(), {5}, judged}};
    }
};

/// Bars [from, to) of the made series as a caller brings them.
v1::PredictBarsRequest request_of(std::size_t from, std::size_t to, int answers);

/// A desk beside a live service, asked as any transport asks it.
struct AskedDesk {
    std::shared_ptr<kit::LiveTopic> bars = kit::LiveTopic::make(1'000), predictions = kit::LiveTopic::make(1'000);
    std::shared_ptr<PredictionBoard> board = std::make_shared<PredictionBoard>();
    std::stop_source stopping;
    std::shared_ptr<PredictionDesk> desk = PredictionDesk::make({board, std::make_shared<OneModel>(), predictions, stopping.get_token()});
    kit::RequestHandlers handlers;
    std::atomic<std::int64_t> now = 0;  ///< of the market
    std::unique_ptr<PredictionService> service;

    AskedDesk() { desk->add_requests(handlers); }
    ~AskedDesk() {
        if (service) service->stop(Deadline{SteadyTime::max()});
    }
    AskedDesk(const AskedDesk&) = delete;
    AskedDesk& operator=(const AskedDesk&) = delete;

    void start();
    /// Publishes a bar and gives what was told of it.
    v1::Prediction bar(std::size_t i);

    static kit::Call call(const std::string& tenant = "default", milliseconds within = std::chrono::seconds(60)) { return {tenant, Deadline::after(std::chrono::steady_clock::now(), within), {}}; }
    template <class Reply, class Request>
    Result<Reply> ask(const std::string& method, const Request& request, const std::string& tenant = "default", milliseconds within = std::chrono::seconds(60)) const {
        const auto& handler = handlers.all().find("aitrading.v1.PredictionService/" + method)->second;
        TRY(const auto reply, handler.answer(request, call(tenant, within)));
        return static_cast<const Reply&>(*reply);
    }
    static v1::GetPredictionRequest usual();
    Result<v1::GetPredictionReply> get() const;
    Result<v1::GetPredictionReply> get(const v1::GetPredictionRequest& request, const std::string& tenant = "default", milliseconds within = std::chrono::seconds(60)) const;

  private:
    std::unique_ptr<kit::LiveReader> reader_;
};

}  // namespace aitrading::models::testing_service

#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "kit/requests/handlers.hpp"
#include "models/ensemble/service/model_shelf.hpp"
#include "models/ensemble/service/prediction_board.hpp"
#include "models/ensemble/service/prediction_watchers.hpp"

namespace aitrading::v1 {
class GetPredictionReply;
class GetPredictionRequest;
class ListModelsReply;
class PredictBarsReply;
class PredictBarsRequest;
class Prediction;
class WatchPredictionsRequest;
}  // namespace aitrading::v1

namespace aitrading::models {

/// Answers the contracts' PredictionService: from the board, which the live service fills, and from stored models on streams of their
/// own, so that no request reaches the live predictor. Models and predictions are those of one tenant. It answers before the live service
/// has started too: what does not need it is there, the rest says why not. Safe to use from several threads.
class PredictionDesk : public std::enable_shared_from_this<PredictionDesk> {
  public:
    struct Parts {
        std::shared_ptr<PredictionBoard> board;
        std::shared_ptr<ModelShelf> shelf;
        std::shared_ptr<kit::LiveTopic> predictions;
        std::stop_token stop = {};  ///< asked for: work on brought bars ends with the next thousand bars, unanswered
    };
    static std::shared_ptr<PredictionDesk> make(Parts parts, std::string tenant = "default");

    /// The handlers keep the desk.
    void add_requests(kit::RequestHandlers& handlers);
    std::size_t watching() const { return watchers_.watching(); }

  private:
    explicit PredictionDesk(Parts parts, std::string tenant)
        : parts_(std::move(parts)), tenant_(std::move(tenant)), watchers_(parts_.board, parts_.predictions) {}
    Result<void> check_tenant(const kit::Call& call) const;
    Result<v1::GetPredictionReply> get(const v1::GetPredictionRequest& request, const kit::Call& call);
    Result<void> explain(const PredictionBoard::Seen& seen, const kit::Call& call, v1::Prediction& told);
    std::function<Result<void>()> going_on(const kit::Call& call, const char* before) const;
    Result<v1::PredictBarsReply> predict(const v1::PredictBarsRequest& request, const kit::Call& call);
    Result<v1::PredictBarsReply> predict_now(const v1::PredictBarsRequest& request, const kit::Call& call) const;
    Result<v1::ListModelsReply> list(const kit::Call& call) const;
    Result<void> watch(const v1::WatchPredictionsRequest& request, const kit::Call& call, std::shared_ptr<kit::ReplyStream> stream);

    Parts parts_;
    std::string tenant_;
    std::atomic<int> predicting_ = 0, explaining_ = 0;
    PredictionWatchers watchers_;
};

}  // namespace aitrading::models

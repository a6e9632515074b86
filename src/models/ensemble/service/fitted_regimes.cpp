#include "models/ensemble/service/fitted_regimes.hpp"

#include "models/ensemble/series_regimes.hpp"

namespace aitrading::models {
namespace {

class FittedTeller final : public insight::RegimeTeller {
  public:
    FittedTeller(SeriesRegimeStream stream, insight::ChainRegimes states, std::size_t count) : stream_(std::move(stream)), states_(std::move(states)), count_(count) {}
    std::string_view method() const override { return "markov_switching"; }
    bool named() const override { return false; }
    const insight::RegimeState& update(const Bar& bar, double, UnixNanos) override { return states_.update(stream_.update(bar).first(count_)); }

  private:
    SeriesRegimeStream stream_;
    insight::ChainRegimes states_;
    std::size_t count_;
};

}  // namespace

Result<std::unique_ptr<insight::RegimeTeller>> fitted_teller(std::string_view model, Timeframe timeframe, bool has_volume) {
    TRY(SeriesRegimeStream stream, SeriesRegimeStream::of(model, timeframe, has_volume));
    TRY(insight::ChainRegimes states, insight::ChainRegimes::of(stream.chain()));
    const std::size_t count = stream.chain().states;
    return std::make_unique<FittedTeller>(std::move(stream), std::move(states), count);
}

}  // namespace aitrading::models

#include "models/ensemble/series_members.hpp"

#include "models/ensemble/har_learner.hpp"
#include "models/ensemble/market_regimes.hpp"
#include "models/ensemble/series_regimes.hpp"

namespace aitrading::models {

Result<std::vector<std::unique_ptr<Learner>>> members_beside_trees(const FeatureMatrix& features, const LabelSet& labels, bool with_regimes) {
    std::vector<std::unique_ptr<Learner>> out;
    if (labels.volatility) {
        TRY(out.emplace_back(), make_har_learner(features.names));
    }
    if (with_regimes && labels.directional && labels.spec == "next_bar")
        out.push_back(make_markov_switching_member(features.columns() + SeriesRegimes::states));
    return out;
}

}  // namespace aitrading::models

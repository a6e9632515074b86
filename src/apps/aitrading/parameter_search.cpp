#include "apps/aitrading/parameter_search.hpp"

#include <fmt/format.h>

#include "apps/aitrading/evaluation_learners.hpp"
#include "models/boosting/hyper_parameters.hpp"
#include "models/deep/net_spec.hpp"
#include "proving/learning/search.hpp"

namespace aitrading::apps {

Result<void> search_parameters(const BarColumns& bars, EvaluationRequest& request, int trials, const Context& context) {
    TRY(const auto learners, make_learners(request.models, {}, context, request.device));
    request.models.clear();
    request.parameters.clear();
    for (const auto& learner : learners) {
        const std::string name(learner->name());
        if (models::parse_net_kind(name)) {  // minutes a trial: nets keep their defaults, and the card says so
            request.models.push_back(name);
            request.parameters.emplace_back();
            continue;
        }
        TRY(const SearchSpace space, models::search_space_of(name));
        kit::Progress progress(context.progress, "searching " + name, trials, "trials");
        Context quiet = context;
        quiet.progress = kit::ProgressMode::none;
        const auto loss_of = [&](const learning::Trial& trial) -> Result<double> {
            EvaluationRequest one = request;
            one.models = {name};
            one.parameters = {learning::words(space, trial)};
            TRY(const EvaluationRun run, run_evaluation(bars, one, quiet));
            return run.panel().log_loss;
        };
        learning::SearchOptions options;
        options.trials = trials;
        options.seed = context.seed;
        options.stop = context.stop;
        TRY(const auto outcome, learning::search(space, loss_of, options, {}, [&](const learning::Trial& t) -> Result<void> {
                progress.at(t.number + 1);
                return {};
            }));
        const learning::Trial& best = outcome.trials[outcome.best];
        progress.finish(fmt::format("best log loss {:.5f}", best.loss));
        request.models.push_back(name);
        request.parameters.push_back(learning::words(space, best));
    }
    return {};
}

}  // namespace aitrading::apps

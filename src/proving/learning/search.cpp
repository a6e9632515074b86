#include "proving/learning/search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "base/check.hpp"
#include "base/parallel.hpp"
#include "base/random.hpp"
#include "proving/learning/parzen.hpp"

namespace aitrading::learning {
namespace {

/// Trials by quality: the good ones and the rest, each by number.
struct Split {
    std::vector<const Trial*> good, bad;
};

Split split_trials(const std::vector<Trial>& done, const std::vector<Trial>& pending,
                   const TpeOptions& options) {
    std::vector<const Trial*> by_loss;
    by_loss.reserve(done.size());
    for (const auto& trial : done) by_loss.push_back(&trial);
    std::ranges::stable_sort(by_loss, {}, [](const Trial* t) { return t->loss; });
    const auto share =
        static_cast<std::size_t>(std::ceil(options.good_share * static_cast<double>(done.size())));
    const std::size_t good = std::min({share, static_cast<std::size_t>(options.good_max), by_loss.size()});
    Split split{{by_loss.begin(), by_loss.begin() + static_cast<std::ptrdiff_t>(good)},
                {by_loss.begin() + static_cast<std::ptrdiff_t>(good), by_loss.end()}};
    for (const auto& trial : pending) split.bad.push_back(&trial);
    const auto number = [](const Trial* t) { return t->number; };
    std::ranges::sort(split.good, {}, number);
    std::ranges::sort(split.bad, {}, number);
    return split;
}

std::vector<double> values_of(const std::vector<const Trial*>& trials, std::size_t parameter) {
    std::vector<double> values;
    for (const auto* trial : trials)
        if (!std::isnan(trial->values[parameter])) values.push_back(trial->values[parameter]);
    return values;
}

double propose_by_density(const ParameterRange& range, const Split& split, std::size_t parameter,
                          SplitMix64& random, int candidates) {
    const Parzen good(range, values_of(split.good, parameter)), bad(range, values_of(split.bad, parameter));
    double best = 0, best_score = -std::numeric_limits<double>::infinity();
    for (int k = 0; k < candidates; ++k) {
        const double value = good.sample(random);
        const double score = good.log_density(value) - bad.log_density(value);
        if (k > 0 && !(score > best_score)) continue;
        best = value;
        best_score = score;
    }
    return best;
}

std::size_t index_of(const SearchSpace& space, std::string_view name) {
    return static_cast<std::size_t>(std::ranges::find(space, name, &ParameterRange::name) - space.begin());
}

std::string problem_of(const SearchSpace& space, std::size_t i) {
    const auto& range = space[i];
    if (range.name.empty()) return "has no name";
    if (index_of(space, range.name) != i) return "stands twice";
    if (range.kind == ParameterKind::categorical) {
        if (range.choices.empty()) return "has no choices";
    } else {
        if (!std::isfinite(range.low) || !std::isfinite(range.high) || range.low > range.high)
            return "has an empty range";
        if (range.kind == ParameterKind::logarithmic && range.low <= 0)
            return "is logarithmic and not above 0";
        if (range.kind == ParameterKind::logarithmic_integer && range.low < 1)
            return "is logarithmic and not above 0";
    }
    if (range.parent.empty()) return {};
    const std::size_t parent = index_of(space, range.parent);
    if (parent >= i || space[parent].kind != ParameterKind::categorical)
        return fmt::format("depends on '{}', which is not a choice before it", range.parent);
    if (range.parent_choice < 0 ||
        static_cast<std::size_t>(range.parent_choice) >= space[parent].choices.size())
        return fmt::format("depends on a choice that '{}' does not have", range.parent);
    return {};
}

Result<void> check_options(const SearchSpace& space, const SearchOptions& options,
                           const std::vector<Trial>& done) {
    TRY_VOID(check_space(space));
    if (options.trials < 1 || options.batch < 1 || options.threads < 1 || options.tpe.candidates < 1)
        return fail(ErrorCode::usage, "search: trials, batch, threads and candidates must be at least 1");
    for (std::size_t i = 0; i < done.size(); ++i)
        if (done[i].number != static_cast<std::int64_t>(i) || done[i].values.size() != space.size())
            return fail(
                ErrorCode::usage,
                fmt::format("search: kept trial {} does not fit this search space; use another store", i));
    return {};
}

}  // namespace

Result<void> check_space(const SearchSpace& space) {
    for (std::size_t i = 0; i < space.size(); ++i)
        if (const auto why = problem_of(space, i); !why.empty())
            return fail(ErrorCode::usage, fmt::format("search space: parameter '{}' {}", space[i].name, why));
    return {};
}

std::vector<double> propose(const SearchSpace& space, const std::vector<Trial>& done,
                            const std::vector<Trial>& pending, std::int64_t number,
                            const SearchOptions& options) {
    const bool by_density =
        options.method == SearchMethod::tpe && number >= options.tpe.random_starts && !done.empty();
    const Split split = by_density ? split_trials(done, pending, options.tpe) : Split{};
    const std::uint64_t trial_seed = derive_seed(options.seed, static_cast<std::uint64_t>(number));
    std::vector<double> values(space.size(), std::numeric_limits<double>::quiet_NaN());
    for (std::size_t i = 0; i < space.size(); ++i) {
        const auto& range = space[i];
        // A parameter that does not exist here has a parent that is another choice, or does not exist either
        // (NaN).
        if (!range.parent.empty() && values[index_of(space, range.parent)] != range.parent_choice) continue;
        SplitMix64 random(derive_seed(trial_seed, i));
        values[i] = by_density ? propose_by_density(range, split, i, random, options.tpe.candidates)
                               : sample_uniform(range, random);
    }
    return values;
}

Result<SearchOutcome> search(const SearchSpace& space, const Objective& objective,
                             const SearchOptions& options, std::vector<Trial> done,
                             const TrialFinished& finished) {
    TRY_VOID(check_options(space, options, done));
    std::optional<Error> first_error;
    while (done.size() < static_cast<std::size_t>(options.trials)) {
        if (options.stop.stop_requested())
            return fail(ErrorCode::interrupted, "search: stopped; finished trials are kept");
        // Batches end at multiples of their size, so that a resumed search forms the same ones.
        const auto batch = static_cast<std::size_t>(options.batch);
        const std::size_t end =
            std::min((done.size() / batch + 1) * batch, static_cast<std::size_t>(options.trials));
        const std::size_t known = done.size() / batch * batch;
        const std::vector<Trial> before(done.begin(), done.begin() + static_cast<std::ptrdiff_t>(known));
        std::vector<Trial> pending(done.begin() + static_cast<std::ptrdiff_t>(known), done.end());
        while (known + pending.size() < end) {
            const auto number = static_cast<std::int64_t>(known + pending.size());
            pending.push_back({number, propose(space, before, pending, number, options), 0});
        }
        const std::size_t fresh = done.size() - known;
        std::vector<Result<double>> losses(pending.size(), Result<double>(0.0));
        parallel_for(pending.size() - fresh, options.threads, {},
                     [&](std::size_t k) { losses[fresh + k] = objective(pending[fresh + k]); });
        for (std::size_t k = fresh; k < pending.size(); ++k) {
            if (!losses[k] && losses[k].error().code == ErrorCode::interrupted)
                return std::unexpected(losses[k].error());
            if (!losses[k] && !first_error) first_error = losses[k].error();
            const bool usable = losses[k] && !std::isnan(*losses[k]);
            pending[k].loss = usable ? *losses[k] : std::numeric_limits<double>::infinity();
            if (finished) TRY_VOID(finished(pending[k]));
            done.push_back(pending[k]);
        }
    }
    SearchOutcome outcome{std::move(done), 0};
    for (std::size_t i = 1; i < outcome.trials.size(); ++i)
        if (outcome.trials[i].loss < outcome.trials[outcome.best].loss) outcome.best = i;
    if (first_error && !std::isfinite(outcome.trials[outcome.best].loss))
        return std::unexpected(*first_error);
    return outcome;
}

std::string words(const SearchSpace& space, const Trial& trial) {
    CHECK(trial.values.size() == space.size());
    std::string out;
    for (std::size_t i = 0; i < space.size(); ++i) {
        if (std::isnan(trial.values[i])) continue;
        if (!out.empty()) out += ' ';
        if (space[i].kind == ParameterKind::categorical)
            out += fmt::format("{}={}", space[i].name,
                               space[i].choices[static_cast<std::size_t>(trial.values[i])]);
        else
            out += fmt::format("{}={}", space[i].name, trial.values[i]);
    }
    return out;
}

}  // namespace aitrading::learning

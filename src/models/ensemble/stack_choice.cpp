#include "models/ensemble/stack_choice.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace aitrading::models {
namespace {

/// Log loss of each row of the later parts.
std::vector<double> forward_losses(const MetaRows& rows, int horizon, const StackOptions& options, const StackForm& form) {
    const std::vector<double> score = forward_scores(rows, horizon, options, form);
    std::vector<double> loss;
    for (std::size_t i = rows.size() / forward_parts; i < rows.size(); ++i) {
        const double z = rows.y[i] > 0.5F ? -score[i] : score[i];
        loss.push_back(z > 0 ? z + std::log1p(std::exp(-z)) : std::log1p(std::exp(z)));
    }
    return loss;
}

struct Gain {
    double mean = 0, error = 0;
};

Gain gain_of(const std::vector<double>& before, const std::vector<double>& after, int horizon) {
    const double n = static_cast<double>(before.size());
    Gain g;
    for (std::size_t i = 0; i < before.size(); ++i) g.mean += (before[i] - after[i]) / n;
    double squares = 0;
    for (std::size_t i = 0; i < before.size(); ++i) squares += std::pow(before[i] - after[i] - g.mean, 2);
    g.error = std::sqrt(squares / n * std::max(1, horizon) / n);
    return g;
}

class Choice {
  public:
    Choice(const MetaRows& rows, int horizon, const StackOptions& options, const std::vector<std::string>& names)
        : rows_(rows), horizon_(horizon), options_(options), names_(names), loss_(forward_losses(rows, horizon, options, {})) {}

    /// Takes the form where it wins by a standard error.
    bool attempt(const StackForm& form, std::string what) {
        std::vector<double> loss = forward_losses(rows_, horizon_, options_, form);
        const Gain g = gain_of(loss_, loss, horizon_);
        const bool wins = g.mean > g.error && g.mean > 0;
        out.trials.push_back({std::move(what), g.mean, g.error, wins});
        if (!wins) return false;
        out.form = form;
        loss_ = std::move(loss);
        return true;
    }

    void drop() {
        for (std::size_t left = rows_.members; left > 1; --left) {
            std::size_t worst = rows_.members;
            double best = 0;
            for (std::size_t m = 0; m < rows_.members; ++m) {
                if (!out.form.keeps(m)) continue;
                const Gain g = gain_of(loss_, forward_losses(rows_, horizon_, options_, without(m)), horizon_);
                if (g.mean > best) best = g.mean, worst = m;
            }
            if (worst == rows_.members || !attempt(without(worst), "without " + names_[worst])) return;
        }
    }

    FormChoice out;

  private:
    StackForm without(std::size_t member) const {
        StackForm form = out.form;
        form.dropped.resize(rows_.members, 0);
        form.dropped[member] = 1;
        return form;
    }
    const MetaRows& rows_;
    int horizon_;
    const StackOptions& options_;
    const std::vector<std::string>& names_;
    std::vector<double> loss_;
};

}  // namespace

Result<FormOptions> parse_form(const std::vector<std::string>& words) {
    FormOptions form;
    for (const std::string& word : words) {
        if (word == "drop")
            form.drop = true;
        else if (word == "disagreement")
            form.disagreement = true;
        else if (word == "regimes")
            form.gate = true;
        else if (word == "online")
            form.online = true;
        else if (word == "all" && words.size() == 1)
            form = {.drop = true, .disagreement = true, .gate = true, .online = true};
        else if (word != "plain" || words.size() > 1)
            return fail(ErrorCode::usage,
                        "stack \"" + word + "\" is not known here: use plain, all, or any of drop, disagreement, regimes and online, parted by commas");
    }
    return form;
}

std::vector<double> forward_scores(const MetaRows& rows, int horizon, const StackOptions& options, const StackForm& form) {
    std::vector<double> score(rows.size());
    for (std::size_t part = 0; part < forward_parts; ++part) {
        const std::size_t from = rows.size() * part / forward_parts, to = rows.size() * (part + 1) / forward_parts;
        if (from == to) continue;
        const std::size_t known = known_before(rows, from, rows.row[from]);
        const MetaStack stack = MetaStack::fit(rows, known, horizon, options, form);
        for (std::size_t i = from; i < to; ++i) score[i] = stack.apply(rows.logits_of(i), rows.regimes > 0 ? rows.posterior_of(i) : std::span<const double>{});
    }
    return score;
}

FormChoice choose_form(const MetaRows& rows, int horizon, const StackOptions& options, const FormOptions& allowed,
                       const std::vector<std::string>& names) {
    CHECK(names.size() == rows.members && horizon >= 1);
    if (!allowed.any() || static_cast<double>(rows.size()) / horizon < static_cast<double>(options.min_rows)) return {};
    Choice choice(rows, horizon, options, names);
    if (allowed.drop) choice.drop();
    if (allowed.disagreement && rows.members > 1) {
        StackForm form = choice.out.form;
        form.disagreement = true;
        choice.attempt(form, "disagreement");
    }
    if (allowed.gate && rows.regimes > 1) {
        StackForm form = choice.out.form;
        form.gate = true;
        choice.attempt(form, "weights by regime");
    }
    return choice.out;
}

}  // namespace aitrading::models

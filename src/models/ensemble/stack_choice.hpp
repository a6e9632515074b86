#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "models/ensemble/meta_stack.hpp"

namespace aitrading::models {

/// What validation may try beyond the plain stack.
struct FormOptions {
    bool drop = false;          ///< leave out members that hurt
    bool disagreement = false;  ///< the disagreement column
    bool gate = false;          ///< weights by regime, where posteriors are known
    bool online = false;        ///< behind the stack: the answer is a mix of it and the members that follows the series (followed_mix.hpp)
    /// Whether there is a form to choose.
    bool any() const { return drop || disagreement || gate; }
};

/// From words: `plain`, or any of drop, disagreement, regimes, online; `all` are all four. @errors usage
Result<FormOptions> parse_form(const std::vector<std::string>& words);

/// One form against the one chosen so far, on rows that neither had learnt from.
struct FormTrial {
    std::string what;  ///< "without lightgbm", "disagreement", "weights by regime"
    double gain = 0, error = 0;  ///< log loss saved a row, and its standard error for independent rows
    bool taken = false;
};
struct FormChoice {
    StackForm form;
    std::vector<FormTrial> trials;
};

/// Stacked scores by a stack that had not seen the labels of its fifth of the rows or of any later one (purged). [rows]
std::vector<double> forward_scores(const MetaRows& rows, int horizon, const StackOptions& options, const StackForm& form = {});

/// Chooses the form by forward log loss over the later four fifths: first members are dropped one by one, the worst first,
/// then disagreement and then the gate may enter. Each must win by a standard error of the paired difference, rows / horizon
/// counting as independent, and there must be `options.min_rows` independent rows. Looks at nothing but `rows`.
/// @param names [members] for the trials
FormChoice choose_form(const MetaRows& rows, int horizon, const StackOptions& options, const FormOptions& allowed,
                       const std::vector<std::string>& names);

/// Parts that forward scores are made of.
inline constexpr std::size_t forward_parts = 5;

}  // namespace aitrading::models

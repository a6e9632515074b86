#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "domain/model.hpp"

namespace aitrading::models {

/// One part of a protocol: what to learn from and what to predict. Entries are indices into a LabelSet (not
/// rows of the feature matrix), increasing.
struct Split {
    std::vector<std::uint32_t> train, test;
    int fold = 0;
};

/// How a purged walk-forward cuts time. The test blocks follow each other without a gap.
struct WalkForwardOptions {
    int folds = 5;                       ///< blocks; ignored where `refit_rows` decides (see walk_forward)
    std::size_t test_rows = 0;           ///< labels per test block; 0: the span to test divided by `folds`
    std::optional<UnixNanos> test_from;  ///< labels before this instant only train
    std::size_t refit_rows = 0;  ///< with `test_from`: bars per block; 0: `folds` equal blocks after it
    int embargo_bars = 0;  ///< bars left out between the last bar a training label needs and the test block
    std::size_t min_train = 250;  ///< fewest training labels of a fold
    bool expanding = true;        ///< false: every fold trains on at most as many labels as the first one has
};

/// Time-ordered splits. A training label is kept where `end + embargo_bars` lies before the first row of the
/// test block, so that no training span [row, end] reaches into the test rows.
///
/// The test span: from `test_from` where given; else the last `folds * test_rows` labels; else, with
/// test_rows == 0, the last folds / (folds + 1) of all labels. Without `test_from` it begins later where
/// `min_train` asks for that.
/// @param time [rows of the feature matrix] any increasing instants of the rows; `test_from` is compared with
/// them
/// @errors usage (folds < 1, negative embargo), bad_input (too few labels; the text says how many are
/// missing)
/// @complexity O(labels * folds)
Result<std::vector<Split>> walk_forward(const LabelSet& labels, std::span<const UnixNanos> time,
                                        const WalkForwardOptions& options);

/// Cuts a later slice off a training set, for early stopping or calibration: `test` is the last `share` of
/// `train`, `train` what remains before it after the purge and the embargo (may be empty). `fold` is 0.
/// @pre 0 < share < 1, train increasing
Split purged_tail(const LabelSet& labels, std::span<const std::uint32_t> train, double share,
                  int embargo_bars);

/// The longest feature window or 1 % of the bars, whichever is more.
int default_embargo_bars(std::size_t bars, int longest_feature_window);

/// Combinatorial purged cross-validation: every choice of `test_folds` out of `folds` contiguous groups.
struct CombinatorialSplits {
    std::vector<Split> splits;             ///< in lexicographic order of their test groups; fold = index
    std::vector<std::vector<int>> groups;  ///< [splits][test_folds] the test groups of a split
    std::vector<std::vector<int>> path;    ///< [splits][test_folds] the path that this test group joins
    std::vector<std::pair<std::uint32_t, std::uint32_t>>
        bounds;  ///< [folds] labels [first, second) of a group
    int paths = 0;
};

/// A training label is dropped where its span [row, end] meets the rows [first row, last end] of a test group
/// or begins within `embargo_bars` rows after them. Groups that lie side by side are one block. Source: Lopez
/// de Prado, Advances in Financial Machine Learning, ch. 12.
/// @errors usage (folds or test_folds out of range, more than 100,000 splits), bad_input (fewer labels than
/// folds)
Result<CombinatorialSplits> combinatorial(const LabelSet& labels, int folds, int test_folds,
                                          int embargo_bars);

}  // namespace aitrading::models

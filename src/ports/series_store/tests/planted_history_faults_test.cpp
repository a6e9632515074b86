#include <gtest/gtest.h>

#include "ports/series_store/conformance/history_checks.hpp"
#include "ports/series_store/tests/reference_histories.hpp"

namespace aitrading::ports {
namespace {

using Fault = HistoryFault;

conformance::MakeHistoryGround ground_with(Fault fault) {
    return [fault] { return std::make_unique<ReferenceHistoryGround>(fault); };
}

TEST(HistoryConformance, passes_a_store_that_keeps_every_promise) {
    for (const auto& check : conformance::history_checks()) EXPECT_EQ(check.run(ground_with(Fault::none)), "") << check.name;
}

struct Planted {
    Fault fault;
    const char* refused_by;  ///< a check that must see it
};

class PlantedHistoryFault : public testing::TestWithParam<Planted> {};

TEST_P(PlantedHistoryFault, is_refused) {
    const auto [fault, expected] = GetParam();
    for (const auto& check : conformance::history_checks()) {
        if (std::string_view(check.name) != expected) continue;
        EXPECT_NE(check.run(ground_with(fault)), "") << check.name;
        return;
    }
    FAIL() << "no check is called " << expected;
}

INSTANTIATE_TEST_SUITE_P(Suite, PlantedHistoryFault,
                         testing::Values(Planted{Fault::loses_on_a_cut, "what_was_appended_survives_a_cut_with_its_marks"}, Planted{Fault::forgets_its_marks, "a_batch_has_one_effect"},
                                         Planted{Fault::counts_whole_batches, "a_batch_has_one_effect"},
                                         Planted{Fault::marks_without_rows, "what_was_appended_survives_a_cut_with_its_marks"},
                                         Planted{Fault::shares_tenants, "symbols_and_tenants_do_not_meet"},
                                         Planted{Fault::keeps_the_order_of_appending, "rows_lie_by_the_time_at_which_they_became_known"},
                                         Planted{Fault::includes_the_end, "a_range_is_half_open"}, Planted{Fault::skips_between_pages, "pages_go_through_all"},
                                         Planted{Fault::ignores_the_bound, "pages_go_through_all"}, Planted{Fault::forgets_old_rows, "columns_are_only_added"},
                                         Planted{Fault::takes_unknown_for_zero, "rows_come_back_as_they_were_appended"},
                                         Planted{Fault::gives_what_is_damaged, "what_is_damaged_is_refused_by_name"},
                                         Planted{Fault::tells_batches_in_halves, "readers_see_whole_batches_beside_a_writer"}));

}  // namespace
}  // namespace aitrading::ports

#include <gtest/gtest.h>

#include "ports/table_store/conformance/checks.hpp"
#include "ports/table_store/tests/reference_engine.hpp"

namespace aitrading::ports {
namespace {

conformance::tables::MakeGround ground_with(Fault fault) {
    return [fault] { return std::make_unique<ReferenceGround>(fault); };
}

TEST(TableStoreConformance, passes_an_engine_that_keeps_every_promise) {
    for (const conformance::tables::Check& check : conformance::tables::checks()) EXPECT_EQ(check.run(ground_with(Fault::none)), "") << check.name;
}

struct Planted {
    Fault fault;
    const char* refused_by;  ///< a check that must see it
};

class PlantedFault : public testing::TestWithParam<Planted> {};

TEST_P(PlantedFault, is_refused) {
    const auto [fault, expected] = GetParam();
    for (const conformance::tables::Check& check : conformance::tables::checks()) {
        if (std::string_view(check.name) != expected) continue;
        const std::string why = check.run(ground_with(fault));
        EXPECT_NE(why, "") << check.name;
        RecordProperty("refused", why);
        return;
    }
    FAIL() << "no check is called " << expected;
}

INSTANTIATE_TEST_SUITE_P(Suite, PlantedFault,
                         testing::Values(Planted{Fault::loses_on_restart, "what_was_committed_survives_a_restart"},
                                         Planted{Fault::commits_too_early, "what_was_committed_survives_a_power_cut"},
                                         Planted{Fault::mixes_tenants, "tenants_do_not_see_each_other"},
                                         Planted{Fault::ignores_versions, "conditional_writes_are_refused_where_the_row_is_another"},
                                         Planted{Fault::reuses_versions, "versions_rise_and_are_never_used_twice"},
                                         Planted{Fault::keeps_half, "a_transaction_is_all_or_nothing"},
                                         Planted{Fault::loses_updates, "no_update_is_lost"},
                                         Planted{Fault::sorts_by_writing, "keys_of_every_type_are_in_order"},
                                         Planted{Fault::ignores_the_bound, "pages_keep_their_bounds_and_lose_nothing"},
                                         Planted{Fault::repeats_the_mark, "pages_keep_their_bounds_and_lose_nothing"},
                                         Planted{Fault::forgets_uniqueness, "a_unique_index_refuses_within_a_tenant"},
                                         Planted{Fault::migrates_in_pieces, "a_step_that_fails_leaves_nothing"},
                                         Planted{Fault::opens_without_bound, "connections_are_bounded_and_waited_for"},
                                         Planted{Fault::moves_under_readers, "a_reader_sees_one_state"}));

}  // namespace
}  // namespace aitrading::ports

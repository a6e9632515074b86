#include <gtest/gtest.h>

#include "ports/event_bus/conformance/checks.hpp"
#include "ports/event_bus/tests/reference_bus.hpp"

namespace aitrading::ports {
namespace {

conformance::MakeGround ground_with(Fault fault) {
    return [fault] { return std::make_unique<ReferenceGround>(fault); };
}

TEST(EventBusConformance, passes_an_engine_that_keeps_every_promise) {
    for (const conformance::Check& check : conformance::checks()) EXPECT_EQ(check.run(ground_with(Fault::none)), "") << check.name;
}

struct Planted {
    Fault fault;
    const char* refused_by;  ///< a check that must see it
};

class PlantedFault : public testing::TestWithParam<Planted> {};

TEST_P(PlantedFault, is_refused) {
    const auto [fault, expected] = GetParam();
    for (const conformance::Check& check : conformance::checks()) {
        if (std::string_view(check.name) != expected) continue;
        const std::string why = check.run(ground_with(fault));
        EXPECT_NE(why, "") << check.name;
        RecordProperty("refused", why);
        return;
    }
    FAIL() << "no check is called " << expected;
}

INSTANTIATE_TEST_SUITE_P(Suite, PlantedFault,
                         testing::Values(Planted{Fault::loses_on_restart, "what_was_acknowledged_survives_a_restart"},
                                         Planted{Fault::reorders_within_subject, "a_subject_keeps_its_order_and_offsets_rise"},
                                         Planted{Fault::delivers_twice_after_commit, "a_group_gets_each_event_once_and_goes_on_where_it_committed"},
                                         Planted{Fault::acknowledges_too_early, "what_was_acknowledged_survives_a_power_cut"},
                                         Planted{Fault::ignores_the_bound, "polls_keep_their_bounds"},
                                         Planted{Fault::splits_effect_and_offset, "effect_and_offset_are_one_step"},
                                         Planted{Fault::forgets_ids, "an_id_has_one_effect"},
                                         Planted{Fault::retains_too_little, "retention_leaves_what_a_snapshot_lacks"}));

}  // namespace
}  // namespace aitrading::ports

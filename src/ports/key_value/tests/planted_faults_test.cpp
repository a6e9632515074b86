#include <gtest/gtest.h>

#include "ports/key_value/conformance/checks.hpp"
#include "ports/key_value/tests/reference_store.hpp"

namespace aitrading::ports {
namespace {

using Fault = KeyValueFault;

conformance::MakeKeyValueGround ground_with(Fault fault) {
    return [fault] { return std::make_unique<ReferenceKeyValueGround>(fault); };
}

TEST(KeyValueConformance, passes_a_store_that_keeps_every_promise) {
    for (const auto& check : conformance::key_value_checks()) EXPECT_EQ(check.run(ground_with(Fault::none)), "") << check.name;
}

struct Planted {
    Fault fault;
    const char* refused_by;  ///< a check that must see it
};

class PlantedKeyValueFault : public testing::TestWithParam<Planted> {};

TEST_P(PlantedKeyValueFault, is_refused) {
    const auto [fault, expected] = GetParam();
    for (const auto& check : conformance::key_value_checks()) {
        if (std::string_view(check.name) != expected) continue;
        EXPECT_NE(check.run(ground_with(fault)), "") << check.name;
        return;
    }
    FAIL() << "no check is called " << expected;
}

INSTANTIATE_TEST_SUITE_P(Suite, PlantedKeyValueFault,
                         testing::Values(Planted{Fault::never_ends_a_life, "a_life_ends_in_its_time"},
                                         Planted{Fault::keeps_the_old_life, "each_write_says_how_long_it_lives"},
                                         Planted{Fault::shares_tenants, "tenants_do_not_see_each_other"},
                                         Planted{Fault::ignores_what_expected, "only_one_of_two_that_expect_the_same_succeeds"},
                                         Planted{Fault::ignores_bounds, "counters_count_exactly_and_within_their_bounds"},
                                         Planted{Fault::counts_in_doubles, "counters_count_exactly_and_within_their_bounds"},
                                         Planted{Fault::loses_additions, "additions_of_several_threads_all_count"},
                                         Planted{Fault::scans_by_pattern, "scans_find_every_key"},
                                         Planted{Fault::skips_a_page, "scans_find_every_key"},
                                         Planted{Fault::tears_on_a_cut, "after_a_cut_no_value_is_made_up"},
                                         Planted{Fault::cuts_at_zero, "values_come_back_as_they_were_put"}));

}  // namespace
}  // namespace aitrading::ports

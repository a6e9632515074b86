#include <gtest/gtest.h>

#include "ports/archive/conformance/checks.hpp"
#include "ports/archive/tests/reference_archive.hpp"

namespace aitrading::ports {
namespace {

using Fault = ArchiveFault;

conformance::MakeArchiveGround ground_with(Fault fault) {
    return [fault] { return std::make_unique<ReferenceArchiveGround>(fault); };
}

TEST(ArchiveConformance, passes_an_archive_that_keeps_every_promise) {
    for (const auto& check : conformance::archive_checks()) EXPECT_EQ(check.run(ground_with(Fault::none)), "") << check.name;
}

struct Planted {
    Fault fault;
    const char* refused_by;  ///< a check that must see it
};

class PlantedArchiveFault : public testing::TestWithParam<Planted> {};

TEST_P(PlantedArchiveFault, is_refused) {
    const auto [fault, expected] = GetParam();
    for (const auto& check : conformance::archive_checks()) {
        if (std::string_view(check.name) != expected) continue;
        EXPECT_NE(check.run(ground_with(fault)), "") << check.name;
        return;
    }
    FAIL() << "no check is called " << expected;
}

INSTANTIATE_TEST_SUITE_P(Suite, PlantedArchiveFault,
                         testing::Values(Planted{Fault::gives_what_is_damaged, "a_damaged_object_is_refused_by_name"},
                                         Planted{Fault::keeps_what_is_unfinished, "what_was_put_survives_a_cut_and_what_was_not_leaves_nothing"},
                                         Planted{Fault::removes_what_is_held, "what_is_held_stays_until_every_hold_is_released"},
                                         Planted{Fault::shortens_the_keeping, "what_must_be_kept_is_not_removed_before_its_time"},
                                         Planted{Fault::loses_on_a_cut, "what_was_put_survives_a_cut_and_what_was_not_leaves_nothing"},
                                         Planted{Fault::shares_tenants, "tenants_do_not_see_each_others_objects"},
                                         Planted{Fault::drops_the_last_piece, "objects_come_back_as_they_were_put"},
                                         Planted{Fault::skips_in_lists, "lists_go_through_all_in_order"},
                                         Planted{Fault::tears_on_a_full_disk, "a_full_disk_leaves_nothing_half_written"},
                                         Planted{Fault::loses_what_is_referred, "references_stand_for_objects"}));

}  // namespace
}  // namespace aitrading::ports

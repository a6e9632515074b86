#include <gtest/gtest.h>

#include "ports/vectors/conformance/checks.hpp"
#include "ports/vectors/tests/reference_vectors.hpp"

namespace aitrading::ports {
namespace {

using Fault = VectorFault;

conformance::MakeVectorGround ground_with(Fault fault) {
    return [fault] { return std::make_unique<ReferenceVectorGround>(fault); };
}

TEST(VectorsConformance, passes_a_store_that_keeps_every_promise) {
    for (const auto& check : conformance::vector_checks()) EXPECT_EQ(check.run(ground_with(Fault::none)), "") << check.name;
}

struct Planted {
    Fault fault;
    const char* refused_by;  ///< a check that must see it
};

class PlantedVectorFault : public testing::TestWithParam<Planted> {};

TEST_P(PlantedVectorFault, is_refused) {
    const auto [fault, expected] = GetParam();
    for (const auto& check : conformance::vector_checks()) {
        if (std::string_view(check.name) != expected) continue;
        EXPECT_NE(check.run(ground_with(fault)), "") << check.name;
        return;
    }
    FAIL() << "no check is called " << expected;
}

INSTANTIATE_TEST_SUITE_P(Suite, PlantedVectorFault,
                         testing::Values(Planted{Fault::gives_squares, "the_nearest_come_first_with_their_distances"},
                                         Planted{Fault::ignores_the_metric, "the_nearest_come_first_with_their_distances"},
                                         Planted{Fault::keeps_the_old_place, "a_vector_is_replaced_and_removed_by_its_id"},
                                         Planted{Fault::finds_what_is_removed, "a_vector_is_replaced_and_removed_by_its_id"},
                                         Planted{Fault::filters_too_late, "tenants_and_spaces_keep_apart"},
                                         Planted{Fault::misses_many, "few_of_the_nearest_are_missed"},
                                         Planted{Fault::answers_by_chance, "the_same_calls_give_the_same_answers"},
                                         Planted{Fault::loses_what_is_saved, "what_was_saved_survives_a_cut"},
                                         Planted{Fault::puts_half, "a_put_is_all_or_nothing"}));

}  // namespace
}  // namespace aitrading::ports

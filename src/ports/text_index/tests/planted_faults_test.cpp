#include <gtest/gtest.h>

#include "ports/text_index/conformance/checks.hpp"
#include "ports/text_index/tests/reference_text.hpp"

namespace aitrading::ports {
namespace {

using Fault = TextFault;

conformance::MakeTextGround ground_with(Fault fault) {
    return [fault] { return std::make_unique<ReferenceTextGround>(fault); };
}

TEST(TextIndexConformance, passes_an_index_that_keeps_every_promise) {
    for (const auto& check : conformance::text_index_checks()) EXPECT_EQ(check.run(ground_with(Fault::none)), "") << check.name;
}

struct Planted {
    Fault fault;
    const char* refused_by;  ///< a check that must see it
};

class PlantedTextFault : public testing::TestWithParam<Planted> {};

TEST_P(PlantedTextFault, is_refused) {
    const auto [fault, expected] = GetParam();
    for (const auto& check : conformance::text_index_checks()) {
        if (std::string_view(check.name) != expected) continue;
        EXPECT_NE(check.run(ground_with(fault)), "") << check.name;
        return;
    }
    FAIL() << "no check is called " << expected;
}

INSTANTIATE_TEST_SUITE_P(Suite, PlantedTextFault,
                         testing::Values(Planted{Fault::takes_any_word, "a_query_means_what_it_says"},
                                         Planted{Fault::ignores_phrases, "a_query_means_what_it_says"},
                                         Planted{Fault::ignores_exclusions, "a_query_means_what_it_says"},
                                         Planted{Fault::knows_operators, "nothing_in_a_query_is_the_engines_own_language"},
                                         Planted{Fault::shares_tenants, "tenants_and_indexes_keep_apart"},
                                         Planted{Fault::includes_the_end, "a_range_of_time_is_half_open"},
                                         Planted{Fault::ignores_the_bound, "better_hits_come_first_and_no_more_than_asked_for"},
                                         Planted{Fault::keeps_old_words, "a_document_is_replaced_by_one_with_its_id"},
                                         Planted{Fault::puts_half, "a_put_is_all_or_nothing"},
                                         Planted{Fault::loses_on_a_cut, "what_was_put_survives_restarts_and_cuts"},
                                         Planted{Fault::marks_beside_the_word, "snippets_show_the_words_in_place"}));

}  // namespace
}  // namespace aitrading::ports

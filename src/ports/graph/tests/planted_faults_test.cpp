#include <gtest/gtest.h>

#include "ports/graph/conformance/checks.hpp"
#include "ports/graph/tests/reference_graph.hpp"

namespace aitrading::ports {
namespace {

using Fault = GraphFault;

conformance::MakeGraphGround ground_with(Fault fault) {
    return [fault] { return std::make_unique<ReferenceGraphGround>(fault); };
}

TEST(GraphConformance, passes_a_graph_that_keeps_every_promise) {
    for (const auto& check : conformance::graph_checks()) EXPECT_EQ(check.run(ground_with(Fault::none)), "") << check.name;
}

struct Planted {
    Fault fault;
    const char* refused_by;  ///< a check that must see it
};

class PlantedGraphFault : public testing::TestWithParam<Planted> {};

TEST_P(PlantedGraphFault, is_refused) {
    const auto [fault, expected] = GetParam();
    for (const auto& check : conformance::graph_checks()) {
        if (std::string_view(check.name) != expected) continue;
        EXPECT_NE(check.run(ground_with(fault)), "") << check.name;
        return;
    }
    FAIL() << "no check is called " << expected;
}

INSTANTIATE_TEST_SUITE_P(Suite, PlantedGraphFault,
                         testing::Values(Planted{Fault::ignores_direction, "neighbours_follow_direction_and_kind"},
                                         Planted{Fault::ignores_kinds, "neighbours_follow_direction_and_kind"},
                                         Planted{Fault::includes_the_end, "edges_hold_for_their_time"},
                                         Planted{Fault::finds_longer_paths, "distances_in_drawn_graphs_are_right"},
                                         Planted{Fault::counts_again, "a_search_reaches_each_node_once_by_the_fewest_edges"},
                                         Planted{Fault::ignores_the_bound, "a_search_reaches_each_node_once_by_the_fewest_edges"},
                                         Planted{Fault::keeps_edges_of_removed, "a_removed_node_takes_its_edges_along"},
                                         Planted{Fault::puts_half, "a_put_is_all_or_nothing"},
                                         Planted{Fault::shares_tenants, "tenants_do_not_see_each_others_graphs"},
                                         Planted{Fault::loses_on_a_cut, "what_was_put_survives_restarts_and_cuts"}));

}  // namespace
}  // namespace aitrading::ports

#include <mutex>
#include <thread>

#include "ports/graph/conformance/checks.hpp"

namespace aitrading::ports::conformance {
namespace {

using namespace std::string_literals;
using Bench = GraphBench;
using Make = MakeGraphGround;

std::string nodes_and_edges_come_back_as_they_were_put(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    const GraphNode odd{"'; DROP TABLE nodes; -- \xF0\x9F\x98\x80", "thing", {{"empty", ""}, {"bytes", "a\0b"s}, {"text", "Zürich"}}}, plain{"b", "other", {}};
    const GraphEdge edge{{odd.id, "to", "b", {5}}, {9}, {{"weight", "0.5"}}};
    AIT_OK(b.graph->put("t", {odd, plain}, {edge}));
    AIT_EXPECT(b.graph->node("t", odd.id).value() == odd && b.graph->node("t", "b").value() == plain, "a node comes back as it was put");
    AIT_EXPECT((b.graph->neighbours("t", odd.id, {}, 10)->found == std::vector<GraphNeighbour>{{edge, plain}}), "so does an edge");
    AIT_OK(b.graph->put("t", {{"b", "changed", {{"p", "1"}}}}, {{edge.name, {7}, {}}}));
    AIT_EXPECT((b.graph->node("t", "b").value() == GraphNode{"b", "changed", {{"p", "1"}}}), "another takes a node's place");
    const auto after = b.graph->neighbours("t", odd.id, {}, 10);
    AIT_OK(after);
    AIT_EXPECT((after->found.size() == 1 && after->found[0].edge == GraphEdge{edge.name, {7}, {}}), "and an edge's, and the node keeps its edges");
    AIT_EXPECT(refusal_of(b.graph->node("t", "absent")) == ErrorCode::not_found, "what is not there");
    for (int i = 0; i < 20; ++i) AIT_OK(b.graph->put("t", {{"n" + std::to_string(10 + i), i % 2 == 0 ? "even" : "odd", {}}}, {}));
    std::string listed, after_id;
    while (true) {
        const auto page = b.graph->nodes("t", "even", after_id, 3);
        AIT_OK(page);
        AIT_EXPECT(page->size() <= 3, "a page keeps its bound");
        if (page->empty()) break;
        for (const GraphNode& node : *page) listed += node.id + " ";
        after_id = page->back().id;
    }
    AIT_EXPECT(listed == "n10 n12 n14 n16 n18 n20 n22 n24 n26 n28 ", "nodes of a kind in order: " + listed);
    AIT_EXPECT(b.graph->nodes("t", {}, "", 100)->size() == 22, "and of all kinds");
    return {};
}

std::string a_put_is_all_or_nothing(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    AIT_EXPECT(b.draw({"x>y"}).empty(), "put");
    const auto refused = [&](const GraphNode& node, const GraphEdge& edge, ErrorCode why) {
        const auto put = b.graph->put("t", {{"new", "thing", {}}, node}, {{{"new", "to", "x"}}, edge});
        return refusal_of(put) == why && !b.graph->node("t", "new") && b.graph->neighbours("t", "x", {.direction = GraphStep::Direction::in}, 10)->found.empty();
    };
    const GraphNode good{"a", "thing", {}};
    AIT_EXPECT(refused(good, {{"x", "to", "nowhere"}}, ErrorCode::not_found), "an edge to a node that is not there");
    AIT_EXPECT(refused(good, {{"nowhere", "to", "x"}}, ErrorCode::not_found), "or from one");
    AIT_EXPECT(refused({"", "thing", {}}, {{"x", "to", "y"}}, ErrorCode::bad_input), "a node without an id");
    AIT_EXPECT(refused({"a", "A Kind", {}}, {{"x", "to", "y"}}, ErrorCode::bad_input), "a kind of a wrong name");
    AIT_EXPECT(refused({"a", "thing", {{"p", std::string(graph_property_bytes_max + 1, 'x')}}}, {{"x", "to", "y"}}, ErrorCode::bad_input), "a property that is too large");
    AIT_EXPECT(refused(good, {{"x", "to", "y", {5}}, {5}, {}}, ErrorCode::bad_input), "an edge that never holds");
    AIT_OK(b.graph->put("t", {good}, {{{"a", "to", "x"}}}));
    AIT_EXPECT(b.reached("a") == "a0 x1 y2", "a good one is taken, with edges to what was there");
    return {};
}

std::string a_removed_node_takes_its_edges_along(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    AIT_EXPECT(b.draw({"a>b", "b>c", "a>c", "c>b"}).empty(), "put");
    AIT_EXPECT(b.graph->remove_nodes("t", {"b", "absent", "b"}).value() == 1, "remove says how many there were");
    AIT_EXPECT(!b.graph->node("t", "b") && b.reached("a") == "a0 c1", "it is gone, and so are its edges");
    AIT_OK(b.graph->put("t", {{"b", "thing", {}}}, {}));
    AIT_EXPECT(b.reached("a") == "a0 c1" && b.reached("b") == "b0" && b.reached("c") == "c0", "one of its name has none of them");
    AIT_EXPECT(b.graph->remove_edges("t", {{"a", "to", "c"}, {"a", "to", "b"}}).value() == 1 && b.reached("a") == "a0", "an edge is removed alone");
    AIT_EXPECT(b.graph->node("t", "c").has_value(), "its nodes stay");
    AIT_OK(b.graph->verify());
    return {};
}

std::string tenants_do_not_see_each_others_graphs(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    AIT_OK(b.graph->put("one", {{"a", "x", {}}, {"b", "x", {}}}, {{{"a", "to", "b"}}}));
    AIT_OK(b.graph->put("two", {{"a", "y", {}}, {"c", "y", {}}}, {{{"a", "to", "c"}}}));
    AIT_EXPECT(b.graph->node("one", "a")->kind == "x" && b.graph->node("two", "a")->kind == "y", "one id in two tenants is two nodes");
    AIT_EXPECT(refusal_of(b.graph->put("two", {}, {{{"a", "to", "b"}}})) == ErrorCode::not_found, "no edge into another's graph");
    AIT_EXPECT(b.graph->reach("two", "a", {}, {})->found.size() == 2 && b.graph->nodes("one", {}, "", 10)->size() == 2, "searches and pages stay in their tenant");
    AIT_EXPECT(b.graph->remove_nodes("one", {"a", "c"}).value() == 1 && b.graph->node("two", "a") && b.graph->node("two", "c"), "so does removing");
    return {};
}

std::string what_was_put_survives_restarts_and_cuts(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    for (int round = 0; round < 6; ++round) {
        const std::string at = std::to_string(round);
        AIT_EXPECT(b.draw({"r" + at + ">r" + std::to_string(round + 1)}).empty(), "put");
        AIT_EXPECT(b.draw({"gone" + at + ">r" + at}).empty() && b.graph->remove_nodes("t", {"gone" + at}).value() == 1, "removed");
        round % 2 == 0 ? b.cut() : b.reopen();
        AIT_EXPECT(b.broken.empty(), b.broken);
        AIT_EXPECT(b.graph->reach("t", "r0", {}, {})->found.size() == static_cast<std::size_t>(round + 2), "what was put is there");
        AIT_EXPECT(b.graph->nodes("t", {}, "", 100)->size() == static_cast<std::size_t>(round + 2), "and what was removed is not");
        AIT_OK(b.graph->verify());
    }
    return {};
}

std::string what_is_outside_the_limits_is_refused(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    AIT_EXPECT(b.draw({"a>b"}).empty(), "put");
    const auto usage = [](const auto& result) { return refusal_of(result) == ErrorCode::usage; };
    AIT_EXPECT(usage(b.graph->node("", "a")) && usage(b.graph->put("a b", {}, {})) && usage(b.graph->remove_nodes("../x", {})), "a tenant");
    AIT_EXPECT(usage(b.graph->neighbours("t", "a", {}, 0)) && usage(b.graph->nodes("t", {}, "", graph_page_max + 1)), "a page");
    AIT_EXPECT(usage(b.graph->reach("t", "a", {}, {.depth_max = 0})) && usage(b.graph->reach("t", "a", {}, {.depth_max = graph_depth_max + 1})), "a depth");
    AIT_EXPECT(usage(b.graph->path("t", "a", "b", {}, {.visits_max = 0})) && usage(b.graph->path("t", "a", "b", {}, {.visits_max = graph_visits_max + 1})), "visits");
    AIT_EXPECT(usage(b.graph->reach("t", "a", {.kinds = {"to' OR 1=1"}}, {})), "a kind");
    AIT_EXPECT(usage(b.graph->reach("t", "a", {.kinds = std::vector<std::string>(graph_kinds_max + 1, "to")}, {})), "too many kinds");
    AIT_EXPECT(usage(b.graph->put("t", std::vector<GraphNode>(graph_batch_max + 1, {"a", "x", {}}), {})), "too many at once");
    AIT_EXPECT(usage(b.graph->remove_nodes("t", std::vector<std::string>(graph_batch_max + 1, "a"))), "or to be removed");
    return {};
}

std::string writers_and_walkers_side_by_side(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    AIT_OK(b.graph->put("t", {{"root", "x", {}}}, {}));
    std::mutex mutex;
    std::string broken;
    const auto say = [&](const std::string& what) {
        const std::lock_guard lock(mutex);
        broken = what;
    };
    constexpr int writers = 2, walkers = 2, each = 15;
    // Every put adds a pair that hangs together: a walker never sees one without the other.
    const auto write = [&](int writer) {
        for (int i = 0; i < each; ++i) {
            const std::string at = std::to_string(writer) + "." + std::to_string(i);
            if (const auto put = b.graph->put("t", {{"p" + at, "x", {}}, {"q" + at, "x", {}}}, {{{"root", "to", "p" + at}}, {{"p" + at, "to", "q" + at}}}); !put) return say(put.error().text);
        }
    };
    const auto walk = [&] {
        for (int i = 0; i < each * 2; ++i) {
            const auto reach = b.graph->reach("t", "root", {}, {});
            if (!reach) return say(reach.error().text);
            if (reach->found.size() % 2 != 1) return say("a walker saw a part of a put");
        }
    };
    std::vector<std::thread> threads;
    threads.reserve(writers + walkers);
    for (int w = 0; w < writers; ++w) threads.emplace_back(write, w);
    for (int w = 0; w < walkers; ++w) threads.emplace_back(walk);
    for (std::thread& thread : threads) thread.join();
    AIT_EXPECT(broken.empty(), broken);
    AIT_EXPECT(b.graph->reach("t", "root", {}, {})->found.size() == 1 + 2 * writers * each, "all that was put is there");
    return {};
}

}  // namespace

std::vector<GraphCheck> graph_keeping_checks() {
    return {{"nodes_and_edges_come_back_as_they_were_put", nodes_and_edges_come_back_as_they_were_put},
            {"a_put_is_all_or_nothing", a_put_is_all_or_nothing},
            {"a_removed_node_takes_its_edges_along", a_removed_node_takes_its_edges_along},
            {"tenants_do_not_see_each_others_graphs", tenants_do_not_see_each_others_graphs},
            {"what_was_put_survives_restarts_and_cuts", what_was_put_survives_restarts_and_cuts},
            {"what_is_outside_the_limits_is_refused", what_is_outside_the_limits_is_refused},
            {"writers_and_walkers_side_by_side", writers_and_walkers_side_by_side}};
}

}  // namespace aitrading::ports::conformance

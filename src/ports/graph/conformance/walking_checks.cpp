#include <algorithm>

#include "base/random.hpp"
#include "ports/graph/conformance/checks.hpp"

namespace aitrading::ports::conformance {
namespace {

using Bench = GraphBench;
using Make = MakeGraphGround;
using enum GraphStep::Direction;

std::string neighbours_follow_direction_and_kind(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    AIT_EXPECT(b.draw({"a>b", "a>c", "d>a", "a>a"}, "calls").empty() && b.draw({"a>c", "c>a"}, "owns").empty(), "put");
    const auto shown = [&](const GraphStep& step, int count = 100) {
        const auto found = b.graph->neighbours("t", "a", step, count);
        if (!found) return "error: " + found.error().text;
        std::string all;
        for (const GraphNeighbour& one : found->found) all += (all.empty() ? "" : " ") + one.edge.name.from + ">" + one.edge.name.to + ":" + one.edge.name.kind + "=" + one.node.id;
        return all + (found->more ? " more" : "");
    };
    AIT_EXPECT(shown({}) == "a>a:calls=a a>b:calls=b a>c:calls=c a>c:owns=c", "edges out: " + shown({}));
    AIT_EXPECT(shown({.direction = in}) == "a>a:calls=a d>a:calls=d c>a:owns=c", "edges in: " + shown({.direction = in}));
    AIT_EXPECT(shown({.direction = both, .kinds = {"owns"}}) == "a>c:owns=c c>a:owns=c", "both, of one kind: out before in");
    AIT_EXPECT(shown({.kinds = {"owns", "calls"}}) == shown({}), "both kinds are all");
    AIT_EXPECT(shown({.kinds = {"sells"}}).empty(), "a kind that is not there");
    AIT_EXPECT(shown({}, 2) == "a>a:calls=a a>b:calls=b more", "no more than asked for");
    AIT_EXPECT(refusal_of(b.graph->neighbours("t", "z", {}, 10)) == ErrorCode::not_found, "a node that is not there");
    return {};
}

std::string a_search_reaches_each_node_once_by_the_fewest_edges(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    AIT_EXPECT(b.draw({"a>b", "a>c", "b>d", "c>d", "d>e", "e>a", "e>f", "c>c", "x>a"}).empty() && b.draw({"a>f"}, "other").empty(), "put");
    AIT_EXPECT(b.reached("a") == "a0 b1 c1 f1 d2 e3", b.reached("a"));
    AIT_EXPECT(b.reached("a", {.kinds = {"to"}}) == "a0 b1 c1 d2 e3 f4", "along one kind: " + b.reached("a", {.kinds = {"to"}}));
    AIT_EXPECT(b.reached("a", {}, {.depth_max = 1}) == "a0 b1 c1 f1", "no deeper than asked for");
    AIT_EXPECT(b.reached("d", {.direction = in}, {.depth_max = 2}) == "d0 b1 c1 a2", "against the edges");
    AIT_EXPECT(b.reached("x", {.direction = both}, {.depth_max = 2}) == "x0 a1 b2 c2 e2 f2", "both ways");
    AIT_EXPECT(b.reached("f") == "f0", "from a node without a way out");
    AIT_EXPECT(b.reached("a", {}, {.visits_max = 3}) == "a0 b1 c1 and more", "no more than asked for: " + b.reached("a", {}, {.visits_max = 3}));
    AIT_EXPECT(b.reached("a", {}, {.visits_max = 6}) == "a0 b1 c1 f1 d2 e3", "as many as there are is not more");
    return {};
}

std::string a_path_has_the_fewest_edges(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    AIT_EXPECT(b.draw({"a>b", "b>c", "c>d", "a>m", "m>d", "a>k", "k>d", "d>z"}).empty() && b.draw({"a>z"}, "other").empty(), "put");
    AIT_EXPECT(b.path("a", "d") == "a k d", "two edges, by the smaller id: " + b.path("a", "d"));
    AIT_EXPECT(b.path("a", "z") == "a z" && b.path("a", "z", {.kinds = {"to"}}) == "a k d z", "along one kind");
    AIT_EXPECT(b.path("a", "a") == "a", "a node is its own path");
    AIT_EXPECT(b.path("d", "a").empty() && b.path("d", "a", {.direction = in}) == "d k a", "against the edges");
    AIT_EXPECT(b.path("a", "z", {.kinds = {"to"}}, {.depth_max = 2}).empty(), "none that is short enough");
    AIT_EXPECT(b.path("a", "d", {}, {.visits_max = 2}) == " and more", "a search that was ended says so: " + b.path("a", "d", {}, {.visits_max = 2}));
    AIT_EXPECT(refusal_of(b.graph->path("t", "a", "nowhere", {}, {})) == ErrorCode::not_found, "an end that is not there");
    return {};
}

/// Against distances by repeated relaxation, which knows no order of visits.
std::string distances_in_drawn_graphs_are_right(const Make& make) {
    constexpr int nodes = 24, far = 1'000;
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        Bench b(make);
        AIT_EXPECT(b.broken.empty(), b.broken);
        SplitMix64 random(seed);
        const auto name = [](int i) { return "n" + std::to_string(10 + i); };
        std::vector<std::pair<int, int>> pairs;
        std::vector<std::string> edges;
        edges.reserve(nodes);
        for (int i = 0; i < nodes; ++i) edges.push_back(name(i) + ">" + name(i));
        for (int i = 0; i < 40; ++i) {
            pairs.emplace_back(random.next_below(nodes), random.next_below(nodes));
            edges.push_back(name(pairs.back().first) + ">" + name(pairs.back().second));
        }
        AIT_EXPECT(b.draw(edges).empty(), "put");
        for (const int from : {0, 7, 19}) {
            std::vector<int> distance(nodes, far);
            distance[static_cast<std::size_t>(from)] = 0;
            for (int round = 0; round < nodes; ++round)
                for (const auto& [u, v] : pairs) distance[static_cast<std::size_t>(v)] = std::min(distance[static_cast<std::size_t>(v)], distance[static_cast<std::size_t>(u)] + 1);
            const auto reach = b.graph->reach("t", name(from), {}, {.depth_max = graph_depth_max});
            AIT_OK(reach);
            AIT_EXPECT(std::ranges::count_if(distance, [](int d) { return d < far; }) == std::ssize(reach->found), "it reaches what can be reached");
            for (int to = 0; to < nodes; ++to) {
                const int expected = distance[static_cast<std::size_t>(to)];
                const auto path = b.graph->path("t", name(from), name(to), {}, {.depth_max = graph_depth_max});
                AIT_OK(path);
                AIT_EXPECT(std::ssize(path->nodes) == (expected == far ? 0 : expected + 1), "a path of the fewest edges, seed " + std::to_string(seed));
                for (const GraphReached& one : reach->found) AIT_EXPECT(one.id != name(to) || one.depth == expected, "the depth of the fewest edges");
            }
        }
    }
    return {};
}

std::string edges_hold_for_their_time(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    AIT_OK(b.graph->put("t", {{"a", "x", {}}, {"b", "x", {}}, {"c", "x", {}}},
                        {{{"a", "owns", "b", {100}}, {200}, {{"share", "10"}}}, {{"a", "owns", "b", {300}}, {400}, {{"share", "20"}}}, {{"b", "owns", "c"}}}));
    const auto at = [&](std::int64_t time) { return b.reached("a", {.at = UnixNanos{time}}); };
    AIT_EXPECT(at(99) == "a0" && at(100) == "a0 b1 c2" && at(199) == "a0 b1 c2", "an edge holds from its beginning on");
    AIT_EXPECT(at(200) == "a0" && at(300) == "a0 b1 c2" && at(400) == "a0", "and not at its end");
    AIT_EXPECT(b.reached("a") == "a0 b1 c2", "without a time, whenever they hold");
    AIT_EXPECT(b.path("a", "c", {.at = UnixNanos{250}}).empty() && b.path("a", "c", {.at = UnixNanos{350}}) == "a b c", "paths too");
    const auto now = b.graph->neighbours("t", "a", {.at = UnixNanos{350}}, 10);
    AIT_OK(now);
    AIT_EXPECT(now->found.size() == 1 && now->found[0].edge.properties.at("share") == "20", "what held then");
    AIT_EXPECT(b.graph->neighbours("t", "a", {}, 10)->found.size() == 2, "one after the other");
    return {};
}

}  // namespace

std::vector<GraphCheck> graph_walking_checks() {
    return {{"neighbours_follow_direction_and_kind", neighbours_follow_direction_and_kind},
            {"a_search_reaches_each_node_once_by_the_fewest_edges", a_search_reaches_each_node_once_by_the_fewest_edges},
            {"a_path_has_the_fewest_edges", a_path_has_the_fewest_edges},
            {"distances_in_drawn_graphs_are_right", distances_in_drawn_graphs_are_right},
            {"edges_hold_for_their_time", edges_hold_for_their_time}};
}

std::vector<GraphCheck> graph_checks() {
    std::vector<GraphCheck> all = graph_walking_checks();
    for (const GraphCheck& check : graph_keeping_checks()) all.push_back(check);
    return all;
}

}  // namespace aitrading::ports::conformance

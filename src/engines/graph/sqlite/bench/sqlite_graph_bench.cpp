#include <chrono>
#include <filesystem>
#include <tuple>

#include "base/random.hpp"
#include "engines/graph/sqlite/sqlite_graph.hpp"
#include "kit/bench.hpp"

namespace aitrading::engines {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int nodes_count = 20'000, batch = 1'000, edges_a_node = 4, searches = 20;

double seconds_since(Clock::time_point begun) { return std::chrono::duration<double>(Clock::now() - begun).count(); }
std::string name(std::uint64_t i) { return "node" + std::to_string(i); }

std::vector<kit::BenchRow> rows(ports::Graph& graph) {
    SplitMix64 random(1);
    const auto begun = Clock::now();
    for (int i = 0; i < nodes_count; i += batch) {
        std::vector<ports::GraphNode> nodes;
        nodes.reserve(batch);
        for (int k = i; k < i + batch; ++k) nodes.push_back({name(static_cast<std::uint64_t>(k)), "thing", {{"weight", "1"}}});
        std::ignore = graph.put("bench", nodes, {});
    }
    for (int i = 0; i < nodes_count * edges_a_node; i += batch) {
        std::vector<ports::GraphEdge> edges;
        edges.reserve(batch);
        for (int k = 0; k < batch; ++k) edges.push_back({{name(random.next_below(nodes_count)), "to", name(random.next_below(nodes_count))}});
        std::ignore = graph.put("bench", {}, edges);
    }
    const double rate = nodes_count * (1 + edges_a_node) / seconds_since(begun);
    std::vector<double> near, paths;
    near.reserve(searches);
    paths.reserve(searches);
    for (int i = 0; i < searches; ++i) {
        const std::string from = name(random.next_below(nodes_count)), to = name(random.next_below(nodes_count));
        auto asked = Clock::now();
        std::ignore = graph.neighbours("bench", from, {}, 100);
        near.push_back(1e6 * seconds_since(asked));
        asked = Clock::now();
        std::ignore = graph.path("bench", from, to, {}, {.depth_max = 16, .visits_max = ports::graph_visits_max});
        paths.push_back(1e3 * seconds_since(asked));
    }
    return {{"graph sqlite, nodes and edges put", rate, "1/s", {}, true, "none", {}, "batches of 1,000, each durable"},
            {"graph sqlite, neighbours of a node with four edges, p50", kit::quantile(near, 0.5), "us", {}, false, "none", {}, "with their properties"},
            {"graph sqlite, shortest path among 20,000 nodes and 80,000 edges, p50", kit::quantile(paths, 0.5), "ms", {}, false, "none", {},
             "breadth first; most of the graph is visited"}};
}

}  // namespace
}  // namespace aitrading::engines

int main(int argc, char** argv) {
    using namespace aitrading::engines;  // NOLINT(google-build-using-namespace)
    const auto folder = std::filesystem::temp_directory_path() / "aitrading_sqlite_graph_bench";
    std::filesystem::remove_all(folder);
    std::vector<aitrading::kit::BenchRow> found;
    {
        auto graph = open_sqlite_graph({.file = folder / "graph.sqlite"}).value();
        found = rows(*graph);
    }
    std::filesystem::remove_all(folder);
    return aitrading::kit::print_bench(found, argc, argv);
}

#pragma once

#include <functional>
#include <memory>

#include "ports/graph/graph.hpp"

namespace aitrading::ports::conformance {

/// Where a graph keeps what it has; outlives the graphs that are opened on it, one at a time.
class GraphGround {
  public:
    virtual ~GraphGround() = default;
    virtual Result<std::unique_ptr<Graph>> open() = 0;
    /// Ends the graph as a power cut does.
    virtual void cut(std::unique_ptr<Graph> graph) = 0;
};
using MakeGraphGround = std::function<std::unique_ptr<GraphGround>()>;

/// A graph on an empty ground.
struct GraphBench {
    explicit GraphBench(const MakeGraphGround& make) : ground(make()) { reopen(); }
    void reopen() {
        graph.reset();
        auto opened = ground->open();
        if (opened) graph = std::move(*opened);
        else broken = opened.error().text;
    }
    void cut() {
        ground->cut(std::move(graph));
        reopen();
    }
    /// Puts edges of kind `to` written `a>b`, with nodes of kind `thing` for their ends. Empty, or why not.
    std::string draw(const std::vector<std::string>& edges, const std::string& kind = "to") const {
        std::vector<GraphNode> nodes;
        std::vector<GraphEdge> all;
        for (const std::string& edge : edges) {
            const std::string from = edge.substr(0, edge.find('>')), to = edge.substr(edge.find('>') + 1);
            nodes.push_back({from, "thing", {}});
            nodes.push_back({to, "thing", {}});
            all.push_back({{from, kind, to}});
        }
        const auto done = graph->put("t", nodes, all);
        return done ? std::string() : done.error().text;
    }
    /// What a search reached, as `a0 b1 c1`.
    std::string reached(const std::string& from, const GraphStep& step = {}, const GraphBounds& bounds = {}) const {
        const auto reach = graph->reach("t", from, step, bounds);
        if (!reach) return "error: " + reach.error().text;
        std::string all;
        for (const GraphReached& one : reach->found) all += (all.empty() ? "" : " ") + one.id + std::to_string(one.depth);
        return all + (reach->bounded ? " and more" : "");
    }
    /// A path, as `a b c`.
    std::string path(const std::string& from, const std::string& to, const GraphStep& step = {}, const GraphBounds& bounds = {}) const {
        const auto path = graph->path("t", from, to, step, bounds);
        if (!path) return "error: " + path.error().text;
        std::string all;
        for (const std::string& id : path->nodes) all += (all.empty() ? "" : " ") + id;
        return all + (path->bounded ? " and more" : "");
    }
    std::unique_ptr<GraphGround> ground;
    std::unique_ptr<Graph> graph;
    std::string broken;  ///< why it could not be opened
};

}  // namespace aitrading::ports::conformance

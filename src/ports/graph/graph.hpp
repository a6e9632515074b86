#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace aitrading::ports {

using GraphProperties = std::map<std::string, std::string>;

struct GraphNode {
    std::string id;
    std::string kind;
    GraphProperties properties;
    friend bool operator==(const GraphNode&, const GraphNode&) = default;
};

/// Which edge: between two nodes there may be one of each kind at a time, and several one after another.
struct GraphEdgeName {
    std::string from;
    std::string kind;
    std::string to;
    UnixNanos since{std::numeric_limits<std::int64_t>::min()};  ///< when it began to hold
    friend auto operator<=>(const GraphEdgeName&, const GraphEdgeName&) = default;
};

struct GraphEdge {
    GraphEdgeName name;
    UnixNanos until{std::numeric_limits<std::int64_t>::max()};  ///< holds in [since, until)
    GraphProperties properties;
    friend bool operator==(const GraphEdge&, const GraphEdge&) = default;
};

inline constexpr int graph_batch_max = 1'000, graph_page_max = 10'000, graph_depth_max = 32, graph_visits_max = 100'000, graph_kinds_max = 16;
inline constexpr std::size_t graph_id_bytes_max = 256, graph_properties_max = 64, graph_property_bytes_max = 4'096;

/// Along which edges.
struct GraphStep {
    enum class Direction { out, in, both };
    Direction direction = Direction::out;
    std::vector<std::string> kinds;  ///< empty: all
    std::optional<UnixNanos> at;     ///< edges that hold then; none: all, whenever they hold
};

struct GraphNeighbour {
    GraphEdge edge;
    GraphNode node;  ///< at its other end
    friend bool operator==(const GraphNeighbour&, const GraphNeighbour&) = default;
};

struct GraphNeighbours {
    std::vector<GraphNeighbour> found;  ///< in order of kind, the other node's id, since; an edge out before one in
    bool more = false;
};

/// How far a search goes before it gives up.
struct GraphBounds {
    int depth_max = 8;
    int visits_max = 10'000;  ///< nodes that it may come to, its start among them
};

struct GraphReached {
    std::string id;
    int depth = 0;  ///< fewest edges from the start
    friend bool operator==(const GraphReached&, const GraphReached&) = default;
};

struct GraphReach {
    std::vector<GraphReached> found;  ///< in order of depth, then id; the start first, at depth 0
    bool bounded = false;             ///< visits_max ended it: there are more within the depth
};

struct GraphPath {
    std::vector<std::string> nodes;  ///< from the first to the last; empty: none was found
    bool bounded = false;            ///< visits_max ended the search: there may be one
};

/// Things and how they hang together: instruments and drivers, code and what it calls, accounts and who controls them. What was
/// put is durable and seen by the next call, whole. Safe to use from several threads.
///
/// @errors of every call: usage (a name, count or bound outside the limits), failed (the disk refuses)
class Graph {
  public:
    virtual ~Graph() = default;

    /// Adds nodes and edges, or puts them in the place of those with their names: all of them or none.
    /// @errors not_found (an edge's end is neither there nor among the nodes: names it), bad_input (names what)
    virtual Result<void> put(std::string_view tenant, const std::vector<GraphNode>& nodes, const std::vector<GraphEdge>& edges) = 0;
    /// How many were there. A node's edges go with it.
    virtual Result<std::int64_t> remove_nodes(std::string_view tenant, const std::vector<std::string>& ids) = 0;
    virtual Result<std::int64_t> remove_edges(std::string_view tenant, const std::vector<GraphEdgeName>& names) = 0;

    /// @errors not_found
    virtual Result<GraphNode> node(std::string_view tenant, std::string_view id) = 0;
    /// Nodes in order of their ids, after one of them or from the first (empty). @param kind none: all
    virtual Result<std::vector<GraphNode>> nodes(std::string_view tenant, std::optional<std::string> kind, std::string_view after, int count) = 0;
    /// What one step leads to. @errors not_found (the node)
    virtual Result<GraphNeighbours> neighbours(std::string_view tenant, std::string_view id, const GraphStep& step, int count_max) = 0;
    /// What any number of steps lead to, the nearest first. @errors not_found (the node)   @complexity O(edges at what is visited)
    virtual Result<GraphReach> reach(std::string_view tenant, std::string_view id, const GraphStep& step, const GraphBounds& bounds) = 0;
    /// A path of the fewest edges; among several the one whose ids are smallest, compared from the beginning.
    /// @errors not_found (a node)
    virtual Result<GraphPath> path(std::string_view tenant, std::string_view from, std::string_view to, const GraphStep& step, const GraphBounds& bounds) = 0;
    /// Whether what is stored is whole. @errors gate_refused
    virtual Result<void> verify() = 0;
};

/// @errors usage (counts, names of what is removed), bad_input (names the node or edge)
Result<void> check_graph_put(const std::vector<GraphNode>& nodes, const std::vector<GraphEdge>& edges);
Result<void> check_graph_step(const GraphStep& step);
Result<void> check_graph_bounds(const GraphBounds& bounds);
/// @errors usage (a page of no size)
Result<void> check_graph_count(int count);

}  // namespace aitrading::ports

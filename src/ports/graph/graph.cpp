#include "ports/graph/graph.hpp"

#include <algorithm>

namespace aitrading::ports {
namespace {

constexpr std::size_t kind_characters_max = 60;

bool is_id(std::string_view id) { return !id.empty() && id.size() <= graph_id_bytes_max && id.find('\0') == std::string_view::npos; }

bool is_kind(std::string_view kind) {
    const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
    return !kind.empty() && kind.size() <= kind_characters_max && std::ranges::all_of(kind, fits);
}

/// What is wrong with them; empty where nothing is.
std::string wrong_with(const GraphProperties& properties) {
    if (properties.size() > graph_properties_max) return "at most 64 properties";
    for (const auto& [name, value] : properties)
        if (!is_kind(name) || value.size() > graph_property_bytes_max)
            return "a property has a name of 1 to 60 lower-case letters, digits or underscores, and at most 4,096 bytes";
    return {};
}

}  // namespace

Result<void> check_graph_put(const std::vector<GraphNode>& nodes, const std::vector<GraphEdge>& edges) {
    if (nodes.size() > static_cast<std::size_t>(graph_batch_max) || edges.size() > static_cast<std::size_t>(graph_batch_max))
        return fail(ErrorCode::usage, "at most 1,000 nodes and 1,000 edges are put at once");
    for (const GraphNode& node : nodes) {
        std::string wrong = wrong_with(node.properties);
        if (!is_id(node.id)) wrong = "an id has 1 to 256 bytes and no zero byte";
        if (!is_kind(node.kind)) wrong = "a kind has 1 to 60 lower-case letters, digits or underscores";
        if (!wrong.empty()) return fail(ErrorCode::bad_input, "node '" + node.id.substr(0, graph_id_bytes_max) + "': " + wrong);
    }
    for (const GraphEdge& edge : edges) {
        std::string wrong = wrong_with(edge.properties);
        if (!is_id(edge.name.from) || !is_id(edge.name.to)) wrong = "an id has 1 to 256 bytes and no zero byte";
        if (!is_kind(edge.name.kind)) wrong = "a kind has 1 to 60 lower-case letters, digits or underscores";
        if (edge.until <= edge.name.since) wrong = "it must hold for some time: until lies after since";
        if (!wrong.empty())
            return fail(ErrorCode::bad_input, "edge from '" + edge.name.from.substr(0, graph_id_bytes_max) + "' to '" + edge.name.to.substr(0, graph_id_bytes_max) + "': " + wrong);
    }
    return {};
}

Result<void> check_graph_step(const GraphStep& step) {
    if (step.kinds.size() > static_cast<std::size_t>(graph_kinds_max)) return fail(ErrorCode::usage, "a step goes along at most 16 kinds of edges");
    for (const std::string& kind : step.kinds)
        if (!is_kind(kind)) return fail(ErrorCode::usage, "'" + kind.substr(0, kind_characters_max) + "' is no kind: 1 to 60 lower-case letters, digits or underscores");
    return {};
}

Result<void> check_graph_bounds(const GraphBounds& bounds) {
    const bool depth = bounds.depth_max >= 1 && bounds.depth_max <= graph_depth_max;
    if (depth && bounds.visits_max >= 1 && bounds.visits_max <= graph_visits_max) return {};
    return fail(ErrorCode::usage, "a search goes 1 to 32 edges deep and comes to 1 to 100,000 nodes");
}

Result<void> check_graph_count(int count) {
    if (count >= 1 && count <= graph_page_max) return {};
    return fail(ErrorCode::usage, "a page holds 1 to 10,000, not " + std::to_string(count));
}

}  // namespace aitrading::ports

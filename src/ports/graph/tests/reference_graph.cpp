#include "ports/graph/tests/reference_graph.hpp"

#include <algorithm>
#include <deque>
#include <set>
#include <tuple>

#include "domain/tenant.hpp"

namespace aitrading::ports {
namespace {

using Fault = GraphFault;
using Lock = std::lock_guard<std::mutex>;
using enum GraphStep::Direction;

class PlainGraph final : public Graph {
  public:
    PlainGraph(Fault fault, std::shared_ptr<ReferenceThings> things) : fault_(fault), things_(std::move(things)) {}

    Result<void> put(std::string_view tenant, const std::vector<GraphNode>& nodes, const std::vector<GraphEdge>& edges) override {
        TRY_VOID(check_tenant(tenant));
        const Lock lock(things_->mutex);
        TRY_VOID(check_graph_put(nodes, edges));
        auto& there = things_->nodes[place(tenant)];
        const auto known = [&](const std::string& id) { return there.contains(id) || std::ranges::find(nodes, id, &GraphNode::id) != nodes.end(); };
        if (fault_ == Fault::puts_half)
            for (const GraphNode& node : nodes) there[node.id] = node;
        for (const GraphEdge& edge : edges)
            if (!known(edge.name.from) || !known(edge.name.to)) return fail(ErrorCode::not_found, "an edge's end is not there");
        for (const GraphNode& node : nodes) there[node.id] = node;
        for (const GraphEdge& edge : edges) things_->edges[place(tenant)][edge.name] = edge;
        if (!nodes.empty()) things_->last = {place(tenant), nodes.back().id};
        return {};
    }
    Result<std::int64_t> remove_nodes(std::string_view tenant, const std::vector<std::string>& ids) override {
        TRY_VOID(checked(tenant, ids.size()));
        const Lock lock(things_->mutex);
        std::int64_t removed = 0;
        for (const std::string& id : ids) {
            removed += static_cast<std::int64_t>(things_->nodes[place(tenant)].erase(id));
            if (fault_ != Fault::keeps_edges_of_removed)
                std::erase_if(things_->edges[place(tenant)], [&](const auto& one) { return one.first.from == id || one.first.to == id; });
        }
        return removed;
    }
    Result<std::int64_t> remove_edges(std::string_view tenant, const std::vector<GraphEdgeName>& names) override {
        TRY_VOID(checked(tenant, names.size()));
        const Lock lock(things_->mutex);
        std::int64_t removed = 0;
        for (const GraphEdgeName& name : names) removed += static_cast<std::int64_t>(things_->edges[place(tenant)].erase(name));
        return removed;
    }
    Result<GraphNode> node(std::string_view tenant, std::string_view id) override {
        TRY_VOID(check_tenant(tenant));
        const Lock lock(things_->mutex);
        return find(tenant, id);
    }
    Result<std::vector<GraphNode>> nodes(std::string_view tenant, std::optional<std::string> kind, std::string_view after, int count) override {
        TRY_VOID(check_tenant(tenant));
        TRY_VOID(check_graph_count(count));
        const Lock lock(things_->mutex);
        std::vector<GraphNode> page;
        for (const auto& [id, node] : things_->nodes[place(tenant)])
            if (id > after && (!kind || node.kind == *kind) && page.size() < static_cast<std::size_t>(count)) page.push_back(node);
        return page;
    }
    Result<GraphNeighbours> neighbours(std::string_view tenant, std::string_view id, const GraphStep& step, int count_max) override {
        TRY_VOID(check_tenant(tenant));
        TRY_VOID(check_graph_step(step));
        TRY_VOID(check_graph_count(count_max));
        const Lock lock(things_->mutex);
        TRY_VOID(find(tenant, id));
        GraphNeighbours out{around(tenant, id, step), false};
        out.more = out.found.size() > static_cast<std::size_t>(count_max);
        if (out.more && fault_ != Fault::ignores_the_bound) out.found.resize(static_cast<std::size_t>(count_max));
        return out;
    }
    Result<GraphReach> reach(std::string_view tenant, std::string_view id, const GraphStep& step, const GraphBounds& bounds) override {
        TRY(const Walk walk, walked(tenant, id, step, bounds, {}));
        return walk.reach;
    }
    Result<GraphPath> path(std::string_view tenant, std::string_view from, std::string_view to, const GraphStep& step, const GraphBounds& bounds) override {
        {
            const Lock lock(things_->mutex);
            TRY_VOID(find(tenant, to));
        }
        TRY(const Walk walk, walked(tenant, from, step, bounds, to));
        GraphPath out;
        std::string at(to);
        if (!walk.parents.contains(at)) return GraphPath{{}, walk.reach.bounded};
        while (at != from) {
            out.nodes.insert(out.nodes.begin(), at);
            at = walk.parents.at(at);
        }
        out.nodes.insert(out.nodes.begin(), at);
        return out;
    }
    Result<void> verify() override { return {}; }

  private:
    struct Walk {
        GraphReach reach;
        std::map<std::string, std::string> parents;
    };
    static Result<void> checked(std::string_view tenant, std::size_t count) {
        TRY_VOID(check_tenant(tenant));
        if (count > static_cast<std::size_t>(graph_batch_max)) return fail(ErrorCode::usage, "too many at once");
        return {};
    }
    std::string place(std::string_view tenant) const { return fault_ == Fault::shares_tenants ? "all" : std::string(tenant); }
    Result<GraphNode> find(std::string_view tenant, std::string_view id) const {
        auto& nodes = things_->nodes[place(tenant)];
        const auto found = nodes.find(id);
        if (found == nodes.end()) return fail(ErrorCode::not_found, "there is no node '" + std::string(id) + "'");
        return found->second;
    }
    std::vector<GraphNeighbour> around(std::string_view tenant, std::string_view id, const GraphStep& step) const {
        std::vector<std::pair<bool, GraphNeighbour>> all;  // whether it goes in
        for (const auto& [name, edge] : things_->edges[place(tenant)]) {
            if (!step.kinds.empty() && fault_ != Fault::ignores_kinds && std::ranges::find(step.kinds, name.kind) == step.kinds.end()) continue;
            if (step.at && (*step.at < name.since || edge.until < *step.at || (edge.until == *step.at && fault_ != Fault::includes_the_end))) continue;
            const bool any = fault_ == Fault::ignores_direction || step.direction == both;
            if (name.from == id && (any || step.direction == out)) all.push_back({false, {edge, find(tenant, name.to).value_or(GraphNode{name.to, {}, {}})}});
            if (name.to == id && (any || step.direction == in)) all.push_back({true, {edge, find(tenant, name.from).value_or(GraphNode{name.from, {}, {}})}});
        }
        std::ranges::sort(all, {}, [](const auto& one) { return std::tuple(one.second.edge.name.kind, one.second.node.id, one.second.edge.name.since, one.first); });
        std::vector<GraphNeighbour> out_edges;
        out_edges.reserve(all.size());
        for (auto& [goes_in, neighbour] : all) out_edges.push_back(std::move(neighbour));
        return out_edges;
    }
    Result<Walk> walked(std::string_view tenant, std::string_view from, const GraphStep& step, const GraphBounds& bounds, std::string_view to) const {
        TRY_VOID(check_tenant(tenant));
        TRY_VOID(check_graph_step(step));
        TRY_VOID(check_graph_bounds(bounds));
        const Lock lock(things_->mutex);
        TRY_VOID(find(tenant, from));
        Walk walk;
        walk.parents[std::string(from)] = "";
        walk.reach.found.push_back({std::string(from), 0});
        std::deque<GraphReached> open{{std::string(from), 0}};
        while (!open.empty() && !walk.reach.bounded && !(walk.parents.contains(std::string(to)))) {
            const bool deep = fault_ == Fault::finds_longer_paths;
            const GraphReached at = deep ? open.back() : open.front();
            deep ? open.pop_back() : open.pop_front();
            if (at.depth == bounds.depth_max) continue;
            std::set<std::string> next;
            for (const GraphNeighbour& one : around(tenant, at.id, step)) next.insert(one.node.id);
            for (const std::string& id : next) {
                if (walk.parents.contains(id) && (fault_ != Fault::counts_again || at.depth > 2)) continue;
                if (std::ssize(walk.reach.found) == bounds.visits_max && fault_ != Fault::ignores_the_bound) {
                    walk.reach.bounded = true;
                    break;
                }
                walk.parents.emplace(id, at.id);
                walk.reach.found.push_back({id, at.depth + 1});
                open.push_back({id, at.depth + 1});
            }
        }
        std::ranges::sort(walk.reach.found, {}, [](const GraphReached& one) { return std::pair(one.depth, one.id); });
        return walk;
    }

    Fault fault_;
    std::shared_ptr<ReferenceThings> things_;
};

}  // namespace

Result<std::unique_ptr<Graph>> ReferenceGraphGround::open() { return std::make_unique<PlainGraph>(fault_, things_); }

void ReferenceGraphGround::cut(std::unique_ptr<Graph> graph) {
    graph.reset();
    if (fault_ == GraphFault::loses_on_a_cut) things_->nodes[things_->last.first].clear();
}

}  // namespace aitrading::ports

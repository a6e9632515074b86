#include "engines/graph/sqlite/sqlite_graph.hpp"

#include <algorithm>

#include "domain/tenant.hpp"
#include "engines/graph/sqlite/walker.hpp"
#include "engines/sqlite/store_file.hpp"

namespace aitrading::engines {
namespace {

using ports::GraphBounds, ports::GraphEdge, ports::GraphEdgeName, ports::GraphNeighbours, ports::GraphNode, ports::GraphPath, ports::GraphReach, ports::GraphStep;
using sqlite::Database, sqlite::Statement, sqlite::StoreFile;

// Ids are bytes, compared as such: text would be compared by what SQLite takes for characters.
constexpr const char* schema =
    "CREATE TABLE IF NOT EXISTS graph_nodes (tenant TEXT NOT NULL, id BLOB NOT NULL, kind TEXT NOT NULL, properties BLOB NOT NULL, "
    "PRIMARY KEY (tenant, id)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS graph_nodes_kind ON graph_nodes (tenant, kind, id);"
    "CREATE TABLE IF NOT EXISTS graph_edges (tenant TEXT NOT NULL, source BLOB NOT NULL, kind TEXT NOT NULL, target BLOB NOT NULL, since INTEGER NOT NULL, "
    "until INTEGER NOT NULL, properties BLOB NOT NULL, PRIMARY KEY (tenant, source, kind, target, since)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS graph_edges_back ON graph_edges (tenant, target, kind, source);";

Result<void> check_count(std::string_view tenant, std::size_t count) {
    TRY_VOID(check_tenant(tenant));
    if (count <= static_cast<std::size_t>(ports::graph_batch_max)) return {};
    return fail(ErrorCode::usage, "at most 1,000 are removed at once");
}

class SqliteGraph final : public ports::Graph {
  public:
    explicit SqliteGraph(std::unique_ptr<StoreFile> file) : file_(std::move(file)) {}

    Result<void> put(std::string_view tenant, const std::vector<GraphNode>& nodes, const std::vector<GraphEdge>& edges) override {
        TRY_VOID(check_tenant(tenant));
        TRY_VOID(ports::check_graph_put(nodes, edges));
        if (nodes.empty() && edges.empty()) return {};
        return file_->write([&, owner = std::string(tenant)](Database& database) -> Result<void> {
            put_nodes(database, owner, nodes);
            return put_edges(database, owner, edges);
        });
    }

    Result<std::int64_t> remove_nodes(std::string_view tenant, const std::vector<std::string>& ids) override {
        TRY_VOID(check_count(tenant, ids.size()));
        return file_->write([&, owner = std::string(tenant)](Database& database) -> Result<std::int64_t> {
            Statement node(database, "DELETE FROM graph_nodes WHERE tenant = ? AND id = ?");
            Statement out(database, "DELETE FROM graph_edges WHERE tenant = ? AND source = ?");
            Statement in(database, "DELETE FROM graph_edges WHERE tenant = ? AND target = ?");
            std::int64_t removed = 0;
            for (const std::string& id : ids) {
                node.bind(1, std::string_view(owner)).bind_bytes(2, id).run();
                if (database.changes() == 0) continue;  // then it has no edges either
                ++removed;
                for (Statement* edges : {&out, &in}) edges->bind(1, std::string_view(owner)).bind_bytes(2, id).run();
            }
            return removed;
        });
    }

    Result<std::int64_t> remove_edges(std::string_view tenant, const std::vector<GraphEdgeName>& names) override {
        TRY_VOID(check_count(tenant, names.size()));
        return file_->write([&, owner = std::string(tenant)](Database& database) -> Result<std::int64_t> {
            Statement edge(database, "DELETE FROM graph_edges WHERE tenant = ? AND source = ? AND kind = ? AND target = ? AND since = ?");
            std::int64_t removed = 0;
            for (const GraphEdgeName& name : names) {
                edge.bind(1, std::string_view(owner)).bind_bytes(2, name.from).bind(3, std::string_view(name.kind)).bind_bytes(4, name.to).bind(5, name.since.value).run();
                removed += database.changes();
            }
            return removed;
        });
    }

    Result<GraphNode> node(std::string_view tenant, std::string_view id) override {
        TRY_VOID(check_tenant(tenant));
        return file_->read([&, owner = std::string(tenant)](Database& database) -> Result<GraphNode> {
            TRY_VOID(graph::check_there(database, owner, id));
            Statement find(database, "SELECT kind, properties FROM graph_nodes WHERE tenant = ? AND id = ?");
            find.bind(1, std::string_view(owner)).bind_bytes(2, id);
            find.step();
            return GraphNode{std::string(id), find.text(0), graph::unpacked(find.text(1))};
        });
    }

    Result<std::vector<GraphNode>> nodes(std::string_view tenant, std::optional<std::string> kind, std::string_view after, int count) override {
        TRY_VOID(check_tenant(tenant));
        TRY_VOID(ports::check_graph_count(count));
        return file_->read([&, owner = std::string(tenant)](Database& database) -> Result<std::vector<GraphNode>> {
            Statement page(database, std::string("SELECT id, kind, properties FROM graph_nodes WHERE tenant = ?1 AND id > ?2") + (kind ? " AND kind = ?4" : "") + " ORDER BY id LIMIT ?3");
            page.bind(1, std::string_view(owner)).bind_bytes(2, after).bind(3, std::int64_t{count});
            if (kind) page.bind(4, std::string_view(*kind));
            std::vector<GraphNode> found;
            while (page.step()) found.push_back({page.text(0), page.text(1), graph::unpacked(page.text(2))});
            return found;
        });
    }

    Result<GraphNeighbours> neighbours(std::string_view tenant, std::string_view id, const GraphStep& step, int count_max) override {
        TRY_VOID(check_tenant(tenant));
        TRY_VOID(ports::check_graph_step(step));
        TRY_VOID(ports::check_graph_count(count_max));
        return file_->read([&, owner = std::string(tenant)](Database& database) -> Result<GraphNeighbours> {
            TRY_VOID(graph::check_there(database, owner, id));
            return graph::neighbours(database, owner, std::string(id), step, count_max);
        });
    }

    Result<GraphReach> reach(std::string_view tenant, std::string_view id, const GraphStep& step, const GraphBounds& bounds) override {
        TRY(graph::Walk walk, walked(tenant, id, {}, step, bounds));
        GraphReach reach;
        reach.bounded = walk.bounded;
        for (graph::Walk::Visit& visit : walk.visits) reach.found.push_back({std::move(visit.id), visit.depth});
        std::ranges::sort(reach.found, {}, [](const ports::GraphReached& one) { return std::pair(one.depth, std::string_view(one.id)); });
        return reach;
    }

    Result<GraphPath> path(std::string_view tenant, std::string_view from, std::string_view to, const GraphStep& step, const GraphBounds& bounds) override {
        TRY(const graph::Walk walk, walked(tenant, from, to, step, bounds));
        GraphPath path;
        path.bounded = walk.bounded;
        if (walk.visits.back().id != to) return path;
        for (std::size_t at = walk.visits.size() - 1; at != 0; at = walk.visits[at].parent) path.nodes.push_back(walk.visits[at].id);
        path.nodes.push_back(walk.visits.front().id);
        std::ranges::reverse(path.nodes);
        return path;
    }

    Result<void> verify() override {
        TRY_VOID(file_->verify());
        return file_->read([&](Database& database) -> Result<void> {
            Statement loose(database, "SELECT e.source, e.target FROM graph_edges e WHERE NOT EXISTS (SELECT 1 FROM graph_nodes n WHERE n.tenant = e.tenant AND n.id = e.source) "
                                      "OR NOT EXISTS (SELECT 1 FROM graph_nodes n WHERE n.tenant = e.tenant AND n.id = e.target) LIMIT 1");
            if (!loose.step()) return {};
            return fail(ErrorCode::gate_refused, "the graph is damaged: the edge from '" + loose.text(0) + "' to '" + loose.text(1) + "' lacks a node; restore it from a backup");
        });
    }

  private:
    static void put_nodes(Database& database, const std::string& owner, const std::vector<GraphNode>& nodes) {
        Statement put(database, "INSERT OR REPLACE INTO graph_nodes VALUES (?, ?, ?, ?)");
        for (const GraphNode& node : nodes) {
            const std::string properties = graph::packed(node.properties);
            put.bind(1, std::string_view(owner)).bind_bytes(2, node.id).bind(3, std::string_view(node.kind)).bind_bytes(4, properties).run();
        }
    }

    /// @errors not_found (an end of an edge)
    static Result<void> put_edges(Database& database, const std::string& owner, const std::vector<GraphEdge>& edges) {
        Statement put(database, "INSERT OR REPLACE INTO graph_edges VALUES (?, ?, ?, ?, ?, ?, ?)");
        Statement find = graph::finder(database);
        for (const GraphEdge& edge : edges) {
            const std::string properties = graph::packed(edge.properties);
            for (const std::string* end : {&edge.name.from, &edge.name.to}) TRY_VOID(graph::check_there(find, owner, *end));
            put.bind(1, std::string_view(owner)).bind_bytes(2, edge.name.from).bind(3, std::string_view(edge.name.kind)).bind_bytes(4, edge.name.to);
            put.bind(5, edge.name.since.value).bind(6, edge.until.value).bind_bytes(7, properties).run();
        }
        return {};
    }

    Result<graph::Walk> walked(std::string_view tenant, std::string_view from, std::string_view to, const GraphStep& step, const GraphBounds& bounds) {
        TRY_VOID(check_tenant(tenant));
        TRY_VOID(ports::check_graph_step(step));
        TRY_VOID(ports::check_graph_bounds(bounds));
        return file_->read([&, owner = std::string(tenant)](Database& database) -> Result<graph::Walk> {
            TRY_VOID(graph::check_there(database, owner, from));
            if (!to.empty()) TRY_VOID(graph::check_there(database, owner, to));
            return graph::walk(database, owner, from, to, step, bounds);
        });
    }

    std::unique_ptr<StoreFile> file_;
};

}  // namespace

Result<std::unique_ptr<ports::Graph>> open_sqlite_graph(const SqliteGraphOptions& options) {
    TRY(auto file, StoreFile::open({.file = options.file, .file_system = options.file_system, .what = "the graph", .checkpoint_pages = options.checkpoint_pages}, schema));
    return std::make_unique<SqliteGraph>(std::move(file));
}

}  // namespace aitrading::engines

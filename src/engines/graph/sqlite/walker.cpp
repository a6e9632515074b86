#include "engines/graph/sqlite/walker.hpp"

#include <algorithm>
#include <unordered_set>

#include "base/bytes.hpp"

namespace aitrading::engines::graph {
namespace {

using Direction = ports::GraphStep::Direction;
using sqlite::Database, sqlite::Statement;

/// Conditions on an edge's kind and time, with the parameters ?3 (time or null) and ?4 on (kinds).
std::string conditions(const ports::GraphStep& step) {
    std::string sql = " AND (?3 IS NULL OR (e.since <= ?3 AND ?3 < e.until))";
    for (std::size_t i = 0; i < step.kinds.size(); ++i) sql += (i == 0 ? " AND e.kind IN (?" : ", ?") + std::to_string(i + 4);
    return step.kinds.empty() ? sql : sql + ")";
}

void bind(Statement& statement, const std::string& tenant, const std::string& id, const ports::GraphStep& step) {
    statement.bind(1, std::string_view(tenant)).bind_bytes(2, id);
    if (step.at) statement.bind(3, step.at->value);
    else statement.bind_null(3);
    for (std::size_t i = 0; i < step.kinds.size(); ++i) statement.bind(static_cast<int>(i) + 4, std::string_view(step.kinds[i]));
}

std::string ends_sql(const ports::GraphStep& step) {
    const std::string out = "SELECT e.target FROM graph_edges e WHERE e.tenant = ?1 AND e.source = ?2" + conditions(step);
    const std::string in = "SELECT e.source FROM graph_edges e WHERE e.tenant = ?1 AND e.target = ?2" + conditions(step);
    if (step.direction == Direction::both) return out + " UNION ALL " + in;
    return step.direction == Direction::out ? out : in;
}

/// One side of the neighbours; column 7 says whether it goes in.
std::string side_sql(const ports::GraphStep& step, bool in) {
    const std::string near = in ? "e.target" : "e.source", far = in ? "e.source" : "e.target";
    return "SELECT e.source, e.kind AS kind, e.target, e.since AS since, e.until, e.properties, " + far + " AS other, " + (in ? "1" : "0") +
           " AS goes_in, n.kind, n.properties FROM graph_edges e JOIN graph_nodes n ON n.tenant = e.tenant AND n.id = " + far + " WHERE e.tenant = ?1 AND " + near +
           " = ?2" + conditions(step);
}

}  // namespace

std::string packed(const ports::GraphProperties& properties) {
    ByteWriter out;
    for (const auto& [name, value] : properties) {
        out.put_text(name);
        out.put_text(value);
    }
    return out.bytes();
}

ports::GraphProperties unpacked(std::string_view bytes) {
    ports::GraphProperties properties;
    ByteReader in(bytes);
    while (!in.at_end() && !in.failed()) {
        std::string name = in.get_text(), value = in.get_text();
        if (!in.failed()) properties.emplace(std::move(name), std::move(value));
    }
    return properties;
}

Result<void> check_there(Database& database, const std::string& tenant, std::string_view id) {
    Statement find = finder(database);
    return check_there(find, tenant, id);
}

Statement finder(Database& database) { return {database, "SELECT 1 FROM graph_nodes WHERE tenant = ? AND id = ?"}; }

Result<void> check_there(Statement& find, const std::string& tenant, std::string_view id) {
    find.bind(1, std::string_view(tenant)).bind_bytes(2, id);
    const bool there = find.step();
    find.reset();
    if (there) return {};
    return fail(ErrorCode::not_found, "the graph of tenant '" + tenant + "' has no node '" + std::string(id.substr(0, ports::graph_id_bytes_max)) + "'");
}

Ends::Ends(Database& database, const std::string& tenant, const ports::GraphStep& step) : statement_(database, ends_sql(step)), tenant_(tenant), step_(step) {}

std::vector<std::string> Ends::of(const std::string& id) {
    bind(statement_, tenant_, id, step_);
    std::vector<std::string> ids;
    while (statement_.step()) ids.push_back(statement_.text(0));
    std::ranges::sort(ids);
    ids.erase(std::ranges::unique(ids).begin(), ids.end());
    return ids;
}

Walk walk(Database& database, const std::string& tenant, std::string_view start, std::string_view target, const ports::GraphStep& step, const ports::GraphBounds& bounds) {
    Walk out;
    out.visits.push_back({std::string(start), 0, 0});
    if (start == target) return out;
    std::unordered_set<std::string> met{out.visits[0].id};
    Ends ends(database, tenant, step);
    for (std::size_t at = 0; at < out.visits.size() && out.visits[at].depth < bounds.depth_max; ++at) {
        for (std::string& id : ends.of(out.visits[at].id)) {
            if (met.contains(id)) continue;
            if (std::ssize(out.visits) == bounds.visits_max) {
                out.bounded = true;
                return out;
            }
            met.insert(id);
            out.visits.push_back({std::move(id), out.visits[at].depth + 1, at});
            if (out.visits.back().id == target) return out;
        }
    }
    return out;
}

ports::GraphNeighbours neighbours(Database& database, const std::string& tenant, const std::string& id, const ports::GraphStep& step, int count_max) {
    std::string sql = side_sql(step, step.direction == Direction::in);
    if (step.direction == Direction::both) sql += " UNION ALL " + side_sql(step, true);
    Statement edges(database, sql + " ORDER BY kind, other, since, goes_in LIMIT " + std::to_string(count_max + 1));
    bind(edges, tenant, id, step);
    ports::GraphNeighbours out;
    while (edges.step()) {
        if (std::ssize(out.found) == count_max) {
            out.more = true;
            break;
        }
        ports::GraphEdge edge{{edges.text(0), edges.text(1), edges.text(2), {edges.number(3)}}, {edges.number(4)}, unpacked(edges.text(5))};
        out.found.push_back({std::move(edge), {edges.text(6), edges.text(8), unpacked(edges.text(9))}});
    }
    return out;
}

}  // namespace aitrading::engines::graph

#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engines/sqlite/database.hpp"
#include "ports/graph/graph.hpp"

/// Reading of edges within one moment of the file.
namespace aitrading::engines::graph {

std::string packed(const ports::GraphProperties& properties);
/// What `packed` made; what cannot be read is left out.
ports::GraphProperties unpacked(std::string_view bytes);

/// Whether a node is there. @errors not_found
Result<void> check_there(sqlite::Database& database, const std::string& tenant, std::string_view id);

/// The same for many nodes, with one statement.
sqlite::Statement finder(sqlite::Database& database);
Result<void> check_there(sqlite::Statement& find, const std::string& tenant, std::string_view id);

/// Ids at the other ends of a node's edges, in order, each once.
class Ends {
  public:
    /// @pre the step's kinds are checked
    Ends(sqlite::Database& database, const std::string& tenant, const ports::GraphStep& step);
    std::vector<std::string> of(const std::string& id);

  private:
    sqlite::Statement statement_;
    const std::string& tenant_;
    const ports::GraphStep& step_;
};

/// What a search breadth first found.
struct Walk {
    struct Visit {
        std::string id;
        int depth = 0;
        std::size_t parent = 0;  ///< among the visits
    };
    std::vector<Visit> visits;  ///< in order of their discovery, the start first
    bool bounded = false;
};

/// Goes on until everything within the bounds is visited, or `target` is. Empty target: none.
Walk walk(sqlite::Database& database, const std::string& tenant, std::string_view start, std::string_view target, const ports::GraphStep& step,
          const ports::GraphBounds& bounds);

/// Edges of a node with the nodes at their other ends, in the order of the port, at most `count_max`.
ports::GraphNeighbours neighbours(sqlite::Database& database, const std::string& tenant, const std::string& id, const ports::GraphStep& step, int count_max);

}  // namespace aitrading::engines::graph

#pragma once

#include <map>
#include <mutex>

#include "ports/graph/conformance/ground.hpp"

namespace aitrading::ports {

/// What a planted graph does wrong.
enum class GraphFault {
    none,
    ignores_direction,
    ignores_kinds,
    includes_the_end,        ///< an edge still holds at its end
    finds_longer_paths,      ///< by going deep first
    counts_again,            ///< a node that is met again is visited again
    ignores_the_bound,
    keeps_edges_of_removed,
    puts_half,               ///< nodes stay where an edge is refused
    shares_tenants,
    loses_on_a_cut,
};

struct ReferenceThings {
    std::mutex mutex;
    std::map<std::string, std::map<std::string, GraphNode, std::less<>>, std::less<>> nodes;
    std::map<std::string, std::map<GraphEdgeName, GraphEdge>, std::less<>> edges;
    std::pair<std::string, std::string> last;
};

/// The port's promises in the plainest way: every step reads every edge. Its faults show that the suite refuses what it should.
class ReferenceGraphGround final : public conformance::GraphGround {
  public:
    explicit ReferenceGraphGround(GraphFault fault) : fault_(fault) {}
    Result<std::unique_ptr<Graph>> open() override;
    void cut(std::unique_ptr<Graph> graph) override;

  private:
    GraphFault fault_;
    std::shared_ptr<ReferenceThings> things_ = std::make_shared<ReferenceThings>();
};

}  // namespace aitrading::ports

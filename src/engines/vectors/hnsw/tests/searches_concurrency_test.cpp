#include <gtest/gtest.h>

#include <string_view>

#include "engines/vectors/hnsw/tests/hnsw_ground.hpp"
#include "ports/vectors/conformance/checks.hpp"

// hnswlib locks neighbours in whatever order a search meets them, which only two that change a graph at once could deadlock
// on; the engine lets one change it at a time.
extern "C" const char* __tsan_default_options();  // NOLINT(bugprone-reserved-identifier)
extern "C" const char* __tsan_default_options() { return "detect_deadlocks=0"; }

namespace aitrading::engines {
namespace {

TEST(HnswVectors, writers_and_searchers_side_by_side) {
    for (const auto& check : ports::conformance::vector_checks()) {
        if (std::string_view(check.name) != "writers_and_searchers_side_by_side") continue;
        for (const int exact_up_to : {0, 1'000}) EXPECT_EQ(check.run([=] { return std::make_unique<HnswGround>(exact_up_to); }), "");
    }
}

}  // namespace
}  // namespace aitrading::engines

#include <algorithm>
#include <chrono>
#include <set>
#include <tuple>

#include "base/random.hpp"
#include "engines/vectors/hnsw/hnsw_vectors.hpp"
#include "kit/bench.hpp"

namespace aitrading::engines {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int vectors_count = 20'000, dimensions = 32, queries = 200, hits = 10;

double seconds_since(Clock::time_point begun) { return std::chrono::duration<double>(Clock::now() - begun).count(); }

/// Without centres: the hardest case, in which every vector is about as far from every other.
std::vector<ports::VectorItem> drawn(int count, std::uint64_t seed) {
    SplitMix64 random(seed);
    std::vector<ports::VectorItem> items;
    items.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        ports::VectorItem item{"v" + std::to_string(i), std::vector<float>(dimensions)};
        for (float& value : item.values) value = static_cast<float>(random.next_normal());
        items.push_back(std::move(item));
    }
    return items;
}

std::vector<kit::BenchRow> rows() {
    auto store = open_hnsw_vectors({}).value();
    std::ignore = store->create("s", {dimensions, ports::VectorMetric::cosine});
    const auto items = drawn(vectors_count, 1), asked = drawn(queries, 2);
    const auto begun = Clock::now();
    for (std::size_t i = 0; i < items.size(); i += 1'000) std::ignore = store->put("bench", "s", {items.begin() + static_cast<std::ptrdiff_t>(i), items.begin() + static_cast<std::ptrdiff_t>(i) + 1'000});
    const double rate = vectors_count / seconds_since(begun);
    std::vector<double> times;
    times.reserve(queries);
    int found = 0;
    for (const auto& query : asked) {
        const auto from = Clock::now();
        const auto answer = store->nearest("bench", "s", query.values, hits).value();
        times.push_back(1e6 * seconds_since(from));
        std::vector<std::pair<float, std::string>> right;
        right.reserve(items.size());
        for (const auto& item : items) right.emplace_back(ports::vector_distance(item.values, query.values, ports::VectorMetric::cosine), item.id);
        std::ranges::partial_sort(right, right.begin() + hits);
        std::set<std::string> ids;
        for (int i = 0; i < hits; ++i) ids.insert(right[static_cast<std::size_t>(i)].second);
        for (const auto& hit : answer) found += static_cast<int>(ids.count(hit.id));
    }
    return {{"vectors hnsw, recall of ten against brute force", found / static_cast<double>(queries * hits), "share", 0.95, true, "none", {},
             "20,000 vectors of 32 independent normal values, cosine: the hardest case"},
            {"vectors hnsw, ten nearest of 20,000, p50", kit::quantile(times, 0.5), "us", {}, false, "none", {}, ""},
            {"vectors hnsw, vectors put", rate, "vectors/s", {}, true, "none", {}, "one thread, so that the graph is the same each time"}};
}

}  // namespace
}  // namespace aitrading::engines

int main(int argc, char** argv) {
    return aitrading::kit::print_bench(aitrading::engines::rows(), argc, argv);
}

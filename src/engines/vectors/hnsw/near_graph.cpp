#include "engines/vectors/hnsw/near_graph.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>

// Without the library's own SSE: with it the search reads one link beyond a list to fetch ahead. Distances are ours, below.
#define NO_MANUAL_VECTORIZATION
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wpedantic"
#include <hnswlib/hnswlib.h>
#pragma GCC diagnostic pop

namespace aitrading::engines::hnsw {
namespace {

constexpr std::size_t links = 16, candidates_building = 200, room_first = 64;

using Graph = hnswlib::HierarchicalNSW<float>;

/// Sum of term(a_i, b_i) in eight lanes, added in one order in every build.
template <class Term>
float lanes_sum(const float* a, const float* b, std::size_t n, Term term) {
    std::array<float, 8> sum{};
    std::size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (std::size_t k = 0; k < 8; ++k) sum[k] += term(a[i + k], b[i + k]);
    for (; i < n; ++i) sum[i % 8] += term(a[i], b[i]);
    return ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
}
float squared_distance(const void* a, const void* b, const void* dimensions) {
    return lanes_sum(static_cast<const float*>(a), static_cast<const float*>(b), *static_cast<const std::size_t*>(dimensions), [](float x, float y) { return (x - y) * (x - y); });
}
float one_less_product(const void* a, const void* b, const void* dimensions) {
    return 1 - lanes_sum(static_cast<const float*>(a), static_cast<const float*>(b), *static_cast<const std::size_t*>(dimensions), [](float x, float y) { return x * y; });
}

class Measure final : public hnswlib::SpaceInterface<float> {
  public:
    explicit Measure(const ports::VectorSpace& space)
        : dimensions_(static_cast<std::size_t>(space.dimensions)), distance_(space.metric == ports::VectorMetric::l2 ? squared_distance : one_less_product) {}
    std::size_t get_data_size() override { return dimensions_ * sizeof(float); }
    hnswlib::DISTFUNC<float> get_dist_func() override { return distance_; }
    void* get_dist_func_param() override { return &dimensions_; }

  private:
    std::size_t dimensions_;
    hnswlib::DISTFUNC<float> distance_;
};

/// A file in memory: hnswlib reads and writes files only.
class MemoryFile {
  public:
    MemoryFile() : file_(::memfd_create("near_graph", MFD_CLOEXEC)) {}
    ~MemoryFile() {
        if (file_ >= 0) ::close(file_);
    }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    explicit operator bool() const { return file_ >= 0; }
    std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }
    bool write(std::string_view bytes) const {
        while (!bytes.empty()) {
            const ssize_t written = ::write(file_, bytes.data(), bytes.size());
            if (written <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
        return true;
    }
    std::string read() const {
        std::string bytes(static_cast<std::size_t>(std::max<off_t>(::lseek(file_, 0, SEEK_END), 0)), '\0');
        std::size_t got = 0;
        while (got < bytes.size()) {
            const ssize_t some = ::pread(file_, bytes.data() + got, bytes.size() - got, static_cast<off_t>(got));
            if (some <= 0) break;
            got += static_cast<std::size_t>(some);
        }
        bytes.resize(got);
        return bytes;
    }

  private:
    int file_;
};

}  // namespace

struct NearGraph::Inside {
    explicit Inside(const ports::VectorSpace& what)
        : space(what), measure(std::make_unique<Measure>(what)), graph(std::make_unique<Graph>(measure.get(), room_first, links, candidates_building)) {}

    /// As the graph holds it: of length one where only the direction counts.
    std::vector<float> shaped(const std::vector<float>& values) const {
        if (space.metric == ports::VectorMetric::l2) return values;
        double squares = 0;
        for (const float value : values) squares += static_cast<double>(value) * static_cast<double>(value);
        std::vector<float> out(values);
        for (float& value : out) value = static_cast<float>(value / std::sqrt(squares));
        return out;
    }
    /// hnswlib's distances as the port defines them.
    float distance(float found) const { return space.metric == ports::VectorMetric::l2 ? std::sqrt(std::max(found, 0.0F)) : std::max(found, 0.0F); }

    ports::VectorSpace space;
    std::unique_ptr<hnswlib::SpaceInterface<float>> measure;
    std::unique_ptr<Graph> graph;
};

NearGraph::NearGraph(const ports::VectorSpace& space) : inside_(std::make_unique<Inside>(space)) {}
NearGraph::~NearGraph() = default;

Result<void> NearGraph::put(std::uint64_t number, std::uint64_t seed, const std::vector<float>& values) {
    Graph& graph = *inside_->graph;
    const std::vector<float> shaped = inside_->shaped(values);
    try {
        if (graph.cur_element_count == graph.max_elements_) graph.resizeIndex(2 * graph.max_elements_);
        // The level is drawn from this generator. Seeded by the vector's own name it does not depend on what came before.
        graph.level_generator_.seed(static_cast<unsigned>(seed ^ seed >> 32));
        graph.addPoint(shaped.data(), number);
    } catch (const std::exception& error) {
        return fail(ErrorCode::failed, std::string("the graph of vectors cannot grow: ") + error.what());
    }
    return {};
}

void NearGraph::remove(std::uint64_t number) { inside_->graph->markDelete(number); }

std::vector<NearGraph::Near> NearGraph::nearest(const std::vector<float>& query, std::size_t count, std::size_t candidates) const {
    const std::vector<float> shaped = inside_->shaped(query);
    // The library looks at as many candidates as hits are asked for; the farther ones are left out here, so that `ef` stays
    // as it is and searches may run side by side.
    auto found = inside_->graph->searchKnn(shaped.data(), std::max(count, candidates));
    std::vector<Near> out;
    for (; !found.empty(); found.pop()) out.push_back({inside_->distance(found.top().first), found.top().second});
    return out;
}

std::vector<NearGraph::Near> NearGraph::measured(const std::vector<float>& query, std::span<const std::uint64_t> numbers) const {
    const Graph& graph = *inside_->graph;
    const std::vector<float> shaped = inside_->shaped(query);
    std::vector<Near> out;
    out.reserve(numbers.size());
    for (const std::uint64_t number : numbers) {
        const char* values = graph.getDataByInternalId(graph.label_lookup_.at(number));
        out.push_back({inside_->distance(graph.fstdistfunc_(shaped.data(), values, graph.dist_func_param_)), number});
    }
    return out;
}

Result<std::string> NearGraph::packed() const {
    const MemoryFile file;
    if (!file) return fail(ErrorCode::failed, "no memory for a copy of the graph of vectors");
    try {
        inside_->graph->saveIndex(file.path());
    } catch (const std::exception& error) {
        return fail(ErrorCode::failed, std::string("the graph of vectors cannot be copied: ") + error.what());
    }
    return file.read();
}

Result<void> NearGraph::unpack(std::string_view bytes) {
    const MemoryFile file;
    if (!file || !file.write(bytes)) return fail(ErrorCode::failed, "no memory for a copy of the graph of vectors");
    try {
        auto graph = std::make_unique<Graph>(inside_->measure.get(), file.path());
        if (graph->data_size_ != inside_->measure->get_data_size()) return fail(ErrorCode::gate_refused, "a graph of vectors has another number of dimensions");
        inside_->graph = std::move(graph);
    } catch (const std::exception& error) {
        return fail(ErrorCode::gate_refused, std::string("a graph of vectors is damaged: ") + error.what());
    }
    return {};
}

}  // namespace aitrading::engines::hnsw

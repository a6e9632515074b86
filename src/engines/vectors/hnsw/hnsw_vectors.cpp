#include "engines/vectors/hnsw/hnsw_vectors.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <tuple>

#include "base/bytes.hpp"
#include "domain/tenant.hpp"
#include "engines/disk/files.hpp"
#include "engines/disk/sealed_file.hpp"
#include "engines/vectors/hnsw/near_graph.hpp"

namespace aitrading::engines {
namespace {

using hnsw::NearGraph;
using ports::VectorHit, ports::VectorItem, ports::VectorSpace;

constexpr std::string_view magic = "AITVEC01";

std::uint64_t seed_of(std::string_view id) {
    Fingerprint print;
    print.add(id);
    return print.value();
}

/// A tenant's vectors of one space: names to numbers, and the graph that knows numbers. A number whose vector was removed is
/// given to the next one, which takes its place in the graph.
struct Shelf {
    explicit Shelf(const VectorSpace& what) : space(what), graph(what) {}
    VectorSpace space;
    NearGraph graph;
    std::map<std::string, std::uint64_t, std::less<>> numbers;
    std::vector<std::string> names;   ///< by number; empty: free
    std::vector<std::uint64_t> free;  ///< the last one is taken first

    std::string packed_names() const {
        ByteWriter out;
        out.put(static_cast<std::uint64_t>(names.size()));
        for (const std::string& name : names) out.put_text(name);
        out.put_all(free);
        return out.bytes();
    }
    bool unpack_names(std::string_view bytes) {
        ByteReader in(bytes);
        const auto count = in.get<std::uint64_t>();
        for (std::uint64_t i = 0; i < count && !in.failed(); ++i) {
            names.push_back(in.get_text());
            if (!names.back().empty()) numbers.emplace(names.back(), i);
        }
        free = in.get_all<std::uint64_t>();
        return in.at_end();
    }
};

class Store final : public HnswVectors {
  public:
    explicit Store(HnswOptions options) : options_(std::move(options)) {}
    ~Store() override {
        if (!abandoned_) std::ignore = save();  // who wants to know how it went saves before
    }

    Result<void> load() {
        if (options_.file.empty()) return {};
        auto bytes = read_sealed(options_.file, magic, options_.cipher.get());
        if (!bytes && bytes.error().code == ErrorCode::not_found) return {};
        if (!bytes) return std::unexpected(bytes.error());
        return unpack(*bytes);
    }

    Result<void> create(std::string_view name, const VectorSpace& what) override {
        TRY_VOID(ports::check_vector_space(name, what));
        const std::unique_lock lock(mutex_);
        const auto [at, made] = spaces_.emplace(std::string(name), what);
        if (made || at->second == what) return {};
        return fail(ErrorCode::usage, "space '" + std::string(name) + "' has other dimensions or another metric; choose another name");
    }

    Result<void> put(std::string_view tenant, std::string_view name, const std::vector<VectorItem>& items) override {
        TRY_VOID(check_tenant(tenant));
        const std::unique_lock lock(mutex_);
        TRY(const VectorSpace space, space_of(name));
        TRY_VOID(ports::check_vector_items(items, space));
        if (items.empty()) return {};
        auto& shelf = shelves_[{std::string(tenant), std::string(name)}];
        if (!shelf) shelf = std::make_unique<Shelf>(space);
        if (floats_ + places_needed(*shelf, items) * space.dimensions > options_.floats_max)
            return fail(ErrorCode::failed, "the store of vectors is full: its bound is " + std::to_string(options_.floats_max) + " values; remove some or set floats_max higher");
        for (const VectorItem& item : items) TRY_VOID(take(*shelf, item));
        return {};
    }

    Result<std::int64_t> remove(std::string_view tenant, std::string_view name, const std::vector<std::string>& ids) override {
        TRY_VOID(check_tenant(tenant));
        if (ids.size() > static_cast<std::size_t>(ports::vector_batch_max)) return fail(ErrorCode::usage, "at most 10,000 vectors are removed at once");
        const std::unique_lock lock(mutex_);
        TRY(Shelf * shelf, shelf_of(tenant, name));
        std::int64_t removed = 0;
        for (const std::string& id : ids) {
            if (shelf == nullptr) break;
            const auto at = shelf->numbers.find(id);
            if (at == shelf->numbers.end()) continue;
            shelf->graph.remove(at->second);
            shelf->names[at->second].clear();
            shelf->free.push_back(at->second);
            shelf->numbers.erase(at);
            ++removed;
        }
        return removed;
    }

    Result<std::int64_t> count(std::string_view tenant, std::string_view name) override {
        TRY_VOID(check_tenant(tenant));
        const std::shared_lock lock(mutex_);
        TRY(const Shelf* shelf, shelf_of(tenant, name));
        return shelf == nullptr ? 0 : std::ssize(shelf->numbers);
    }

    Result<std::vector<VectorHit>> nearest(std::string_view tenant, std::string_view name, const std::vector<float>& query, int hits_max) override {
        TRY_VOID(check_tenant(tenant));
        TRY_VOID(ports::check_vector_hits(hits_max));
        const std::shared_lock lock(mutex_);
        TRY(const VectorSpace space, space_of(name));
        TRY_VOID(ports::check_vector("the query", query, space));
        TRY(const Shelf* shelf, shelf_of(tenant, name));
        if (shelf == nullptr || shelf->numbers.empty()) return std::vector<VectorHit>{};
        const auto wanted = static_cast<std::size_t>(hits_max);
        std::vector<NearGraph::Near> near;
        if (shelf->numbers.size() <= static_cast<std::size_t>(options_.exact_up_to)) {
            std::vector<std::uint64_t> numbers;
            numbers.reserve(shelf->numbers.size());
            for (const auto& [id, number] : shelf->numbers) numbers.push_back(number);
            near = shelf->graph.measured(query, numbers);
        } else {
            near = shelf->graph.nearest(query, wanted, std::max(static_cast<std::size_t>(options_.candidates), 2 * wanted));
        }
        std::vector<VectorHit> hits;
        hits.reserve(near.size());
        for (const NearGraph::Near& one : near) hits.push_back({shelf->names[one.number], one.distance});
        std::ranges::sort(hits, {}, [](const VectorHit& hit) { return std::pair(hit.distance, std::string_view(hit.id)); });
        if (hits.size() > wanted) hits.resize(wanted);
        return hits;
    }

    Result<void> save() override {
        if (options_.file.empty()) return {};
        const std::lock_guard writing(saving_);
        std::string bytes;
        {
            const std::shared_lock lock(mutex_);
            TRY(bytes, packed());
        }
        if (options_.file.has_parent_path()) TRY_VOID(make_folder(options_.file.parent_path()));
        return write_sealed(options_.file, magic, bytes, options_.cipher.get());
    }

    Result<void> verify() override {
        if (options_.file.empty()) return {};
        auto bytes = read_sealed(options_.file, magic, options_.cipher.get());
        if (!bytes && bytes.error().code != ErrorCode::not_found) return std::unexpected(bytes.error());
        return {};
    }

    void abandon() override { abandoned_ = true; }

  private:
    using Place = std::pair<std::string, std::string>;  ///< tenant, space

    /// @pre the mutex is held @errors not_found
    Result<VectorSpace> space_of(std::string_view name) const {
        const auto found = spaces_.find(name);
        if (found == spaces_.end()) return fail(ErrorCode::not_found, "there is no space '" + std::string(name.substr(0, 60)) + "'; create it first");
        return found->second;
    }
    /// Null where the tenant has put nothing yet.
    Result<Shelf*> shelf_of(std::string_view tenant, std::string_view name) const {
        TRY_VOID(space_of(name));
        const auto found = shelves_.find({std::string(tenant), std::string(name)});
        return found == shelves_.end() ? nullptr : found->second.get();
    }

    /// How many of these are new and find no place of a removed one.
    static std::int64_t places_needed(const Shelf& shelf, const std::vector<VectorItem>& items) {
        std::set<std::string_view> fresh;
        for (const VectorItem& item : items)
            if (!shelf.numbers.contains(item.id)) fresh.insert(item.id);
        return std::max<std::int64_t>(0, std::ssize(fresh) - std::ssize(shelf.free));
    }

    Result<void> take(Shelf& shelf, const VectorItem& item) {
        auto at = shelf.numbers.find(item.id);
        std::uint64_t number = shelf.names.size();
        const bool fresh = at == shelf.numbers.end() && shelf.free.empty();
        if (at != shelf.numbers.end()) number = at->second;
        else if (!fresh) number = shelf.free.back();
        TRY_VOID(shelf.graph.put(number, seed_of(item.id), item.values));
        if (at != shelf.numbers.end()) return {};
        if (fresh) {
            shelf.names.push_back(item.id);
            floats_ += shelf.space.dimensions;
        } else {
            shelf.free.pop_back();
            shelf.names[number] = item.id;
        }
        shelf.numbers.emplace(item.id, number);
        return {};
    }

    Result<std::string> packed() const {
        ByteWriter out;
        out.put(static_cast<std::uint64_t>(spaces_.size()));
        for (const auto& [name, space] : spaces_) {
            out.put_text(name);
            out.put(space.dimensions);
            out.put(space.metric);
        }
        out.put(static_cast<std::uint64_t>(shelves_.size()));
        for (const auto& [place, shelf] : shelves_) {
            TRY(const std::string graph, shelf->graph.packed());
            out.put_text(place.first);
            out.put_text(place.second);
            out.put_text(shelf->packed_names());
            out.put_text(graph);
        }
        return out.bytes();
    }

    Result<void> unpack(std::string_view bytes) {
        ByteReader in(bytes);
        const auto spaces = in.get<std::uint64_t>();
        for (std::uint64_t i = 0; i < spaces && !in.failed(); ++i) {
            const std::string name = in.get_text();
            const auto dimensions = in.get<int>();
            spaces_[name] = {dimensions, in.get<ports::VectorMetric>()};
        }
        const auto shelves = in.get<std::uint64_t>();
        for (std::uint64_t i = 0; i < shelves && !in.failed(); ++i) {
            Place place{in.get_text(), ""};
            place.second = in.get_text();
            const std::string names = in.get_text(), graph = in.get_text();
            const auto space = spaces_.find(place.second);
            if (in.failed() || space == spaces_.end()) break;
            auto shelf = std::make_unique<Shelf>(space->second);
            if (!shelf->unpack_names(names)) break;
            TRY_VOID(shelf->graph.unpack(graph));
            floats_ += std::ssize(shelf->names) * shelf->space.dimensions;
            shelves_[place] = std::move(shelf);
        }
        if (in.at_end() && shelves_.size() == shelves) return {};
        return fail(ErrorCode::gate_refused, options_.file.string() + ": damaged; remove it and put the vectors again");
    }

    HnswOptions options_;
    mutable std::shared_mutex mutex_;
    std::mutex saving_;
    std::map<std::string, VectorSpace, std::less<>> spaces_;
    std::map<Place, std::unique_ptr<Shelf>> shelves_;
    std::int64_t floats_ = 0;  ///< that the graphs hold, removed ones among them
    bool abandoned_ = false;
};

}  // namespace

Result<std::unique_ptr<HnswVectors>> open_hnsw_vectors(HnswOptions options) {
    if (options.floats_max < 1 || options.exact_up_to < 0 || options.candidates < 1)
        return fail(ErrorCode::usage, "a store of vectors holds a value or more, and looks at a candidate or more");
    auto store = std::make_unique<Store>(std::move(options));
    if (auto loaded = store->load(); !loaded) {
        store->abandon();  // what could not be read is not written over
        return std::unexpected(loaded.error());
    }
    return store;
}

}  // namespace aitrading::engines

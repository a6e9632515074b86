#include "ports/vectors/tests/reference_vectors.hpp"

#include <algorithm>
#include <atomic>

#include "domain/tenant.hpp"

namespace aitrading::ports {
namespace {

using Fault = VectorFault;
using Lock = std::lock_guard<std::mutex>;

std::atomic<std::size_t> stores{0};

class PlainVectors final : public Vectors {
  public:
    PlainVectors(Fault fault, std::shared_ptr<ReferenceSpaces> saved) : fault_(fault), saved_(std::move(saved)), now_(*saved_), run_(stores++) {}

    Result<void> create(std::string_view name, const VectorSpace& what) override {
        TRY_VOID(check_vector_space(name, what));
        const Lock lock(mutex_);
        const auto found = now_.spaces.find(name);
        if (found != now_.spaces.end() && found->second.what != what) return fail(ErrorCode::usage, "the space is another");
        now_.spaces[std::string(name)].what = what;
        return {};
    }
    Result<void> put(std::string_view tenant, std::string_view name, const std::vector<VectorItem>& items) override {
        const Lock lock(mutex_);
        TRY(auto* space, find(tenant, name));
        const auto sound = check_vector_items(items, space->what);
        if (fault_ == Fault::puts_half && !sound && !items.empty()) space->vectors[{std::string(tenant), items[0].id}] = items[0].values;
        TRY_VOID(sound);
        for (const VectorItem& item : items) {
            const std::pair key{std::string(tenant), item.id};
            if (fault_ == Fault::keeps_the_old_place && space->vectors.contains(key)) continue;
            space->vectors[key] = item.values;
        }
        return {};
    }
    Result<std::int64_t> remove(std::string_view tenant, std::string_view name, const std::vector<std::string>& ids) override {
        const Lock lock(mutex_);
        TRY(auto* space, find(tenant, name));
        std::int64_t removed = 0;
        for (const std::string& id : ids) {
            const auto at = space->vectors.find({std::string(tenant), id});
            if (at == space->vectors.end()) continue;
            ++removed;
            if (fault_ != Fault::finds_what_is_removed) space->vectors.erase(at);
        }
        return removed;
    }
    Result<std::int64_t> count(std::string_view tenant, std::string_view name) override {
        const Lock lock(mutex_);
        TRY(auto* space, find(tenant, name));
        return std::ranges::count_if(space->vectors, [&](const auto& one) { return one.first.first == tenant; });
    }
    Result<std::vector<VectorHit>> nearest(std::string_view tenant, std::string_view name, const std::vector<float>& query, int hits_max) override {
        TRY_VOID(check_vector_hits(hits_max));
        const Lock lock(mutex_);
        TRY(auto* space, find(tenant, name));
        TRY_VOID(check_vector("the query", query, space->what));
        const VectorMetric metric = fault_ == Fault::ignores_the_metric ? VectorMetric::l2 : space->what.metric;
        std::vector<std::pair<VectorHit, std::string>> all;
        std::size_t at = 0;
        for (const auto& [key, values] : space->vectors) {
            ++at;
            if (fault_ != Fault::filters_too_late && key.first != tenant) continue;
            if (fault_ == Fault::misses_many && at % 10 == 0) continue;
            if (fault_ == Fault::answers_by_chance && at % 7 == run_ % 7) continue;
            float distance = vector_distance(values, query, metric);
            if (fault_ == Fault::gives_squares && metric == VectorMetric::l2) distance *= distance;
            all.push_back({{key.second, distance}, key.first});
        }
        std::ranges::sort(all, {}, [](const auto& one) { return std::pair(one.first.distance, one.first.id); });
        if (all.size() > static_cast<std::size_t>(hits_max)) all.resize(static_cast<std::size_t>(hits_max));
        std::vector<VectorHit> hits;
        for (auto& [hit, owner] : all)
            if (owner == tenant) hits.push_back(std::move(hit));
        return hits;
    }
    Result<void> save() override {
        const Lock lock(mutex_);
        *saved_ = now_;
        return {};
    }
    Result<void> verify() override { return {}; }

  private:
    Result<ReferenceSpaces::Space*> find(std::string_view tenant, std::string_view name) {
        TRY_VOID(check_tenant(tenant));
        const auto found = now_.spaces.find(name);
        if (found == now_.spaces.end()) return fail(ErrorCode::not_found, "no such space");
        return &found->second;
    }

    Fault fault_;
    std::mutex mutex_;
    std::shared_ptr<ReferenceSpaces> saved_;
    ReferenceSpaces now_;
    std::size_t run_;
};

}  // namespace

Result<std::unique_ptr<Vectors>> ReferenceVectorGround::open() { return std::make_unique<PlainVectors>(fault_, saved_); }

void ReferenceVectorGround::cut(std::unique_ptr<Vectors> vectors) {
    vectors.reset();
    if (fault_ != VectorFault::loses_what_is_saved) return;
    for (auto& [name, space] : saved_->spaces)
        if (!space.vectors.empty()) space.vectors.erase(std::prev(space.vectors.end()));
}

}  // namespace aitrading::ports

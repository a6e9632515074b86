#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "base/random.hpp"
#include "ports/vectors/conformance/checks.hpp"

namespace aitrading::ports::conformance {
namespace {

using Bench = VectorBench;
using Make = MakeVectorGround;

std::string the_nearest_come_first_with_their_distances(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    AIT_EXPECT(b.nearest("plane", {0, 0}).empty(), "nothing is near in an empty space");
    AIT_OK(b.vectors->put("t", "plane", {{"far", {6, 8}}, {"here", {0, 0}}, {"near", {3, 4}}, {"twin", {-3, 4}}}));
    const auto hits = b.vectors->nearest("t", "plane", {0, 0}, 10);
    AIT_OK(hits);
    AIT_EXPECT((*hits == std::vector<VectorHit>{{"here", 0}, {"near", 5}, {"twin", 5}, {"far", 10}}), "Euclidean distances, equal ones by id");
    AIT_EXPECT(b.nearest("plane", {5, 8}, 2) == "far near", "no more than asked for");
    AIT_OK(b.vectors->put("t", "sphere", {{"x", {10, 0, 0}}, {"xy", {1, 1, 0}}, {"y", {0, 0.5F, 0}}, {"back", {-3, 0, 0}}}));
    const auto angles = b.vectors->nearest("t", "sphere", {2, 0, 0}, 10);
    AIT_OK(angles);
    AIT_EXPECT(b.nearest("sphere", {2, 0, 0}) == "x xy y back", "by angle, whatever the lengths");
    const std::vector<double> expected{0, 1 - std::sqrt(0.5), 1, 2};
    for (std::size_t i = 0; i < expected.size(); ++i) AIT_EXPECT(std::abs((*angles)[i].distance - expected[i]) < 1e-5, "1 - cosine");
    AIT_EXPECT(b.vectors->count("t", "plane").value() == 4 && b.vectors->count("t", "sphere").value() == 4, "each is counted");
    return {};
}

std::string a_vector_is_replaced_and_removed_by_its_id(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    AIT_OK(b.vectors->put("t", "plane", {{"a", {1, 0}}, {"b", {2, 0}}, {"c", {3, 0}}}));
    AIT_OK(b.vectors->put("t", "plane", {{"a", {9, 0}}}));
    AIT_EXPECT(b.nearest("plane", {0, 0}) == "b c a", "it is where it was put last: " + b.nearest("plane", {0, 0}));
    AIT_EXPECT(b.vectors->remove("t", "plane", {"b", "absent", "b"}).value() == 1, "remove says how many there were");
    AIT_EXPECT(b.nearest("plane", {0, 0}) == "c a" && b.vectors->count("t", "plane").value() == 2, "removed is not found");
    AIT_OK(b.vectors->put("t", "plane", {{"d", {2.5F, 0}}, {"b", {4, 0}}, {"d", {1, 0}}}));
    AIT_EXPECT(b.nearest("plane", {0, 0}) == "d c b a", "put again, and within one put the later holds: " + b.nearest("plane", {0, 0}));
    AIT_EXPECT(b.vectors->remove("t", "plane", {"a", "b", "c", "d"}).value() == 4 && b.nearest("plane", {0, 0}).empty(), "all of them");
    AIT_OK(b.vectors->put("t", "plane", {{"e", {1, 1}}}));
    AIT_EXPECT(b.nearest("plane", {0, 0}) == "e", "and one after that");
    return {};
}

std::string tenants_and_spaces_keep_apart(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    for (int i = 0; i < 50; ++i) AIT_OK(b.vectors->put("other", "plane", {{"o" + std::to_string(i), {0.001F * static_cast<float>(i), 0}}}));
    AIT_OK(b.vectors->put("t", "plane", {{"mine", {100, 100}}}));
    AIT_EXPECT(b.nearest("plane", {0, 0}) == "mine", "others' vectors are no hits, however near");
    AIT_EXPECT(b.vectors->count("t", "plane").value() == 1 && b.vectors->count("other", "plane").value() == 50 && b.vectors->count("third", "plane").value() == 0, "counts");
    AIT_EXPECT(b.vectors->remove("t", "plane", {"o1"}).value() == 0, "nor can they be removed");
    AIT_OK(b.vectors->put("t", "sphere", {{"mine", {1, 1, 1}}}));
    AIT_EXPECT(b.vectors->remove("t", "sphere", {"mine"}).value() == 1 && b.nearest("plane", {0, 0}) == "mine", "one id in two spaces is two vectors");
    return {};
}

std::string few_of_the_nearest_are_missed(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    constexpr int dimensions = 16, hits = 10;
    for (const VectorMetric metric : {VectorMetric::l2, VectorMetric::cosine}) {
        const std::string space = metric == VectorMetric::l2 ? "long" : "round";
        AIT_OK(b.vectors->create(space, {dimensions, metric}));
        std::vector<VectorItem> there = drawn_vectors(2'000, dimensions, 1);
        AIT_OK(b.vectors->put("t", space, there));
        // A fifth is replaced, a third removed: what is left is searched as well as what was put at once.
        const std::vector<VectorItem> moved = drawn_vectors(400, dimensions, 2);
        AIT_OK(b.vectors->put("t", space, moved));
        std::ranges::copy(moved, there.begin());
        std::vector<std::string> gone;
        for (std::size_t i = 0; i < there.size(); i += 3) gone.push_back(there[i].id);
        AIT_EXPECT(b.vectors->remove("t", space, gone).value() == std::ssize(gone), "removed");
        std::erase_if(there, [&, at = 0](const VectorItem&) mutable { return at++ % 3 == 0; });
        int found = 0;
        const std::vector<VectorItem> queries = drawn_vectors(50, dimensions, 3);
        for (const VectorItem& query : queries) {
            std::vector<VectorHit> right;
            right.reserve(there.size());
            for (const VectorItem& item : there) right.push_back({item.id, vector_distance(item.values, query.values, metric)});
            std::ranges::sort(right, {}, [](const VectorHit& hit) { return std::pair(hit.distance, hit.id); });
            const auto answer = b.vectors->nearest("t", space, query.values, hits);
            AIT_OK(answer);
            AIT_EXPECT(answer->size() == hits, "as many as asked for");
            std::set<std::string> ids;
            for (const VectorHit& hit : *answer) {
                ids.insert(hit.id);
                const auto real = std::ranges::find(right, hit.id, &VectorHit::id);
                AIT_EXPECT(real != right.end() && std::abs(real->distance - hit.distance) < 1e-4F * (1 + real->distance), "a distance is right");
            }
            AIT_EXPECT(ids.size() == hits && std::ranges::is_sorted(*answer, {}, &VectorHit::distance), "each once, in order");
            for (int i = 0; i < hits; ++i) found += static_cast<int>(ids.count(right[static_cast<std::size_t>(i)].id));
        }
        AIT_EXPECT(found >= 50 * hits * 95 / 100, "recall of ten is 0.95 or more, not " + std::to_string(found / (50.0 * hits)));
    }
    return {};
}

std::string the_same_calls_give_the_same_answers(const Make& make) {
    std::vector<std::vector<VectorHit>> answers;
    for (int run = 0; run < 2; ++run) {
        Bench b(make);
        AIT_EXPECT(b.broken.empty(), b.broken);
        AIT_OK(b.vectors->create("long", {8, VectorMetric::l2}));
        AIT_OK(b.vectors->put("t", "long", drawn_vectors(500, 8, 4)));
        AIT_OK(b.vectors->remove("t", "long", {"v7", "v8"}));
        std::vector<VectorHit> all;
        for (const VectorItem& query : drawn_vectors(20, 8, 5)) {
            const auto hits = b.vectors->nearest("t", "long", query.values, 5);
            AIT_OK(hits);
            all.insert(all.end(), hits->begin(), hits->end());
        }
        answers.push_back(std::move(all));
    }
    AIT_EXPECT(answers[0] == answers[1], "twice the same");
    return {};
}

}  // namespace

std::vector<VectorItem> drawn_vectors(int count, int dimensions, std::uint64_t seed, int from) {
    SplitMix64 random(seed), centres(99);
    std::vector<std::vector<float>> middle(10, std::vector<float>(static_cast<std::size_t>(dimensions)));
    for (auto& centre : middle)
        for (float& value : centre) value = static_cast<float>(3 * centres.next_normal());
    std::vector<VectorItem> items;
    items.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        VectorItem item{"v" + std::to_string(from + i), middle[random.next_below(middle.size())]};
        for (float& value : item.values) value += static_cast<float>(random.next_normal());
        items.push_back(std::move(item));
    }
    return items;
}

std::vector<VectorCheck> vector_finding_checks() {
    return {{"the_nearest_come_first_with_their_distances", the_nearest_come_first_with_their_distances},
            {"a_vector_is_replaced_and_removed_by_its_id", a_vector_is_replaced_and_removed_by_its_id},
            {"tenants_and_spaces_keep_apart", tenants_and_spaces_keep_apart},
            {"few_of_the_nearest_are_missed", few_of_the_nearest_are_missed},
            {"the_same_calls_give_the_same_answers", the_same_calls_give_the_same_answers}};
}

std::vector<VectorCheck> vector_checks() {
    std::vector<VectorCheck> all = vector_finding_checks();
    for (const VectorCheck& check : vector_keeping_checks()) all.push_back(check);
    return all;
}

}  // namespace aitrading::ports::conformance

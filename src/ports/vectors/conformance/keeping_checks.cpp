#include <limits>
#include <mutex>
#include <thread>
#include <tuple>

#include "ports/vectors/conformance/checks.hpp"

namespace aitrading::ports::conformance {
namespace {

using Bench = VectorBench;
using Make = MakeVectorGround;

std::string what_was_saved_survives_a_cut(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    AIT_OK(b.vectors->create("long", {8, VectorMetric::l2}));
    const auto answers = [&] {
        std::string all;
        for (const VectorItem& query : drawn_vectors(10, 8, 6)) all += b.nearest("long", query.values, 5) + ";";
        return all;
    };
    AIT_OK(b.vectors->put("t", "long", drawn_vectors(400, 8, 1)));
    AIT_OK(b.vectors->remove("t", "long", {"v1", "v2", "v3"}));
    AIT_OK(b.vectors->save());
    const std::string before = answers();
    b.cut();
    AIT_EXPECT(b.broken.empty(), b.broken);
    AIT_EXPECT(b.vectors->count("t", "long").value() == 397, "what was saved is there");
    AIT_EXPECT(answers() == before, "and gives the same answers");
    AIT_OK(b.vectors->verify());
    AIT_OK(b.vectors->put("t", "long", drawn_vectors(100, 8, 2, 1'000)));
    b.cut();
    AIT_EXPECT(b.broken.empty(), b.broken);
    const auto left = b.vectors->count("t", "long");
    AIT_OK(left);
    AIT_EXPECT(*left == 397 || *left == 497, "the last save or a later moment, whole");
    AIT_OK(b.vectors->remove("t", "long", {"v4"}));
    AIT_OK(b.vectors->put("t", "long", {{"v5", std::vector<float>(8, 0)}, {"new", std::vector<float>(8, 1)}}));
    AIT_EXPECT(b.vectors->count("t", "long").value() == *left, "it goes on from there");
    AIT_EXPECT(b.nearest("long", std::vector<float>(8, 0), 1) == "v5", "and finds what came later");
    return {};
}

std::string a_put_is_all_or_nothing(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    constexpr float none = std::numeric_limits<float>::quiet_NaN(), endless = std::numeric_limits<float>::infinity();
    const auto refused = [&](const char* space, const VectorItem& good, const VectorItem& bad) {
        return refusal_of(b.vectors->put("t", space, {good, bad})) == ErrorCode::bad_input && b.vectors->count("t", space).value() == 0;
    };
    for (const VectorItem& bad : {VectorItem{"b", {1}}, {"b", {1, 2, 3}}, {"b", {none, 0}}, {"b", {0, endless}}, {"b", {3e38F, 3e38F}}, {"", {1, 2}}, {std::string(257, 'x'), {1, 2}}})
        AIT_EXPECT(refused("plane", {"a", {1, 2}}, bad), "a vector that is none");
    AIT_EXPECT(refused("sphere", {"a", {1, 2, 3}}, {"b", {0, 0, 0}}), "a zero has no direction");
    AIT_OK(b.vectors->put("t", "plane", {{"zero", {0, 0}}}));
    AIT_EXPECT(refusal_of(b.vectors->nearest("t", "plane", {none, 0}, 1)) == ErrorCode::bad_input, "a query that is no vector");
    AIT_EXPECT(refusal_of(b.vectors->nearest("t", "sphere", {0, 0, 0}, 1)) == ErrorCode::bad_input, "or has no direction");
    return {};
}

std::string what_is_outside_the_limits_is_refused(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    const auto usage = [](const auto& result) { return refusal_of(result) == ErrorCode::usage; };
    for (const char* name : {"", "Space", "a-b", "a/b", ".."}) AIT_EXPECT(usage(b.vectors->create(name, {2})), std::string("a name: ") + name);
    AIT_EXPECT(usage(b.vectors->create("x", {0})) && usage(b.vectors->create("x", {vector_dimensions_max + 1})), "dimensions");
    AIT_EXPECT(usage(b.vectors->create("plane", {3, VectorMetric::l2})) && usage(b.vectors->create("plane", {2, VectorMetric::cosine})), "another space of the name");
    AIT_EXPECT(usage(b.vectors->nearest("t", "plane", {0, 0}, 0)) && usage(b.vectors->nearest("t", "plane", {0, 0}, vector_hits_max + 1)), "hits");
    AIT_EXPECT(usage(b.vectors->put("a b", "plane", {})) && usage(b.vectors->nearest("", "plane", {0, 0}, 1)), "a tenant");
    AIT_EXPECT(usage(b.vectors->put("t", "plane", std::vector<VectorItem>(vector_batch_max + 1, {"a", {1, 1}}))), "too many at once");
    AIT_EXPECT(refusal_of(b.vectors->put("t", "nowhere", {})) == ErrorCode::not_found, "a space that is not there");
    AIT_EXPECT(refusal_of(b.vectors->count("t", "nowhere")) == ErrorCode::not_found, "nor to be counted");
    return {};
}

std::string writers_and_searchers_side_by_side(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    AIT_OK(b.vectors->create("long", {8, VectorMetric::l2}));
    AIT_OK(b.vectors->put("t", "long", {{"fixed", std::vector<float>(8, 50)}}));
    std::mutex mutex;
    std::string broken;
    const auto say = [&](const std::string& what) {
        const std::lock_guard lock(mutex);
        broken = what;
    };
    constexpr int each = 20, batch = 10;
    const auto write = [&](int writer) {
        for (int i = 0; i < each; ++i) {
            const auto put = b.vectors->put("t", "long", drawn_vectors(batch, 8, static_cast<std::uint64_t>(writer * 1'000 + i), writer * 10'000 + i * batch));
            if (!put) return say(put.error().text);
            if (i % 5 == 0) std::ignore = b.vectors->save();
        }
    };
    const auto search = [&] {
        for (int i = 0; i < each * 3; ++i) {
            const auto hits = b.vectors->nearest("t", "long", std::vector<float>(8, 50), 3);
            if (!hits) return say(hits.error().text);
            if (hits->empty() || hits->front() != VectorHit{"fixed", 0}) return say("what was there all the time was not found");
        }
    };
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (int t = 0; t < 2; ++t) threads.emplace_back(write, t);
    for (int t = 0; t < 2; ++t) threads.emplace_back(search);
    for (std::thread& thread : threads) thread.join();
    AIT_EXPECT(broken.empty(), broken);
    AIT_EXPECT(b.vectors->count("t", "long").value() == 1 + 2 * each * batch, "all that was put is there");
    return {};
}

}  // namespace

std::vector<VectorCheck> vector_keeping_checks() {
    return {{"what_was_saved_survives_a_cut", what_was_saved_survives_a_cut},
            {"a_put_is_all_or_nothing", a_put_is_all_or_nothing},
            {"what_is_outside_the_limits_is_refused", what_is_outside_the_limits_is_refused},
            {"writers_and_searchers_side_by_side", writers_and_searchers_side_by_side}};
}

}  // namespace aitrading::ports::conformance

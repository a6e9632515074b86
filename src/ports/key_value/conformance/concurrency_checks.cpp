#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "ports/key_value/conformance/checks.hpp"

namespace aitrading::ports::conformance {
namespace {

using Bench = KeyValueBench;
using Make = MakeKeyValueGround;

constexpr int threads_count = 4, each = 200;

/// What several threads found; the first that broke something says it.
struct Findings {
    std::mutex mutex;
    std::string broken;
    std::set<std::int64_t> values;
    std::atomic<int> successes{0};
    void say(const std::string& what) {
        const std::lock_guard lock(mutex);
        broken = what;
    }
};

template <class Work>
void side_by_side(const Work& work) {
    std::vector<std::thread> threads;
    threads.reserve(threads_count);
    for (int t = 0; t < threads_count; ++t) threads.emplace_back([&work, t] { work(t); });
    for (std::thread& thread : threads) thread.join();
}

std::string additions_of_several_threads_all_count(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    constexpr std::int64_t bound = threads_count * each - 150;
    Findings found;
    side_by_side([&](int) {
        for (int i = 0; i < each; ++i) {
            const auto done = b.store->add({"t", "c"}, {.max = bound});
            if (!done) return found.say(done.error().text);
            if (!done->added) continue;
            ++found.successes;
            const std::lock_guard lock(found.mutex);
            if (!found.values.insert(done->value).second) found.broken = "two additions gave one value";
        }
    });
    AIT_EXPECT(found.broken.empty(), found.broken);
    AIT_EXPECT(found.successes == bound, "as many additions as the bound lets, " + std::to_string(found.successes.load()));
    AIT_EXPECT(b.store->get({"t", "c"}).value() == std::to_string(bound), "the counter stands at its bound");
    return {};
}

std::string a_comparison_and_its_set_are_one_step(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    AIT_OK(b.store->put({"t", "n"}, "0"));
    Findings found;
    side_by_side([&](int) {
        for (int done = 0; done < each / 4;) {
            const auto before = b.store->get({"t", "n"});
            if (!before || !*before) return found.say("the value is gone");
            const auto set = b.store->compare_and_set({"t", "n"}, **before, std::to_string(std::stoi(**before) + 1));
            if (!set) return found.say(set.error().text);
            if (*set) ++done;
        }
    });
    AIT_EXPECT(found.broken.empty(), found.broken);
    AIT_EXPECT(b.store->get({"t", "n"}).value() == std::to_string(threads_count * (each / 4)), "no step was lost");
    return {};
}

std::string a_lock_has_one_holder(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    Findings found;
    side_by_side([&](int t) {
        for (int i = 0; i < each; ++i) {
            const auto taken = b.store->put({"t", "lock" + std::to_string(i)}, std::to_string(t), {.when = PutRule::When::absent});
            if (!taken) return found.say(taken.error().text);
            if (*taken) ++found.successes;
        }
    });
    AIT_EXPECT(found.broken.empty(), found.broken);
    AIT_EXPECT(found.successes == each, "each lock was taken by one");
    return {};
}

std::string readers_see_whole_values(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    const std::string one(20'000, 'a'), other(30'000, 'b');
    AIT_OK(b.store->put({"t", "v"}, one));
    Findings found;
    side_by_side([&](int t) {
        for (int i = 0; i < each / 4; ++i) {
            if (t == 0) {
                if (const auto put = b.store->put({"t", "v"}, i % 2 == 0 ? other : one); !put) found.say(put.error().text);
                continue;
            }
            const auto got = b.store->get({"t", "v"});
            if (!got) return found.say(got.error().text);
            if (!*got || (**got != one && **got != other)) return found.say("half a value was read");
        }
    });
    AIT_EXPECT(found.broken.empty(), found.broken);
    return {};
}

}  // namespace

std::vector<KeyValueCheck> kv_concurrency_checks() {
    return {{"additions_of_several_threads_all_count", additions_of_several_threads_all_count},
            {"a_comparison_and_its_set_are_one_step", a_comparison_and_its_set_are_one_step},
            {"a_lock_has_one_holder", a_lock_has_one_holder},
            {"readers_see_whole_values", readers_see_whole_values}};
}

}  // namespace aitrading::ports::conformance

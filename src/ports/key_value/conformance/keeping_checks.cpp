#include "ports/key_value/conformance/checks.hpp"

namespace aitrading::ports::conformance {
namespace {

using std::chrono::milliseconds;
using Bench = KeyValueBench;
using Make = MakeKeyValueGround;

constexpr milliseconds short_life{40}, long_life{60'000};

std::string a_life_ends_in_its_time(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    for (const char* key : {"a", "b", "c", "d", "e"}) AIT_OK(b.store->put({"t", key}, "7", {.lives_for = short_life}));
    AIT_OK(b.store->put({"t", "stays"}, "7", {.lives_for = long_life}));
    b.ground->pass(short_life);
    AIT_EXPECT(b.store->get({"t", "stays"}).value() == "7", "a longer life goes on");
    AIT_EXPECT(!b.store->get({"t", "a"}).value() && !b.store->remove({"t", "a"}).value(), "at its end a key is as if removed");
    AIT_EXPECT(!b.store->life({"t", "b"}).value().there, "it has no life left");
    AIT_EXPECT(b.store->put({"t", "b"}, "8", {.when = PutRule::When::absent}).value(), "its place can be taken");
    AIT_EXPECT(b.store->compare_and_set({"t", "c"}, std::nullopt, "8").value(), "it is expected to be absent");
    AIT_EXPECT((b.store->add({"t", "d"}, {}).value() == Counted{1, true}), "its counter begins anew");
    const auto page = b.store->scan("t", "", "", 100);
    AIT_OK(page);
    for (const std::string& key : page->keys) AIT_EXPECT(key != "a" && key != "e", "a scan does not find it");
    AIT_EXPECT(!b.store->get_many("t", {"e"}).value()[0], "nor does get_many");
    return {};
}

std::string each_write_says_how_long_it_lives(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    const auto left = [&](const char* key) { return b.store->life({"t", key}).value().left; };
    for (const char* key : {"put", "set"}) AIT_OK(b.store->put({"t", key}, "1", {.lives_for = short_life}));
    AIT_OK(b.store->put({"t", "put"}, "2"));
    AIT_OK(b.store->put({"t", "set"}, "1", {.lives_for = long_life}));
    AIT_EXPECT(b.store->compare_and_set({"t", "set"}, "1", "2").value(), "the value is as expected");
    b.ground->pass(short_life);
    AIT_EXPECT(b.store->get({"t", "put"}).value() == "2" && !left("put"), "a put without an end takes the old end away");
    AIT_EXPECT(b.store->get({"t", "set"}).value() == "2" && !left("set"), "so does a set");
    AIT_OK(b.store->put({"t", "put"}, "3", {.lives_for = long_life}));
    b.ground->pass(short_life);
    AIT_EXPECT(left("put") && *left("put") <= long_life - short_life && left("put")->count() > 0, "the time left is told");
    AIT_OK(b.store->put({"t", "put"}, "3", {.when = PutRule::When::absent}));
    AIT_EXPECT(left("put"), "a put that is not done leaves the life as it was");
    AIT_OK(b.store->add({"t", "count"}, {.lives_for = long_life}));
    AIT_OK(b.store->add({"t", "count"}, {.lives_for = 2 * long_life}));
    AIT_EXPECT(left("count") && *left("count") <= long_life, "a counter keeps the life with which it began");
    AIT_OK(b.store->add({"t", "count"}, {.delta = 5, .max = 3}));
    AIT_EXPECT(left("count") && *left("count") <= long_life, "also where an addition is not done");
    AIT_OK(b.store->add({"t", "endless"}, {}));
    AIT_OK(b.store->add({"t", "endless"}, {.lives_for = long_life}));
    AIT_EXPECT(b.store->life({"t", "endless"}).value().there && !left("endless"), "an endless counter stays one");
    return {};
}

std::string what_a_restart_brings_back_was_put(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    const std::string value(10'000, 'v');
    for (int i = 0; i < 50; ++i) AIT_OK(b.store->put({"t", "k" + std::to_string(i)}, value + std::to_string(i)));
    AIT_OK(b.store->put({"t", "short"}, "1", {.lives_for = short_life}));
    AIT_OK(b.store->put({"t", "long"}, "1", {.lives_for = long_life}));
    AIT_OK(b.store->remove({"t", "k0"}));
    b.reopen();
    AIT_EXPECT(b.broken.empty(), b.broken);
    b.ground->pass(short_life);
    AIT_EXPECT(!b.store->get({"t", "k0"}).value(), "what was removed before a close in peace stays removed");
    AIT_EXPECT(!b.store->get({"t", "short"}).value(), "a life ends also across a restart");
    const auto life = b.store->life({"t", "long"});
    AIT_OK(life);
    AIT_EXPECT(!life->there || (life->left && *life->left <= long_life), "a life is not longer after a restart");
    for (int i = 1; i < 50; ++i) {
        const auto got = b.store->get({"t", "k" + std::to_string(i)});
        AIT_OK(got);
        AIT_EXPECT(!*got || **got == value + std::to_string(i), "what comes back is what was put last");
    }
    return {};
}

std::string after_a_cut_no_value_is_made_up(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    const std::string first(5'000, 'a'), second(9'000, 'b');
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 20; ++i) AIT_OK(b.store->put({"t", "k" + std::to_string(i)}, first));
        if (round == 1) b.reopen();
        AIT_EXPECT(b.broken.empty(), b.broken);
        for (int i = 0; i < 10; ++i) AIT_OK(b.store->put({"t", "k" + std::to_string(i)}, second));
        b.cut();
        AIT_EXPECT(b.broken.empty(), "the store opens after a cut: " + b.broken);
        for (int i = 0; i < 20; ++i) {
            const auto got = b.store->get({"t", "k" + std::to_string(i)});
            AIT_OK(got);
            AIT_EXPECT(!*got || **got == first || **got == second, "a value is one that was put, whole");
        }
    }
    AIT_OK(b.store->health());
    return {};
}

std::string a_full_store_drops_what_was_used_least_recently(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    const auto bound = b.ground->bytes_max();
    if (!bound) return {};  // the server's matter, set by its operator
    const std::string value(*bound / 40, 'v');
    const auto key = [](int i) { return "k" + std::to_string(i); };
    AIT_OK(b.store->put({"t", "hot"}, value));
    constexpr int puts = 200;
    for (int i = 0; i < puts; ++i) {
        AIT_OK(b.store->put({"t", key(i)}, value));
        AIT_EXPECT(b.store->get({"t", "hot"}).value() == value, "what is in use stays");
    }
    std::size_t held = 0;
    int kept = 0;
    for (int i = 0; i < puts; ++i) {
        if (!b.store->get({"t", key(i)}).value()) continue;
        held += value.size() + key(i).size();
        ++kept;
    }
    AIT_EXPECT(held <= *bound, "the store keeps within its bound");
    AIT_EXPECT(kept >= 15, "and uses what it has");
    AIT_EXPECT(b.store->get({"t", key(puts - 1)}).value() && !b.store->get({"t", key(0)}).value(), "the oldest went first");
    return {};
}

}  // namespace

std::vector<KeyValueCheck> kv_life_checks() {
    return {{"a_life_ends_in_its_time", a_life_ends_in_its_time}, {"each_write_says_how_long_it_lives", each_write_says_how_long_it_lives}};
}

std::vector<KeyValueCheck> kv_keeping_checks() {
    return {{"what_a_restart_brings_back_was_put", what_a_restart_brings_back_was_put},
            {"after_a_cut_no_value_is_made_up", after_a_cut_no_value_is_made_up},
            {"a_full_store_drops_what_was_used_least_recently", a_full_store_drops_what_was_used_least_recently}};
}

}  // namespace aitrading::ports::conformance

#include <algorithm>
#include <limits>
#include <set>

#include "ports/key_value/conformance/checks.hpp"

namespace aitrading::ports::conformance {
namespace {

using namespace std::string_literals;
using When = PutRule::When;
using Bench = KeyValueBench;
using Make = MakeKeyValueGround;

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max(), least = std::numeric_limits<std::int64_t>::min();

std::string values_come_back_as_they_were_put(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    const std::vector<std::pair<std::string, std::string>> things{
        {"plain", "value"}, {"empty", ""}, {"zero\0inside"s, "a\0b\r\n%s {}"s}, {std::string(kv_key_bytes_max, 'k'), "long key"},
        {"*?[a]\\ \xFF\xFE", std::string("\xF0\x9F\x98\x80 \xFF")}, {"large", std::string(kv_value_bytes_max, 'v')}};
    for (const auto& [key, value] : things) {
        const auto put = b.store->put({"t", key}, value);
        AIT_OK(put);
        AIT_EXPECT(*put, "a put without a condition is done");
    }
    std::vector<std::string> keys{"absent"};
    for (const auto& [key, value] : things) {
        const auto got = b.store->get({"t", key});
        AIT_OK(got);
        AIT_EXPECT(*got == value, "a value comes back byte by byte: " + key.substr(0, 20));
        keys.push_back(key);
    }
    const auto all = b.store->get_many("t", keys);
    AIT_OK(all);
    AIT_EXPECT(all->size() == keys.size() && !(*all)[0], "get_many answers each key in its order, an absent one with nothing");
    for (std::size_t i = 0; i < things.size(); ++i) AIT_EXPECT((*all)[i + 1] == things[i].second, "get_many gives what get gives");
    AIT_EXPECT(b.store->remove({"t", "plain"}).value() && !b.store->remove({"t", "plain"}).value(), "remove says whether there was one");
    AIT_EXPECT(!b.store->get({"t", "plain"}).value(), "what was removed is gone");
    AIT_OK(b.store->health());
    return {};
}

std::string tenants_do_not_see_each_other(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    // Names that would meet where tenant and key are only laid side by side.
    for (const auto& [tenant, key] : {std::pair{"a", ".b"}, {"a.", "b"}, {"a", "key"}, {"b", "key"}})
        AIT_OK(b.store->put({tenant, key}, std::string(tenant) + "/" + key));
    AIT_EXPECT(b.store->get({"a", ".b"}).value() == "a/.b" && b.store->get({"a.", "b"}).value() == "a./b", "tenants keep apart");
    AIT_EXPECT(b.store->get({"b", "key"}).value() == "b/key", "one key in two tenants is two");
    const auto page = b.store->scan("a", "", "", 100);
    AIT_OK(page);
    AIT_EXPECT((std::set(page->keys.begin(), page->keys.end()) == std::set<std::string>{".b", "key"}), "a scan stays in its tenant");
    AIT_EXPECT(b.store->remove_prefix("a", "").value() == 2, "remove_prefix stays in its tenant");
    AIT_EXPECT(b.store->get({"b", "key"}).value() && b.store->get({"a.", "b"}).value(), "other tenants keep theirs");
    return {};
}

std::string a_put_keeps_its_condition(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    AIT_EXPECT(!b.store->put({"t", "k"}, "1", {.when = When::present}).value(), "nothing is there to be replaced");
    AIT_EXPECT(!b.store->get({"t", "k"}).value(), "a put that is not done leaves nothing");
    AIT_EXPECT(b.store->put({"t", "k"}, "2", {.when = When::absent}).value(), "an absent key is taken");
    AIT_EXPECT(!b.store->put({"t", "k"}, "3", {.when = When::absent}).value(), "a taken key is not taken again");
    AIT_EXPECT(b.store->get({"t", "k"}).value() == "2", "a put that is not done changes nothing");
    AIT_EXPECT(b.store->put({"t", "k"}, "4", {.when = When::present}).value() && b.store->get({"t", "k"}).value() == "4", "replaced");
    return {};
}

std::string only_one_of_two_that_expect_the_same_succeeds(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    const KeyName k{"t", "k"};
    AIT_EXPECT(!b.store->compare_and_set(k, "x", "y").value() && !b.store->get(k).value(), "an absent key has no value to expect");
    AIT_EXPECT(b.store->compare_and_set(k, std::nullopt, "").value(), "absent was expected");
    AIT_EXPECT(!b.store->compare_and_set(k, std::nullopt, "other").value(), "an empty value is not an absent one");
    AIT_EXPECT(b.store->compare_and_set(k, "", "1").value() && b.store->get(k).value() == "1", "an empty value was expected");
    AIT_EXPECT(!b.store->compare_and_set(k, "", "2").value() && b.store->get(k).value() == "1", "the second comes too late");
    AIT_EXPECT(!b.store->compare_and_set(k, "2", std::nullopt).value() && b.store->get(k).value(), "another value is not removed");
    AIT_EXPECT(b.store->compare_and_set(k, "1", std::nullopt).value() && !b.store->get(k).value(), "the expected value is removed");
    AIT_EXPECT(b.store->compare_and_set(k, std::nullopt, std::nullopt).value(), "absent was expected and stays");
    return {};
}

std::string counters_count_exactly_and_within_their_bounds(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    const KeyName k{"t", "c"};
    AIT_EXPECT((b.store->add(k, {.delta = 5, .max = 4}).value() == Counted{0, false}), "the bound holds at the first step");
    AIT_EXPECT(!b.store->get(k).value(), "an addition that is not done leaves nothing");
    AIT_EXPECT((b.store->add(k, {.delta = 3, .max = 4}).value() == Counted{3, true}), "an absent counter begins at 0");
    AIT_EXPECT((b.store->add(k, {.delta = 2, .max = 4}).value() == Counted{3, false}), "the upper bound holds");
    AIT_EXPECT((b.store->add(k, {.delta = 1, .max = 4}).value() == Counted{4, true}), "the bound itself is reached");
    AIT_EXPECT((b.store->add(k, {.delta = -5, .min = 0}).value() == Counted{4, false}), "the lower bound holds");
    AIT_EXPECT((b.store->add(k, {.delta = -5}).value() == Counted{-1, true}), "a counter may be negative");
    AIT_EXPECT(b.store->get(k).value() == "-1", "a counter reads as a decimal integer");
    const std::int64_t large = (std::int64_t{1} << 53) + 1;  // no double has this value
    AIT_EXPECT(b.store->put(k, std::to_string(large)).value(), "a counter is put like any value");
    AIT_EXPECT((b.store->add(k, {.delta = 0, .max = large}).value() == Counted{large, true}), "large counters are exact");
    AIT_EXPECT((b.store->add(k, {.delta = 1, .max = large}).value() == Counted{large, false}), "large bounds are exact");
    AIT_EXPECT((b.store->add(k, {.delta = most - large}).value() == Counted{most, true}), "a counter reaches the largest integer");
    AIT_EXPECT((b.store->add(k, {.delta = 1}).value() == Counted{most, false}), "a counter does not run over");
    AIT_EXPECT(b.store->put(k, std::to_string(least + 1)).value(), "the smallest but one");
    AIT_EXPECT((b.store->add(k, {.delta = -1}).value() == Counted{least, true}), "a counter reaches the smallest integer");
    AIT_EXPECT((b.store->add(k, {.delta = -1}).value() == Counted{least, false}), "a counter does not run under");
    AIT_EXPECT((b.store->add(k, {.delta = least}).value() == Counted{least, false}), "the smallest addition");
    for (const char* text : {"word", "", "1.5", " 1", "1 ", "+1", "007", "-0", "9223372036854775808"}) {
        AIT_OK(b.store->put(k, text));
        AIT_EXPECT(refusal_of(b.store->add(k, {})) == ErrorCode::bad_input, std::string("no counter: '") + text + "'");
        AIT_EXPECT(b.store->get(k).value() == text, "a refused addition changes nothing");
    }
    return {};
}

std::string scans_find_every_key(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    // Prefixes whose characters mean something in patterns of other stores.
    const std::vector<std::string> prefixes{"a*[?", "a*[", "\\", "plain:", "\xFF\xFF"};
    std::vector<std::set<std::string>> expected(prefixes.size());
    std::set<std::string> everything;
    for (std::size_t p = 0; p < prefixes.size(); ++p)
        for (int i = 0; i < 60; ++i) everything.insert(prefixes[p] + std::to_string(i));
    everything.insert({"ab", "a", "plain", "abc[1", "abc[d1", "a*[d"});
    for (const std::string& key : everything) AIT_OK(b.store->put({"t", key}, "v"));
    for (std::size_t p = 0; p < prefixes.size(); ++p)
        for (const std::string& key : everything)
            if (key.starts_with(prefixes[p])) expected[p].insert(key);
    for (std::size_t p = 0; p < prefixes.size(); ++p) {
        std::set<std::string> found;
        std::string from;
        for (int page = 0; page < 10'000; ++page) {
            const auto some = b.store->scan("t", prefixes[p], from, 7);
            AIT_OK(some);
            found.insert(some->keys.begin(), some->keys.end());
            from = some->next;
            if (from.empty()) break;
        }
        AIT_EXPECT(from.empty(), "a scan comes to its end");
        AIT_EXPECT(found == expected[p], "a scan finds the keys with its prefix, and no others: " + prefixes[p]);
    }
    AIT_EXPECT(b.store->remove_prefix("t", "a*[").value() == 121, "remove_prefix counts what it removed");
    AIT_EXPECT(b.store->get({"t", "ab"}).value() && !b.store->get({"t", "a*[1"}).value(), "and removes nothing else");
    return {};
}

std::string what_is_outside_the_limits_is_refused(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    using std::chrono::milliseconds;
    const auto usage = [](const auto& result) { return refusal_of(result) == ErrorCode::usage; };
    AIT_EXPECT(usage(b.store->put({"", "k"}, "v")) && usage(b.store->put({"a:b", "k"}, "v")), "a tenant without a proper name");
    AIT_EXPECT(usage(b.store->put({"t", ""}, "v")) && usage(b.store->get({"t", ""})), "a key without a byte");
    AIT_EXPECT(usage(b.store->put({"t", std::string(kv_key_bytes_max + 1, 'k')}, "v")), "a key that is too long");
    AIT_EXPECT(usage(b.store->put({"t", "k"}, std::string(kv_value_bytes_max + 1, 'v'))), "a value that is too large");
    AIT_EXPECT(usage(b.store->compare_and_set({"t", "k"}, std::nullopt, std::string(kv_value_bytes_max + 1, 'v'))), "the same by comparison");
    AIT_EXPECT(usage(b.store->put({"t", "k"}, "v", {.lives_for = milliseconds(0)})), "a life of nothing");
    AIT_EXPECT(usage(b.store->put({"t", "k"}, "v", {.lives_for = kv_life_max + milliseconds(1)})), "a life that is too long");
    AIT_EXPECT(usage(b.store->add({"t", "k"}, {.min = 2, .max = 1})), "bounds the wrong way round");
    AIT_EXPECT(usage(b.store->scan("t", "", "", 0)) && usage(b.store->scan("t", "", "", kv_scan_max + 1)), "a page of no size");
    AIT_EXPECT(usage(b.store->get_many("t", std::vector<std::string>(kv_many_max + 1, "k"))), "too many keys at once");
    AIT_EXPECT(usage(b.store->remove_prefix("", "")), "a tenant without a name");
    AIT_EXPECT(!b.store->get({"t", "k"}).value(), "nothing of it was done");
    AIT_EXPECT(b.store->get_many("t", {}).value().empty(), "no keys, no values");
    return {};
}

}  // namespace

std::vector<KeyValueCheck> kv_value_checks() {
    return {{"values_come_back_as_they_were_put", values_come_back_as_they_were_put},
            {"tenants_do_not_see_each_other", tenants_do_not_see_each_other},
            {"a_put_keeps_its_condition", a_put_keeps_its_condition},
            {"only_one_of_two_that_expect_the_same_succeeds", only_one_of_two_that_expect_the_same_succeeds},
            {"counters_count_exactly_and_within_their_bounds", counters_count_exactly_and_within_their_bounds},
            {"scans_find_every_key", scans_find_every_key},
            {"what_is_outside_the_limits_is_refused", what_is_outside_the_limits_is_refused}};
}

std::vector<KeyValueCheck> key_value_checks() {
    std::vector<KeyValueCheck> all;
    for (const auto& part : {kv_value_checks(), kv_life_checks(), kv_keeping_checks(), kv_concurrency_checks()})
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

}  // namespace aitrading::ports::conformance

#include <mutex>
#include <thread>

#include "ports/text_index/conformance/checks.hpp"

namespace aitrading::ports::conformance {
namespace {

using Bench = TextBench;
using Make = MakeTextGround;

std::string a_document_is_replaced_by_one_with_its_id(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    const TextDocument first{"a", {1}, {"old title", "old body"}}, second{"a", {2}, {"new title", "'quoted' \"text\"\n\x01 und Ümläute"}};
    AIT_OK(b.text->put("t", "news", {first}));
    AIT_EXPECT(b.text->get("t", "news", "a").value() == first, "a document comes back as it was put");
    AIT_OK(b.text->put("t", "news", {second}));
    AIT_EXPECT(b.text->get("t", "news", "a").value() == second, "another in its place");
    AIT_EXPECT(b.found("old").empty() && b.found("new") == "a", "the old words find nothing any more");
    AIT_EXPECT(b.found("title", {.range = {{0}, {2}}}).empty() && b.found("title", {.range = {{2}, {3}}}) == "a", "the old time neither");
    AIT_OK(b.text->put("t", "news", {first, second}));
    AIT_EXPECT(b.text->get("t", "news", "a").value() == second, "within one put the later holds");
    AIT_EXPECT(b.text->remove("t", "news", {"a", "b", "a"}).value() == 1, "remove says how many there were");
    AIT_EXPECT(refusal_of(b.text->get("t", "news", "a")) == ErrorCode::not_found && b.found("title").empty(), "removed is gone");
    return {};
}

std::string tenants_and_indexes_keep_apart(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    AIT_OK(b.text->create("logs", {"message"}));
    AIT_OK(b.text->put("a", "news", {{"1", {1}, {"secret of a", "x"}}}));
    AIT_OK(b.text->put("b", "news", {{"1", {2}, {"secret of b", "x"}}}));
    AIT_OK(b.text->put("b", "logs", {{"1", {3}, {"secret in logs"}}}));
    for (const char* tenant : {"a", "b"}) {
        const auto hits = b.text->search(tenant, "news", {.query = "secret"});
        AIT_OK(hits);
        AIT_EXPECT(hits->hits.size() == 1 && hits->hits[0].snippet == std::string("secret of ") + tenant, "a search stays in its tenant and index");
    }
    AIT_EXPECT(b.text->search("c", "news", {.query = "secret"})->hits.empty(), "a tenant without documents finds none");
    AIT_EXPECT(b.text->remove("a", "news", {"1"}).value() == 1 && b.text->remove_before("a", "news", {100}).value() == 0, "removing stays in its tenant");
    AIT_EXPECT(b.text->get("b", "news", "1").value().time == UnixNanos{2}, "others keep theirs");
    AIT_EXPECT(b.text->get("b", "logs", "1").value().fields[0] == "secret in logs", "another index has its own");
    AIT_EXPECT((b.text->indexes().value() == std::vector<std::string>{"logs", "news"}), "indexes in order");
    return {};
}

std::string a_put_is_all_or_nothing(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    const TextDocument good{"good", {1}, {"title", "body"}};
    const auto refused = [&](const TextDocument& bad) {
        return refusal_of(b.text->put("t", "news", {good, bad})) == ErrorCode::bad_input && b.found("title").empty();
    };
    AIT_EXPECT(refused({"", {1}, {"x", "x"}}), "a document without an id");
    AIT_EXPECT(refused({"bad", {1}, {"x"}}), "a field is missing");
    AIT_EXPECT(refused({"bad", {1}, {"x", "\xFF"}}), "no UTF-8");
    AIT_EXPECT(refused({"bad", {1}, {"x", std::string(text_field_bytes_max + 1, 'x')}}), "a field that is too large");
    AIT_OK(b.text->put("t", "news", {good, {"large", {1}, {"x", std::string(text_field_bytes_max, 'x')}}}));
    AIT_EXPECT(b.found("title") == "good", "a good one is taken");
    return {};
}

std::string what_was_put_survives_restarts_and_cuts(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    for (int round = 0; round < 4; ++round) {
        std::vector<TextDocument> batch;
        batch.reserve(25);
        for (int i = 0; i < 25; ++i) batch.push_back({"d" + std::to_string(round) + "." + std::to_string(i), {i}, {"round" + std::to_string(round), "word"}});
        AIT_OK(b.text->put("t", "news", batch));
        AIT_OK(b.text->remove("t", "news", {"d" + std::to_string(round) + ".0"}));
        round % 2 == 0 ? b.reopen() : b.cut();
        AIT_EXPECT(b.broken.empty(), b.broken);
        const auto hits = b.text->search("t", "news", {.query = "word", .hits_max = 1'000});
        AIT_OK(hits);
        AIT_EXPECT(hits->hits.size() == static_cast<std::size_t>(24 * (round + 1)), "what was put and not removed is found");
        AIT_OK(b.text->verify());
    }
    return {};
}

std::string what_is_outside_the_limits_is_refused(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    const auto usage = [](const auto& result) { return refusal_of(result) == ErrorCode::usage; };
    AIT_OK(b.text->create("news", {"title", "body"}));
    AIT_EXPECT(usage(b.text->create("news", {"title"})) && usage(b.text->create("news", {"body", "title"})), "other fields than the index has");
    for (const char* name : {"", "News", "1st", "a-b", "a b", "a\"b", "a;b"}) AIT_EXPECT(usage(b.text->create(name, {"x"})) && usage(b.text->create("x", {name})), name);
    AIT_EXPECT(usage(b.text->create("x", {})) && usage(b.text->create("x", {"a", "a"})), "no field, or one twice");
    AIT_EXPECT(usage(b.text->search("t", "news", {.query = "x", .hits_max = 0})) && usage(b.text->search("t", "news", {.query = "x", .hits_max = text_hits_max + 1})), "hits");
    AIT_EXPECT(usage(b.text->search("t", "news", {.query = "x", .skip = -1})), "a page before the first");
    AIT_EXPECT(usage(b.text->search("t", "news", {.query = "x", .field = "author"})), "a field that the index has not");
    AIT_EXPECT(usage(b.text->search("t", "news", {.query = ""})) && usage(b.text->search("t", "news", {.query = std::string(text_query_bytes_max + 1, 'x')})), "a query");
    AIT_EXPECT(usage(b.text->search("a b", "news", {.query = "x"})) && usage(b.text->put("", "news", {})), "a tenant");
    AIT_EXPECT(usage(b.text->put("t", "news", std::vector<TextDocument>(text_batch_max + 1, {"a", {1}, {"x", "x"}}))), "too many at once");
    AIT_EXPECT(refusal_of(b.text->search("t", "nowhere", {.query = "x"})) == ErrorCode::not_found, "an index that is not there");
    AIT_EXPECT(refusal_of(b.text->put("t", "nowhere", {})) == ErrorCode::not_found, "nor to be put into");
    return {};
}

std::string writers_and_searchers_side_by_side(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    constexpr int writers = 2, searchers = 2, batches = 10, batch = 10;
    std::mutex mutex;
    std::string broken;
    const auto say = [&](const std::string& what) {
        const std::lock_guard lock(mutex);
        broken = what;
    };
    const auto write = [&](int writer) {
        for (int i = 0; i < batches; ++i) {
            std::vector<TextDocument> some;
            some.reserve(batch);
            for (int k = 0; k < batch; ++k)
                some.push_back({std::to_string(writer) + "." + std::to_string(i) + "." + std::to_string(k), {i}, {"batch" + std::to_string(writer * 100 + i), "word"}});
            if (const auto done = b.text->put("t", "news", some); !done) return say(done.error().text);
        }
    };
    const auto search = [&] {
        for (int i = 0; i < batches * 2; ++i) {
            const auto hits = b.text->search("t", "news", {.query = "batch" + std::to_string(i % batches), .hits_max = 100});
            if (!hits) return say(hits.error().text);
            if (!hits->hits.empty() && hits->hits.size() != batch) return say("a search saw a part of a put");
        }
    };
    std::vector<std::thread> threads;
    threads.reserve(writers + searchers);
    for (int w = 0; w < writers; ++w) threads.emplace_back(write, w);
    for (int s = 0; s < searchers; ++s) threads.emplace_back(search);
    for (std::thread& thread : threads) thread.join();
    AIT_EXPECT(broken.empty(), broken);
    AIT_EXPECT(b.text->search("t", "news", {.query = "word", .hits_max = 1'000})->hits.size() == writers * batches * batch, "all that was put is found");
    return {};
}

}  // namespace

std::vector<TextCheck> text_keeping_checks() {
    return {{"a_document_is_replaced_by_one_with_its_id", a_document_is_replaced_by_one_with_its_id},
            {"tenants_and_indexes_keep_apart", tenants_and_indexes_keep_apart},
            {"a_put_is_all_or_nothing", a_put_is_all_or_nothing},
            {"what_was_put_survives_restarts_and_cuts", what_was_put_survives_restarts_and_cuts},
            {"what_is_outside_the_limits_is_refused", what_is_outside_the_limits_is_refused},
            {"writers_and_searchers_side_by_side", writers_and_searchers_side_by_side}};
}

}  // namespace aitrading::ports::conformance

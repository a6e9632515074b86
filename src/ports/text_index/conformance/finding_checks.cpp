#include <algorithm>

#include "ports/text_index/conformance/checks.hpp"

namespace aitrading::ports::conformance {
namespace {

using Bench = TextBench;
using Make = MakeTextGround;

std::string a_query_means_what_it_says(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    AIT_EXPECT(b.put("a", "Rate cut in Frankfurt", "The ECB lowers its rate; EUR/USD falls.", 1).empty(), "put");
    AIT_EXPECT(b.put("b", "Crypto news", "Bitcoin rises while the rate of inflation falls.", 2).empty(), "put");
    AIT_EXPECT(b.put("c", "Zürich", "Inflationary pressure, and a cut of the rate NOT expected.", 3).empty(), "put");
    using Case = std::pair<const char*, const char*>;
    for (const auto& [query, expected] : {
             Case{"frankfurt", "a"}, {"FRANKFURT", "a"}, {"zurich", "c"}, {"ZÜRICH", "c"},
             {"rate falls", "a b"},                   // all words
             {"rate crypto frankfurt", ""},           // no document has all
             {"\"rate cut\"", "a"}, {"\"cut rate\"", ""}, {"\"cut of the rate\"", "c"},
             {"infl*", "b c"}, {"inflation", "b"}, {"\"inflationary pre\"*", "c"},
             {"rate -crypto", "a c"}, {"rate -\"rate cut\"", "b c"}, {"rate -infl*", "a"},
             {"EUR/USD", "a"}, {"usd/eur", ""},       // words that touch follow each other
             {"falls.", "a b"}, {"  rate\t\n frankfurt ", "a"}}) {
        const std::string found = b.found(query);
        std::vector<std::string> ids;
        for (std::size_t at = 0; at < found.size(); at = std::min(found.find(' ', at), found.size()) + 1)
            ids.push_back(found.substr(at, std::min(found.find(' ', at), found.size()) - at));
        std::ranges::sort(ids);
        std::string sorted;
        for (const std::string& id : ids) sorted += (sorted.empty() ? "" : " ") + id;
        AIT_EXPECT(sorted == expected, std::string(query) + " finds '" + found + "', not '" + expected + "'");
    }
    AIT_EXPECT(b.found("frankfurt", {.field = "title"}) == "a" && b.found("ecb", {.field = "title"}).empty(), "a field is searched alone");
    AIT_EXPECT(b.found("frankfurt ecb") == "a", "without a field, each word may stand in its own");
    return {};
}

std::string nothing_in_a_query_is_the_engines_own_language(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    AIT_EXPECT(b.put("a", "title", "not or and near body null select").empty(), "put");
    AIT_EXPECT(b.put("b", "other", "word").empty(), "put");
    for (const char* query : {"NOT", "OR", "AND", "NEAR", "not or", "null", "SELECT"}) AIT_EXPECT(b.found(query) == "a", query);
    for (const char* query : {"word OR title", "title:other", "title : word", "{title body}: word", "^word title", "NEAR(not title)"})
        AIT_EXPECT(b.found(query).find("error") == std::string::npos && b.found(query) != "a b", std::string(query) + " is words, no operator");
    for (const char* query : {"'; DROP TABLE documents; --", "\"", "\"\"", "\"unfinished", "a\"b\"c", "*", "-", "--", "- word", "(", "word)", "w*rd", "\\", "word\\",
                              "a AND (b OR", "%", "_", "?1", "$x", "{\"match_all\":{}}", "-word", "\xE2\x80\x94", "\xE2\x80\x94 word", "word\x01", "\"\xE2\x80\x94\" title"}) {
        TextSearch search;
        search.query = query;
        const auto hits = b.text->search("t", "news", search);
        AIT_EXPECT(hits || hits.error().code == ErrorCode::usage, std::string(query) + " is found, not found or refused, but breaks nothing");
    }
    AIT_EXPECT(b.found("word") == "b" && b.found("title") == "a", "all documents are still there");
    return {};
}

std::string better_hits_come_first_and_no_more_than_asked_for(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    const std::string other = " one two three four five six seven eight nine";
    AIT_EXPECT(b.put("little", "x", "gold" + other + other + other + other, 1).empty(), "put");
    AIT_EXPECT(b.put("much", "x", "gold gold gold gold" + other, 2).empty(), "put");
    for (int i = 0; i < 30; ++i) AIT_EXPECT(b.put("same" + std::to_string(10 + i), "x", "silver" + other, 100 + i / 2).empty(), "put");
    AIT_EXPECT(b.found("gold") == "much little", "what is more about it comes first");
    AIT_EXPECT(b.found("gold", {.order = TextSearch::Order::newest}) == "much little", "or what is newer");
    AIT_EXPECT(b.found("gold", {.hits_max = 1}) == "much", "one hit");
    AIT_EXPECT(b.found("silver", {.hits_max = 3}) == "same38 same39 same36", "among equals the newest, then by id");
    AIT_EXPECT(b.found("silver", {.hits_max = 3, .skip = 3}) == "same37 same34 same35", "the next page goes on");
    TextSearch search{.query = "silver", .hits_max = 29};
    AIT_EXPECT(b.text->search("t", "news", search)->more, "there are more");
    search.hits_max = 30;
    const auto all = b.text->search("t", "news", search);
    AIT_OK(all);
    AIT_EXPECT(all->hits.size() == 30 && !all->more, "there are no more");
    search = {.query = "gold"};
    const auto gold = b.text->search("t", "news", search);
    AIT_OK(gold);
    AIT_EXPECT(gold->hits[0].score > gold->hits[1].score, "a better hit has a higher score");
    return {};
}

std::string snippets_show_the_words_in_place(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    std::string filler;
    for (int i = 0; i < 300; ++i) filler += "filler" + std::to_string(i) + " ";
    AIT_EXPECT(b.put("a", "<b>Title</b>", filler + "the Gold price & the gold rush " + filler).empty(), "put");
    TextSearch search{.query = "gold"};
    const auto hits = b.text->search("t", "news", search);
    AIT_OK(hits);
    AIT_EXPECT(hits->hits.size() == 1, "one document");
    const TextHit& hit = hits->hits[0];
    AIT_EXPECT(hit.snippet.size() < 1'000, "a snippet is a part of the text");
    AIT_EXPECT(!hit.marks.empty(), "words are marked");
    std::size_t end = 0;
    for (const TextMark& mark : hit.marks) {
        AIT_EXPECT(mark.at >= end && mark.at + mark.size <= hit.snippet.size(), "marks lie in the snippet, in order");
        const std::string word = hit.snippet.substr(mark.at, mark.size);
        AIT_EXPECT(word == "Gold" || word == "gold", "a mark stands at a word that was asked for: " + word);
        end = mark.at + mark.size;
    }
    AIT_EXPECT(hit.snippet.find("price & the") != std::string::npos, "the text is as it was put");
    return {};
}

std::string a_range_of_time_is_half_open(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    for (int i = 1; i <= 5; ++i) AIT_EXPECT(b.put("d" + std::to_string(i), "x", "word", i * 1'000).empty(), "put");
    AIT_EXPECT(b.put("old", "x", "word", -5).empty(), "put");
    using enum TextSearch::Order;
    AIT_EXPECT(b.found("word", {.range = {{2'000}, {4'000}}, .order = newest}) == "d3 d2", "from is in, to is not");
    AIT_EXPECT(b.found("word", {.range = {{5'000}, {5'000}}}).empty(), "an empty range");
    AIT_EXPECT(b.found("word", {.order = newest}) == "d5 d4 d3 d2 d1 old", "without a range, all");
    AIT_EXPECT(b.text->remove_before("t", "news", {2'000}).value() == 2, "what is older goes");
    AIT_EXPECT(b.found("word", {.order = newest}) == "d5 d4 d3 d2", "and is not found any more");
    return {};
}

}  // namespace

std::vector<TextCheck> text_finding_checks() {
    return {{"a_query_means_what_it_says", a_query_means_what_it_says},
            {"nothing_in_a_query_is_the_engines_own_language", nothing_in_a_query_is_the_engines_own_language},
            {"better_hits_come_first_and_no_more_than_asked_for", better_hits_come_first_and_no_more_than_asked_for},
            {"snippets_show_the_words_in_place", snippets_show_the_words_in_place},
            {"a_range_of_time_is_half_open", a_range_of_time_is_half_open}};
}

std::vector<TextCheck> text_index_checks() {
    std::vector<TextCheck> all = text_finding_checks();
    for (const TextCheck& check : text_keeping_checks()) all.push_back(check);
    return all;
}

}  // namespace aitrading::ports::conformance

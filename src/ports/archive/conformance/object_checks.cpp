#include <algorithm>

#include "base/random.hpp"
#include "base/sha256.hpp"
#include "ports/archive/conformance/checks.hpp"

namespace aitrading::ports::conformance {
namespace {

using Bench = ArchiveBench;
using Make = MakeArchiveGround;

constexpr std::size_t block = std::size_t{1} << 20;  // about what an engine may take as one piece

std::string objects_come_back_as_they_were_put(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{65'536}, block - 1, block, block + 1, 3 * block}) {
        const std::string content = archive_content(size, size);
        const auto id = b.archive->put("t", content);
        AIT_OK(id);
        AIT_EXPECT(*id == sha256_hex(content), "an object's id is the SHA-256 of its content");
        const auto got = b.archive->get({"t", *id});
        AIT_OK(got);
        AIT_EXPECT(*got == content, "an object of " + std::to_string(size) + " bytes comes back byte by byte");
        const auto entry = b.archive->entry({"t", *id});
        AIT_OK(entry);
        AIT_EXPECT((*entry == ObjectEntry{*id, size, Bench::noon, {}, {}}), "its entry says how much and when");
        AIT_EXPECT(size == 0 || refusal_of(b.archive->get({"t", *id}, size - 1)) == ErrorCode::usage, "get keeps its bound");
    }
    AIT_OK(b.archive->verify());
    return {};
}

std::string objects_stream_in_pieces_of_any_size(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    const std::string content = archive_content(2 * block + 12'345, 7);
    const auto writer = b.archive->create("t");
    AIT_OK(writer);
    SplitMix64 random(7);
    for (std::size_t at = 0; at < content.size();) {
        const std::size_t piece = random.next_below(100'000);
        AIT_OK((*writer)->write(std::string_view(content).substr(at, piece)));
        at += piece;
    }
    const auto id = (*writer)->finish();
    AIT_OK(id);
    AIT_EXPECT(*id == sha256_hex(content), "pieces make one object");
    const auto reader = b.archive->open({"t", *id});
    AIT_OK(reader);
    AIT_EXPECT((*reader)->bytes() == content.size(), "a reader knows how much comes");
    AIT_EXPECT(refusal_of((*reader)->read(0)) == ErrorCode::usage, "a piece of nothing is refused");
    std::string all;
    while (true) {
        const std::size_t most = 1 + random.next_below(150'000);
        const auto piece = (*reader)->read(most);
        AIT_OK(piece);
        AIT_EXPECT(piece->size() <= most, "a piece is no larger than it was asked for");
        if (piece->empty()) break;
        all += *piece;
    }
    AIT_EXPECT(all == content, "the pieces are the content");
    return {};
}

std::string one_content_is_there_once(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    const auto first = b.archive->put("t", "content");
    b.ground->set_clock({Bench::noon.value + nanos_per_hour});
    const auto second = b.archive->put("t", "content");
    AIT_OK(first);
    AIT_OK(second);
    AIT_EXPECT(*first == *second, "one content has one id");
    AIT_EXPECT(b.archive->list("t", "", 10).value().size() == 1, "and is there once");
    AIT_EXPECT(b.archive->entry({"t", *first}).value().stored == Bench::noon, "since it was put first");
    return {};
}

std::string tenants_do_not_see_each_others_objects(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    const auto id = b.archive->put("a", "content");
    AIT_OK(id);
    AIT_EXPECT(refusal_of(b.archive->get({"b", *id})) == ErrorCode::not_found, "another tenant's object is not found");
    AIT_EXPECT(refusal_of(b.archive->refer("b", "latest", *id)) == ErrorCode::not_found, "nor referred to");
    AIT_EXPECT(refusal_of(b.archive->remove({"b", *id})) == ErrorCode::not_found, "nor removed");
    AIT_OK(b.archive->put("b", "content"));
    AIT_OK(b.archive->remove({"a", *id}));
    AIT_EXPECT(b.archive->get({"b", *id}).value() == "content", "what one removes, the other keeps");
    AIT_EXPECT(b.archive->list("a", "", 10).value().empty() && b.archive->list("b", "", 10).value().size() == 1, "lists stay in their tenant");
    return {};
}

std::string lists_go_through_all_in_order(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    std::vector<std::string> ids;
    for (int i = 0; i < 40; ++i) {
        const auto id = b.archive->put("t", "content " + std::to_string(i));
        AIT_OK(id);
        ids.push_back(*id);
    }
    std::ranges::sort(ids);
    std::vector<std::string> listed;
    while (true) {
        const auto page = b.archive->list("t", listed.empty() ? "" : listed.back(), 7);
        AIT_OK(page);
        AIT_EXPECT(page->size() <= 7, "a page keeps its bound");
        if (page->empty()) break;
        for (const ObjectEntry& entry : *page) listed.push_back(entry.id);
    }
    AIT_EXPECT(listed == ids, "the pages name each object once, in order");
    return {};
}

std::string names_outside_the_limits_are_refused(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    const std::string id = b.archive->put("t", "content").value();
    const auto usage = [](const auto& result) { return refusal_of(result) == ErrorCode::usage; };
    for (const char* wrong : {"", "../../secret", "abc", "0000000000000000000000000000000000000000000000000000000000000/..",
                              "ABCDEF0000000000000000000000000000000000000000000000000000000000"})
        AIT_EXPECT(usage(b.archive->get({"t", wrong})) && usage(b.archive->remove({"t", wrong})), std::string("an id: ") + wrong);
    for (const char* wrong : {"", "..", "../t", "a/b", "a b", ".hidden"}) {
        AIT_EXPECT(usage(b.archive->refer("t", wrong, id)) && usage(b.archive->referred("t", wrong)), std::string("a reference: ") + wrong);
        AIT_EXPECT(usage(b.archive->hold({"t", id}, wrong)), std::string("a reason: ") + wrong);
    }
    for (const char* wrong : {"", "..", "a/b", "a b"})
        AIT_EXPECT(usage(b.archive->put(wrong, "x")) && usage(b.archive->list(wrong, "", 1)), std::string("a tenant: ") + wrong);
    AIT_EXPECT(usage(b.archive->list("t", "", 0)) && usage(b.archive->list("t", "", archive_page_max + 1)), "a page of no size");
    const std::string absent(64, '0');
    for (const auto& refused : {refusal_of(b.archive->get({"t", absent})), refusal_of(b.archive->entry({"t", absent})), refusal_of(b.archive->remove({"t", absent})),
                                refusal_of(b.archive->keep_until({"t", absent}, {1})), refusal_of(b.archive->hold({"t", absent}, "case-1"))})
        AIT_EXPECT(refused == ErrorCode::not_found, "what is not there is not found");
    return {};
}

}  // namespace

std::string archive_content(std::size_t bytes, std::uint64_t seed) {
    SplitMix64 random(seed + 1);
    std::string content(bytes, '\0');
    for (char& c : content) c = static_cast<char>(random.next());
    return content;
}

std::vector<ArchiveCheck> archive_object_checks() {
    return {{"objects_come_back_as_they_were_put", objects_come_back_as_they_were_put},
            {"objects_stream_in_pieces_of_any_size", objects_stream_in_pieces_of_any_size},
            {"one_content_is_there_once", one_content_is_there_once},
            {"tenants_do_not_see_each_others_objects", tenants_do_not_see_each_others_objects},
            {"lists_go_through_all_in_order", lists_go_through_all_in_order},
            {"names_outside_the_limits_are_refused", names_outside_the_limits_are_refused}};
}

std::vector<ArchiveCheck> archive_checks() {
    std::vector<ArchiveCheck> all;
    for (const auto& part : {archive_object_checks(), archive_keeping_checks(), archive_fault_checks()}) all.insert(all.end(), part.begin(), part.end());
    return all;
}

}  // namespace aitrading::ports::conformance

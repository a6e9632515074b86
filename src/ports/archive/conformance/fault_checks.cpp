#include <mutex>
#include <thread>

#include "ports/archive/conformance/checks.hpp"

namespace aitrading::ports::conformance {
namespace {

using Bench = ArchiveBench;
using Make = MakeArchiveGround;

std::string what_was_put_survives_a_cut_and_what_was_not_leaves_nothing(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    std::vector<std::string> ids;
    for (int i = 0; i < 5; ++i) {
        const auto id = b.archive->put("t", archive_content(200'000, static_cast<std::uint64_t>(i)));
        AIT_OK(id);
        ids.push_back(*id);
    }
    {
        const auto given_up = b.archive->create("t");
        AIT_OK(given_up);
        AIT_OK((*given_up)->write(archive_content(3'000'000, 99)));
    }
    AIT_EXPECT(b.archive->list("t", "", 10).value().size() == ids.size(), "what was not finished is not there");
    AIT_OK(b.archive->remove({"t", ids.front()}));
    for (const bool peace : {true, false}) {
        peace ? b.reopen() : b.cut();
        AIT_EXPECT(b.broken.empty(), b.broken);
        AIT_EXPECT(b.archive->list("t", "", 10).value().size() == ids.size() - 1, "what was put, and nothing else");
        for (std::size_t i = 1; i < ids.size(); ++i)
            AIT_EXPECT(b.archive->get({"t", ids[i]}).value() == archive_content(200'000, i), "byte by byte");
        AIT_OK(b.archive->verify());
    }
    return {};
}

std::string a_damaged_object_is_refused_by_name(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    for (const std::size_t size : {std::size_t{1'000}, std::size_t{2'500'000}}) {
        const std::string content = archive_content(size, size);
        const std::string id = b.archive->put("t", content).value(), sound = b.archive->put("t", "sound").value();
        b.ground->damage({"t", id});
        const auto reader = b.archive->open({"t", id});
        std::optional<Error> refused;
        if (!reader) refused = reader.error();
        for (std::string all; !refused;) {
            const auto piece = (*reader)->read(70'000);
            if (!piece) {
                refused = piece.error();
                break;
            }
            all += *piece;
            AIT_EXPECT(content.starts_with(all), "no wrong byte is given");
            AIT_EXPECT(!piece->empty(), "a damaged object does not read to its end");
        }
        AIT_EXPECT(refused->code == ErrorCode::gate_refused && refused->text.find(id) != std::string::npos, "the refusal names the object");
        const auto all = b.archive->verify();
        AIT_EXPECT(refusal_of(all) == ErrorCode::gate_refused && all.error().text.find(id) != std::string::npos, "verify names it");
        AIT_EXPECT(b.archive->get({"t", sound}).value() == "sound", "others are read as ever");
        AIT_OK(b.archive->put("t", content));
        AIT_EXPECT(b.archive->get({"t", id}).value() == content, "putting it again makes it sound");
        AIT_OK(b.archive->verify());
    }
    return {};
}

std::string a_full_disk_leaves_nothing_half_written(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    const std::string before = b.archive->put("t", "before").value();
    if (!b.ground->set_full(true)) return {};
    const std::string content = archive_content(2'000'000, 5);
    const auto refused = b.archive->put("t", content);
    b.ground->set_full(false);
    AIT_EXPECT(refusal_of(refused) == ErrorCode::failed, "a full disk is said");
    AIT_EXPECT(b.archive->list("t", "", 10).value().size() == 1, "and nothing of the object is there");
    b.cut();
    AIT_EXPECT(b.broken.empty(), b.broken);
    AIT_EXPECT(b.archive->list("t", "", 10).value().size() == 1 && b.archive->get({"t", before}).value() == "before", "also after a restart");
    const auto again = b.archive->put("t", content);
    AIT_OK(again);
    AIT_EXPECT(b.archive->get({"t", *again}).value() == content, "with room it is taken");
    return {};
}

std::string threads_put_read_and_remove_side_by_side(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    std::mutex mutex;
    std::string broken;
    const auto say = [&](const std::string& what) {
        const std::lock_guard lock(mutex);
        broken = what;
    };
    // Every thread puts the same contents; the even ones are removed again and again, the odd ones stay.
    const auto work = [&] {
        for (std::uint64_t i = 0; i < 12; ++i) {
            const std::string content = archive_content(20'000, i % 6);
            const auto id = b.archive->put("t", content);
            if (!id) return say(id.error().text);
            const auto got = b.archive->get({"t", *id});
            if (!got && (i % 2 == 1 || got.error().code != ErrorCode::not_found)) return say(got.error().text);
            if (got && *got != content) return say("another content came back");
            if (i % 2 == 1) continue;
            if (const auto gone = b.archive->remove({"t", *id}); !gone && gone.error().code != ErrorCode::not_found) return say(gone.error().text);
        }
    };
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (int t = 0; t < 4; ++t) threads.emplace_back(work);
    for (std::thread& thread : threads) thread.join();
    AIT_EXPECT(broken.empty(), broken);
    AIT_EXPECT(b.archive->list("t", "", 10).value().size() == 3, "what nobody removed is there");
    AIT_OK(b.archive->verify());
    return {};
}

}  // namespace

std::vector<ArchiveCheck> archive_fault_checks() {
    return {{"what_was_put_survives_a_cut_and_what_was_not_leaves_nothing", what_was_put_survives_a_cut_and_what_was_not_leaves_nothing},
            {"a_damaged_object_is_refused_by_name", a_damaged_object_is_refused_by_name},
            {"a_full_disk_leaves_nothing_half_written", a_full_disk_leaves_nothing_half_written},
            {"threads_put_read_and_remove_side_by_side", threads_put_read_and_remove_side_by_side}};
}

}  // namespace aitrading::ports::conformance

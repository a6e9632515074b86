#include "ports/archive/conformance/checks.hpp"

namespace aitrading::ports::conformance {
namespace {

using Bench = ArchiveBench;
using Make = MakeArchiveGround;

constexpr UnixNanos evening{Bench::noon.value + 6 * nanos_per_hour}, morning{Bench::noon.value + 20 * nanos_per_hour};

std::string what_must_be_kept_is_not_removed_before_its_time(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    const std::string id = b.archive->put("t", "content", evening).value();
    AIT_EXPECT(refusal_of(b.archive->remove({"t", id})) == ErrorCode::gate_refused, "it is kept");
    AIT_EXPECT(refusal_of(b.archive->keep_until({"t", id}, Bench::noon)) == ErrorCode::gate_refused, "its end does not come nearer");
    AIT_OK(b.archive->put("t", "content"));
    AIT_OK(b.archive->put("t", "content", Bench::noon));
    AIT_EXPECT(b.archive->entry({"t", id}).value().kept_until == evening, "not by being put again either");
    AIT_OK(b.archive->put("t", "content", morning));
    AIT_EXPECT(b.archive->entry({"t", id}).value().kept_until == morning, "a later end holds");
    b.reopen();
    AIT_EXPECT(b.broken.empty(), b.broken);
    b.ground->set_clock({morning.value - 1});
    const auto early = b.archive->remove({"t", id});
    AIT_EXPECT(refusal_of(early) == ErrorCode::gate_refused, "it is kept across a restart until the last moment");
    AIT_EXPECT(early.error().text.find(id) != std::string::npos, "the refusal names it");
    AIT_EXPECT(b.archive->get({"t", id}).value() == "content", "a refused removal removes nothing");
    b.ground->set_clock(morning);
    AIT_OK(b.archive->remove({"t", id}));
    AIT_EXPECT(refusal_of(b.archive->get({"t", id})) == ErrorCode::not_found, "then it goes");
    AIT_EXPECT(b.archive->list("t", "", 10).value().empty(), "from the list too");
    return {};
}

std::string what_is_held_stays_until_every_hold_is_released(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    const std::string id = b.archive->put("t", "content").value();
    AIT_OK(b.archive->hold({"t", id}, "case-2"));
    AIT_OK(b.archive->hold({"t", id}, "case-1"));
    AIT_OK(b.archive->hold({"t", id}, "case-1"));
    b.cut();
    AIT_EXPECT(b.broken.empty(), b.broken);
    AIT_EXPECT((b.archive->entry({"t", id}).value().holds == std::vector<std::string>{"case-1", "case-2"}), "holds survive a power cut");
    AIT_EXPECT(refusal_of(b.archive->remove({"t", id})) == ErrorCode::gate_refused, "a held object stays");
    AIT_OK(b.archive->release({"t", id}, "case-1"));
    AIT_OK(b.archive->put("t", "content"));
    AIT_EXPECT(refusal_of(b.archive->remove({"t", id})) == ErrorCode::gate_refused, "as long as one hold is left");
    AIT_OK(b.archive->release({"t", id}, "case-2"));
    AIT_OK(b.archive->remove({"t", id}));
    return {};
}

std::string references_stand_for_objects(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    const std::string one = b.archive->put("t", "one").value(), two = b.archive->put("t", "two").value();
    AIT_EXPECT(refusal_of(b.archive->referred("t", "latest")) == ErrorCode::not_found, "a name that was never given");
    AIT_EXPECT(refusal_of(b.archive->refer("t", "latest", std::string(64, '0'))) == ErrorCode::not_found, "an object that is not there");
    AIT_OK(b.archive->refer("t", "latest", one));
    AIT_OK(b.archive->refer("t", "latest", two));
    AIT_OK(b.archive->refer("t", "first", one));
    AIT_OK(b.archive->refer("t", "first.new", one));
    b.cut();
    AIT_EXPECT(b.broken.empty(), b.broken);
    AIT_EXPECT(b.archive->referred("t", "latest").value() == two, "the last one it was given to, also after a power cut");
    AIT_EXPECT((b.archive->references("t").value() == std::vector<Reference>{{"first", one}, {"first.new", one}, {"latest", two}}), "all, in order of their names");
    AIT_EXPECT(b.archive->references("other").value().empty(), "another tenant has its own");
    AIT_EXPECT(refusal_of(b.archive->remove({"t", two})) == ErrorCode::gate_refused, "what is referred to stays");
    AIT_OK(b.archive->forget("t", "latest"));
    AIT_EXPECT(refusal_of(b.archive->forget("t", "latest")) == ErrorCode::not_found, "forgotten is forgotten");
    AIT_OK(b.archive->remove({"t", two}));
    return {};
}

}  // namespace

std::vector<ArchiveCheck> archive_keeping_checks() {
    return {{"what_must_be_kept_is_not_removed_before_its_time", what_must_be_kept_is_not_removed_before_its_time},
            {"what_is_held_stays_until_every_hold_is_released", what_is_held_stays_until_every_hold_is_released},
            {"references_stand_for_objects", references_stand_for_objects}};
}

}  // namespace aitrading::ports::conformance

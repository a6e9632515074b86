#include "engines/disk/tests/step_faults.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "engines/archive/files/tests/folder_ground.hpp"
#include "ports/archive/conformance/checks.hpp"

namespace aitrading::engines {
namespace {

using ports::conformance::archive_content;

class StepFaults : public testing::Test {
  protected:
    void TearDown() override { step_faults::disarm(); }
};

TEST_F(StepFaults, an_object_is_synced_before_it_gets_its_name_and_its_folder_after) {
    FolderGround ground;
    const auto archive = ground.open().value();
    step_faults::arm(0, 0);
    ASSERT_TRUE(archive->put("t", "content"));
    step_faults::disarm();
    const auto& seen = step_faults::steps.seen;
    ASSERT_GE(seen.size(), 3u);
    EXPECT_EQ(seen.back(), "sync folder") << "the last step makes the name durable";
    EXPECT_EQ(seen[seen.size() - 2], "rename");
    // Whatever was written is synced before anything is renamed.
    bool open = false;
    for (const std::string& step : seen) {
        if (step == "write") open = true;
        if (step == "sync file") open = false;
        EXPECT_FALSE(open && step == "rename") << "renamed before it was synced";
    }
    EXPECT_EQ(std::ranges::count(seen, "rename"), 2) << "the rule and the object";
}

TEST_F(StepFaults, whichever_step_the_disk_refuses_nothing_half_written_stays) {
    FolderGround ground;
    auto archive = ground.open().value();
    const std::string before = archive->put("t", "before").value();
    for (const int error : {EIO, ENOSPC}) {
        int step = 1;
        for (;; ++step) {
            const std::string content = archive_content(1'200'000, static_cast<std::uint64_t>(step) * 1'000 + static_cast<std::uint64_t>(error));
            step_faults::arm(step, error);
            const auto put = archive->put("t", content);
            const bool failed = step_faults::steps.taken >= step;
            step_faults::disarm();
            if (!failed) {
                ASSERT_TRUE(put) << put.error().text;
                ASSERT_TRUE(archive->remove({"t", *put}));
                break;
            }
            ASSERT_FALSE(put) << "step " << step << " failed unheard: " << step_faults::steps.seen.back();
            EXPECT_EQ(put.error().code, ErrorCode::failed);
            EXPECT_EQ(archive->list("t", "", 10).value().size(), 1u) << "after step " << step;
            EXPECT_TRUE(archive->verify());
        }
        EXPECT_GT(step, 10) << "every step was tried";
        archive.reset();
        archive = ground.open().value();
        EXPECT_EQ(archive->get({"t", before}).value(), "before");
    }
}

TEST_F(StepFaults, a_hold_that_was_told_is_durable_and_one_that_failed_is_told) {
    FolderGround ground;
    const auto archive = ground.open().value();
    const std::string id = archive->put("t", "content").value();
    for (int step = 1;; ++step) {
        step_faults::arm(step, EIO);
        const auto held = archive->hold({"t", id}, "case-1");
        const bool failed = step_faults::steps.taken >= step;
        step_faults::disarm();
        EXPECT_EQ(held.has_value(), !failed) << "step " << step;
        if (!failed) break;
        EXPECT_TRUE(archive->entry({"t", id})) << "the rule is one or the other, whole";
    }
    EXPECT_EQ(archive->remove({"t", id}).error().code, ErrorCode::gate_refused);
}

}  // namespace
}  // namespace aitrading::engines

#include "kit/progress.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aitrading::kit {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

template <class Work>
std::string stderr_of(Work work) {
    testing::internal::CaptureStderr();
    work();
    return testing::internal::GetCapturedStderr();
}

TEST(Progress, none_writes_nothing) {
    EXPECT_THAT(stderr_of([] {
                    Progress p(ProgressMode::none, "import", 10, "rows");
                    p.advance(10);
                    p.finish("done");
                }),
                IsEmpty());
}

TEST(Progress, automatic_writes_nothing_where_no_terminal_is) {
    EXPECT_THAT(stderr_of([] { Progress(ProgressMode::automatic, "import", 10, "rows").finish(); }), IsEmpty());
}

TEST(Progress, plain_leaves_one_line_without_colour_codes) {
    const std::string text = stderr_of([] {
        Progress p(ProgressMode::plain, "import EURUSD", 20'000, "rows");
        p.advance(20'000);
        p.finish("3 refused");
        p.finish("twice");
    });
    EXPECT_THAT(text, StartsWith("import EURUSD  20k rows  "));
    EXPECT_THAT(text, HasSubstr("3 refused\n"));
    EXPECT_THAT(text, Not(HasSubstr("twice")));
    EXPECT_THAT(text, Not(HasSubstr("\033")));
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
}

TEST(Progress, says_stopped_where_it_was_not_finished) {
    EXPECT_THAT(stderr_of([] { Progress p(ProgressMode::plain, "train", 30, "folds"); }), HasSubstr("stopped"));
}

TEST(Progress, notes_leave_the_final_line_alone) {
    EXPECT_THAT(stderr_of([] {
                    Progress p(ProgressMode::plain, "fit", 2, "fits");
                    p.note("lstm: epoch 3 of 24");
                    p.at(2);
                    p.finish();
                }),
                testing::AllOf(StartsWith("fit  2 fits"), Not(HasSubstr("epoch"))));
}

}  // namespace
}  // namespace aitrading::kit

#include "models/deep/service/trainer_process.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "models/deep/service/trainer_lines.hpp"
#include "models/deep/torch/tests/small_jobs.hpp"

namespace aitrading::models {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// Stand-ins for the program: shell scripts.
class Trainer : public testing::Test {
  protected:
    Trainer() {
        std::string name = (fs::temp_directory_path() / "aitrading-trainer-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
    }
    ~Trainer() override { fs::remove_all(folder_); }
    Result<TrainedFile> run(const std::string& script, const std::function<void(const TrainerProgress&)>& progress = {}, std::stop_token stop = {}) const {
        const fs::path program = folder_ / "stand-in";
        std::ofstream(program) << "#!/bin/sh\n" << script << "\n";
        fs::permissions(program, fs::perms::owner_all);
        return TrainerProcess(program, folder_ / "work").train(small_job(NetKind::lstm), std::move(stop), progress);
    }
    bool clean() const { return fs::is_empty(folder_ / "work"); }
    fs::path folder_;
};

TEST_F(Trainer, reads_progress_and_the_weight_file) {
    std::vector<double> losses;
    const auto trained = run("echo 'progress epoch=0 epochs=2 step=1 steps=4 loss=0.7 validation=nan rows_per_second=10 seconds_left=9'\n"
                             "echo 'something else'\n"
                             "echo 'progress epoch=1 epochs=2 step=3 steps=4 loss=0.6 validation=0.65 rows_per_second=10 seconds_left=9'\n"
                             "printf weights > \"$4\"\n"
                             "echo 'done epochs=2 best_epoch=1 validation=0.65 base=0.69'",
                             [&](const TrainerProgress& p) { losses.push_back(p.loss); });
    ASSERT_TRUE(trained) << trained.error().text;
    EXPECT_EQ(trained->bytes, "weights");
    EXPECT_EQ(trained->summary.best_epoch, 1U);
    EXPECT_EQ(trained->summary.base_loss, 0.69);
    EXPECT_THAT(losses, testing::ElementsAre(0.7, 0.6));
    EXPECT_TRUE(clean());
}

TEST_F(Trainer, an_error_comes_back_with_its_code_and_text) {
    const auto failed = run("echo 'warning: from a library' >&2; echo 'error[bad_input]: row 3 is odd' >&2; exit 3");
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::bad_input);
    EXPECT_EQ(failed.error().text, "row 3 is odd");
    EXPECT_TRUE(clean());
}

TEST_F(Trainer, a_program_that_dies_is_reported_with_what_it_said) {
    const auto killed = run("echo 'terminate called' >&2; kill -9 $$");
    ASSERT_FALSE(killed);
    EXPECT_THAT(killed.error().text, testing::AllOf(HasSubstr("signal 9"), HasSubstr("terminate called")));
    const auto silent = run("exit 9");
    ASSERT_FALSE(silent);
    EXPECT_THAT(silent.error().text, HasSubstr("status 9"));
    const auto forgetful = run("exit 0");
    ASSERT_FALSE(forgetful);
    EXPECT_EQ(forgetful.error().code, ErrorCode::not_found);  // the weight file
    EXPECT_TRUE(clean());
}

TEST_F(Trainer, a_stop_request_reaches_the_program) {
    std::stop_source stop;
    const auto stopped = run("trap 'echo \"error[interrupted]: kept\" >&2; exit 130' TERM\n"
                             "echo 'progress epoch=0 epochs=2 step=1 steps=4 loss=0.7 validation=nan rows_per_second=10 seconds_left=9'\n"
                             "while :; do :; done",
                             [&](const TrainerProgress&) { stop.request_stop(); }, stop.get_token());
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, ErrorCode::interrupted);
    EXPECT_EQ(stopped.error().text, "kept");
}

TEST_F(Trainer, a_missing_program_is_an_error_with_the_remedy) {
    const auto missing = TrainerProcess(folder_ / "nowhere" / "aitrading-train", folder_).train(small_job(NetKind::lstm), {}, {});
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::not_found);
    EXPECT_THAT(missing.error().text, testing::AllOf(HasSubstr("./dev build"), HasSubstr("libtorch"), HasSubstr("AITRADING_TRAIN")));
}

TEST_F(Trainer, an_impossible_job_does_not_reach_the_program) {
    TrainingJob job = small_job(NetKind::lstm);
    job.label.assign(job.label.size(), 0.0F);
    EXPECT_EQ(TrainerProcess("/bin/false", folder_).train(job, {}, {}).error().code, ErrorCode::bad_input);
}

TEST(TrainerLines, come_back_from_their_words) {
    const TrainerProgress p{3, 24, 120, 960, 0.612345678, 0.65, 85000, 12.5};
    const auto back = parse_progress(to_line(p));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->epoch, 3U);
    EXPECT_EQ(back->steps, 960);
    EXPECT_EQ(back->loss, 0.612345678);
    EXPECT_EQ(back->seconds_left, 12.5);
    EXPECT_FALSE(parse_progress("progress epoch=3"));
    EXPECT_FALSE(parse_progress(to_line(TrainerSummary{})));
    const auto summary = parse_summary(to_line(TrainerSummary{12, 6, 0.61, 0.69}));
    ASSERT_TRUE(summary);
    EXPECT_EQ(summary->epochs, 12U);
    EXPECT_EQ(summary->validation_loss, 0.61);
}

}  // namespace
}  // namespace aitrading::models

// aitrading-train as `train` starts it.
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "models/deep/net_weights.hpp"
#include "models/deep/service/trainer_process.hpp"
#include "models/deep/torch/net_trainer.hpp"
#include "small_jobs.hpp"

namespace aitrading::models {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// The program of this build, and a folder that is gone afterwards.
class Program : public testing::Test {
  protected:
    Program() {
        std::string name = (fs::temp_directory_path() / "aitrading-train-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        program_ = fs::read_symlink("/proc/self/exe").parent_path() / "../../../apps/aitrading/aitrading-train";
    }
    ~Program() override { fs::remove_all(folder_); }
    std::vector<std::string> left() const {
        std::vector<std::string> out;
        for (const auto& entry : fs::directory_iterator(folder_)) out.push_back(entry.path().extension());
        return out;
    }
    fs::path folder_, program_;
};

TEST_F(Program, gives_the_bytes_that_training_in_this_process_gives) {
    const TrainingJob job = small_job(NetKind::lstm);
    std::int64_t last = 0, steps = 0;
    const auto trained = TrainerProcess(program_, folder_).train(job, {}, [&](const TrainerProgress& p) { last = p.step, steps = p.steps; });
    ASSERT_TRUE(trained) << trained.error().text;
    const auto here = train_net(job, {}, "cpu", {});
    ASSERT_TRUE(here);
    EXPECT_EQ(trained->bytes, *weight_file(job, here->weights));
    EXPECT_EQ(trained->summary.best_epoch, here->summary.best_epoch);
    EXPECT_NEAR(trained->summary.validation_loss, here->summary.validation_loss, 1e-8);
    EXPECT_EQ(last, steps);
    EXPECT_TRUE(left().empty());  // no job, no checkpoint stays
}

TEST_F(Program, stopped_it_leaves_a_checkpoint_and_resumes_to_the_same_bytes) {
    TrainingJob job = small_job(NetKind::lstm);
    job.options.epochs = 6;
    const auto whole = TrainerProcess(program_, folder_).train(job, {}, {});
    ASSERT_TRUE(whole) << whole.error().text;
    std::stop_source stop;
    const auto stopped = TrainerProcess(program_, folder_).train(job, stop.get_token(), [&](const TrainerProgress&) { stop.request_stop(); });
    // A machine so fast that it is done before the signal arrives has nothing to resume.
    if (!stopped) {
        EXPECT_EQ(stopped.error().code, ErrorCode::interrupted) << stopped.error().text;
        EXPECT_THAT(left(), testing::ElementsAre(".checkpoint"));
    }
    const auto resumed = TrainerProcess(program_, folder_).train(job, {}, {});
    ASSERT_TRUE(resumed) << resumed.error().text;
    EXPECT_EQ(resumed->bytes, whole->bytes);
    EXPECT_TRUE(left().empty());
}

TEST_F(Program, a_disk_that_fills_during_a_checkpoint_leaves_nothing_half_written) {
    const TrainingJob job = small_job(NetKind::cnn);
    fs::create_symlink("/dev/full", folder_ / ("cnn-" + fingerprint(job) + ".checkpoint"));
    const auto trained = TrainerProcess(program_, folder_).train(job, {}, {});
    ASSERT_FALSE(trained);
    EXPECT_EQ(trained.error().code, ErrorCode::failed);
    EXPECT_THAT(trained.error().text, HasSubstr("No space left"));
    EXPECT_THAT(left(), testing::ElementsAre(".checkpoint"));  // the link itself
}

TEST_F(Program, its_own_errors_come_back_with_their_code) {
    const auto gpu = TrainerProcess(program_, folder_, "cuda").train(small_job(NetKind::cnn), {}, {});
    ASSERT_FALSE(gpu);
    EXPECT_EQ(gpu.error().code, ErrorCode::usage);
    EXPECT_THAT(gpu.error().text, HasSubstr("--device cpu"));
    TrainingJob damaged = small_job(NetKind::cnn);
    std::ofstream(folder_ / ("cnn-" + fingerprint(damaged) + ".checkpoint")) << "AITCKP01 and nothing of sense";
    const auto refused = TrainerProcess(program_, folder_).train(damaged, {}, {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::bad_input);
}

}  // namespace
}  // namespace aitrading::models

#include "models/deep/torch/generator_trainer.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "models/deep/service/trainer_process.hpp"
#include "models/deep/tests/small_generator.hpp"
#include "models/deep/torch/gan_nets.hpp"

namespace aitrading::models {
namespace {

using testing::HasSubstr;

GeneratorWeights weights_of(const GeneratorJob& job, std::vector<float> values) { return {job.spec, job.channels, job.conditions, "test", std::move(values)}; }

/// Mean distance of the sorted values of the first channel, under each state of the condition.
double distance(const GeneratorJob& job, const std::vector<float>& weights) {
    const auto net = SequenceGenerator::build(weights_of(job, weights));
    const auto drawn = net->sample(job.rows(), job.condition, 16, 9);
    double out = 0;
    for (const float on : {0.0F, 1.0F}) {
        std::vector<double> a, b;
        for (std::size_t i = 0; i < job.rows(); ++i)
            if (job.condition[i] == on) a.push_back(job.values[2 * i]), b.push_back(drawn[2 * i]);
        std::ranges::sort(a);
        std::ranges::sort(b);
        for (std::size_t i = 0; i < a.size(); ++i) out += std::abs(a[i] - b[i]) / static_cast<double>(a.size());
    }
    return out;
}

TEST(GeneratorTrainer, serves_what_torch_draws) {
    const GeneratorJob job = small_generator_job(120);
    const GeneratorWeights weights = weights_of(job, random_numbers(parameters_of(job.spec), 4));
    const std::vector<float> noise = random_numbers(120 * job.spec.noise, 8);
    const auto torch = torch_generate(weights, noise, job.condition);
    const auto served = SequenceGenerator::build(weights)->run(std::vector<double>(noise.begin(), noise.end()), job.condition);
    ASSERT_EQ(torch.size(), served.size());
    for (std::size_t i = 0; i < served.size(); ++i) ASSERT_NEAR(torch[i], served[i], 1e-5) << i;
}

TEST(GeneratorTrainer, comes_nearer_to_the_series_than_it_began) {
    GeneratorJob job = small_generator_job(2'000);
    job.options.steps = 60;
    job.options.critic_steps = 3;
    job.options.batch = 16;
    job.options.length = 8;
    job.options.warm_up = 2;
    job.options.learning_rate = 5e-2;
    job.options.averaging = 0.9;
    const auto trained = train_generator(job, {}, "cpu", {});
    ASSERT_TRUE(trained) << trained.error().text;
    const double before = distance(job, initial_numbers(tensors_of(job.spec), derive_seed(job.options.seed, 1))), after = distance(job, trained->weights);
    EXPECT_LT(after, 0.6 * before) << before;
}

TEST(GeneratorTrainer, stopped_at_any_step_it_resumes_to_the_same_bytes) {
    const GeneratorJob job = small_generator_job(300);
    const auto whole = train_generator(job, {}, "cpu", {});
    ASSERT_TRUE(whole);
    for (const std::int64_t at : {1, 4}) {
        std::string checkpoint;
        std::stop_source stop;
        TrainingHooks hooks;
        hooks.stop = stop.get_token();
        hooks.progress = [&](const TrainerProgress& p) {
            if (p.step == at) stop.request_stop();
        };
        hooks.checkpoint = [&](const std::string& bytes) -> Result<void> {
            checkpoint = bytes;
            return {};
        };
        const auto stopped = train_generator(job, {}, "cpu", hooks);
        ASSERT_FALSE(stopped);
        EXPECT_EQ(stopped.error().code, ErrorCode::interrupted);
        const auto resumed = train_generator(job, checkpoint, "cpu", {});
        ASSERT_TRUE(resumed) << resumed.error().text;
        EXPECT_EQ(resumed->weights, whole->weights) << at;
        GeneratorJob other = job;
        other.options.seed = 99;
        EXPECT_THAT(train_generator(other, checkpoint, "cpu", {}).error().text, HasSubstr("of another job"));
    }
}

TEST(GeneratorTrainer, says_that_it_diverged_and_refuses_what_it_cannot_do) {
    GeneratorJob job = small_generator_job(300);
    job.options.learning_rate = 1e3;
    job.options.steps = 40;
    const auto diverged = train_generator(job, {}, "cpu", {});
    ASSERT_FALSE(diverged);
    EXPECT_EQ(diverged.error().code, ErrorCode::failed);
    EXPECT_THAT(diverged.error().text, HasSubstr("training diverged; lower learning_rate"));
    EXPECT_EQ(train_generator(small_generator_job(300), {}, "cuda", {}).error().code, ErrorCode::usage);
}

TEST(GeneratorTrainer, the_program_gives_the_same_bytes) {
    std::string name = (std::filesystem::temp_directory_path() / "aitrading-generator-XXXXXX").string();
    const std::filesystem::path folder = ::mkdtemp(name.data());
    const auto program = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "../../../apps/aitrading/aitrading-train";
    const GeneratorJob job = small_generator_job(300);
    std::int64_t last = 0;
    const auto trained = TrainerProcess(program, folder).train_generator(job, {}, [&](const TrainerProgress& p) { last = p.step; });
    ASSERT_TRUE(trained) << trained.error().text;
    EXPECT_EQ(trained->bytes, *generator_file(job, train_generator(job, {}, "cpu", {})->weights));
    EXPECT_EQ(last, job.options.steps);
    EXPECT_TRUE(std::filesystem::is_empty(folder));
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace aitrading::models

#include "models/deep/torch/net_trainer.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "small_jobs.hpp"

namespace aitrading::models {
namespace {

using testing::HasSubstr;

class EachNet : public testing::TestWithParam<NetKind> {};
INSTANTIATE_TEST_SUITE_P(Nets, EachNet, testing::Values(NetKind::lstm, NetKind::transformer, NetKind::cnn),
                         [](const auto& kind) { return std::string(name(kind.param)); });

TEST_P(EachNet, learns_what_needs_the_bar_before) {
    TrainingJob job = small_job(GetParam(), 12'000);
    job.options.epochs = 12;
    const auto net = train_net(job, {}, "cpu", {});
    ASSERT_TRUE(net) << net.error().text;
    EXPECT_NEAR(net->summary.base_loss, std::log(2), 0.01);
    EXPECT_LT(net->summary.validation_loss, 0.55);  // the best that can be is .325
    EXPECT_GE(net->summary.best_epoch, 1U);
    EXPECT_EQ(net->weights.size(), parameters_of(job.spec));
    EXPECT_TRUE(weight_file(job, net->weights).has_value());
}

TEST_P(EachNet, same_seed_gives_the_same_bytes_and_another_seed_others) {
    TrainingJob job = small_job(GetParam());
    const auto first = train_net(job, {}, "cpu", {}), again = train_net(job, {}, "cpu", {});
    ASSERT_TRUE(first && again);
    EXPECT_EQ(*weight_file(job, first->weights), *weight_file(job, again->weights));
    job.options.seed = 8;
    const auto other = train_net(job, {}, "cpu", {});
    ASSERT_TRUE(other);
    EXPECT_NE(first->weights, other->weights);
}

TEST_P(EachNet, a_training_stopped_at_any_step_resumes_to_the_same_bytes) {
    const TrainingJob job = small_job(GetParam());
    const auto whole = train_net(job, {}, "cpu", {});
    ASSERT_TRUE(whole);
    std::string checkpoint;
    int stops = 0;
    // Stopped after every eleventh step: inside epochs and at their ends.
    for (bool done = false; !done; ++stops) {
        ASSERT_LT(stops, 1000);
        std::stop_source stop;
        TrainingHooks hooks;
        hooks.stop = stop.get_token();
        int steps = 0;
        hooks.progress = [&](const TrainerProgress&) { if (++steps == 11) stop.request_stop(); };
        hooks.checkpoint = [&](const std::string& bytes) -> Result<void> { checkpoint = bytes; return {}; };
        const auto part = train_net(job, checkpoint, "cpu", hooks);
        done = part.has_value();
        if (done) {
            EXPECT_EQ(part->weights, whole->weights);
            EXPECT_EQ(part->summary.best_epoch, whole->summary.best_epoch);
        } else {
            ASSERT_EQ(part.error().code, ErrorCode::interrupted) << part.error().text;
        }
    }
    EXPECT_GT(stops, 3);
}

TEST_P(EachNet, chunks_and_whole_series_give_the_same_outputs) {
    const TrainingJob job = small_job(GetParam(), 2000);
    TrainingJob brief = job;
    brief.options.epochs = 1;
    const auto net = train_net(brief, {}, "cpu", {});
    ASSERT_TRUE(net);
    const std::vector<float> rows(job.inputs.begin(), job.inputs.begin() + 3 * 200);
    const auto whole = torch_outputs(job.spec, net->weights, rows, 200);
    for (const std::int64_t chunk : {1, 3, 7, 64}) {
        const auto parts = torch_outputs(job.spec, net->weights, rows, chunk);
        ASSERT_EQ(parts.size(), whole.size());
        for (std::size_t i = 0; i < whole.size(); ++i) ASSERT_NEAR(parts[i], whole[i], 1e-5) << "chunk " << chunk << " output " << i;
    }
}

TEST_P(EachNet, no_output_before_a_cut_depends_on_a_row_after_it) {
    TrainingJob job = small_job(GetParam(), 2500);
    job.options.epochs = 1;
    const auto net = train_net(job, {}, "cpu", {});
    ASSERT_TRUE(net);
    std::vector<float> rows(job.inputs.begin(), job.inputs.begin() + 3 * 100);
    const auto before = torch_outputs(job.spec, net->weights, rows, 100);
    for (std::size_t i = 3 * 60; i < rows.size(); ++i) rows[i] = 9;
    const auto after = torch_outputs(job.spec, net->weights, rows, 100);
    for (std::size_t i = 0; i < 3 * 60; ++i) EXPECT_EQ(before[i], after[i]);
    EXPECT_NE(before[3 * 60], after[3 * 60]);
}

TEST(NetTrainer, rows_without_a_weight_and_validation_rows_teach_nothing) {
    TrainingJob job = small_job(NetKind::lstm);
    job.options.patience = 100;
    for (std::size_t i = 0; i < job.rows(); i += 3) job.weight[i] = 0;
    const auto first = train_net(job, {}, "cpu", {});
    for (std::size_t i = 0; i < job.rows(); i += 3) job.label[i] = 1 - job.label[i], job.log_range[i] = 50, job.log_volatility[i] = -50;
    const auto other = train_net(job, {}, "cpu", {});
    ASSERT_TRUE(first && other);
    EXPECT_EQ(first->weights, other->weights);
}

TEST_P(EachNet, a_column_that_was_never_known_or_never_changed_is_not_heard_later) {
    TrainingJob job = small_job(GetParam(), 2500);
    job.options.epochs = 1;
    for (std::size_t i = 0; i < job.rows(); ++i) job.inputs[3 * i + 1] = 4, job.inputs[3 * i + 2] = std::nanf("");
    const auto net = train_net(job, {}, "cpu", {});
    ASSERT_TRUE(net) << net.error().text;
    std::vector<float> rows(job.inputs.begin(), job.inputs.begin() + 3 * 50);
    const auto before = torch_outputs(job.spec, net->weights, rows, 50);
    for (std::size_t i = 0; i < 50; ++i) rows[3 * i + 1] = 9, rows[3 * i + 2] = 1;
    EXPECT_EQ(torch_outputs(job.spec, net->weights, rows, 50), before);
}

TEST(NetTrainer, keeps_the_epoch_that_validates_best_and_stops_early) {
    TrainingJob job = small_job(NetKind::lstm, 3000);
    job.options.epochs = 200;
    job.options.patience = 3;
    job.options.averaging = 0;
    SplitMix64 random(3);
    for (float& y : job.label) y = random.next_uniform() < 0.5 ? 0.0F : 1.0F;  // nothing to learn
    const auto net = train_net(job, {}, "cpu", {});
    ASSERT_TRUE(net);
    EXPECT_EQ(net->summary.epochs, net->summary.best_epoch + 3);
    EXPECT_LT(net->summary.epochs, 200U);
}

TEST(NetTrainer, diverging_loss_is_an_error_that_names_the_remedy) {
    TrainingJob job = small_job(NetKind::lstm, 3000);
    job.options.learning_rate = 1e3;
    job.options.volatility_share = 10;
    for (float& v : job.log_volatility) v *= 1e19F;
    const auto net = train_net(job, {}, "cpu", {});
    ASSERT_FALSE(net);
    EXPECT_EQ(net.error().code, ErrorCode::failed);
    EXPECT_THAT(net.error().text, HasSubstr("learning_rate"));
}

TEST(NetTrainer, a_gpu_that_is_not_there_is_a_usage_error) {
    const auto net = train_net(small_job(NetKind::lstm), {}, "cuda", {});
    ASSERT_FALSE(net);
    EXPECT_EQ(net.error().code, ErrorCode::usage);
    EXPECT_THAT(net.error().text, HasSubstr("--device cpu"));
    EXPECT_EQ(train_net(small_job(NetKind::lstm), {}, "tpu", {}).error().code, ErrorCode::usage);
}

TEST(NetTrainer, a_checkpoint_of_another_job_or_with_a_flipped_bit_is_refused) {
    TrainingJob job = small_job(NetKind::cnn);
    job.options.epochs = 1;
    std::string checkpoint;
    TrainingHooks hooks;
    hooks.checkpoint = [&](const std::string& bytes) -> Result<void> { checkpoint = bytes; return {}; };
    ASSERT_TRUE(train_net(job, {}, "cpu", hooks));
    std::string damaged = checkpoint;
    damaged[damaged.size() / 2] ^= 4;
    EXPECT_EQ(train_net(job, damaged, "cpu", {}).error().code, ErrorCode::bad_input);
    EXPECT_EQ(train_net(job, checkpoint.substr(0, 40), "cpu", {}).error().code, ErrorCode::bad_input);
    job.options.seed = 99;
    const auto other = train_net(job, checkpoint, "cpu", {});
    ASSERT_FALSE(other);
    EXPECT_THAT(other.error().text, HasSubstr("another job"));
}

TEST(NetTrainer, a_full_disk_ends_the_training_with_its_own_error) {
    TrainingHooks hooks;
    hooks.checkpoint = [](const std::string&) -> Result<void> { return fail(ErrorCode::failed, "disk full"); };
    const auto net = train_net(small_job(NetKind::cnn), {}, "cpu", hooks);
    ASSERT_FALSE(net);
    EXPECT_EQ(net.error().text, "disk full");
}

TEST(NetTrainer, goes_on_from_given_weights) {
    TrainingJob job = small_job(NetKind::lstm);
    job.options.averaging = 0;
    const auto first = train_net(job, {}, "cpu", {});
    ASSERT_TRUE(first);
    job.initial = first->weights;
    job.options.epochs = 1;
    job.options.learning_rate = 1e-8;
    const auto tuned = train_net(job, {}, "cpu", {});
    ASSERT_TRUE(tuned);
    for (std::size_t i = 0; i < tuned->weights.size(); ++i) EXPECT_NEAR(tuned->weights[i], first->weights[i], 1e-5);
}

}  // namespace
}  // namespace aitrading::models

#include "models/deep/training_job.hpp"

#include <gmock/gmock.h>

#include <limits>

#include "models/deep/torch/tests/small_jobs.hpp"

namespace aitrading::models {
namespace {

using testing::HasSubstr;

void refuse(const TrainingJob& job, ErrorCode code, const std::string& says) {
    const auto checked = check_job(job);
    ASSERT_FALSE(checked) << says;
    EXPECT_EQ(checked.error().code, code);
    EXPECT_THAT(checked.error().text, HasSubstr(says));
}

TEST(TrainingJob, comes_back_from_its_bytes) {
    TrainingJob job = small_job(NetKind::cnn);
    job.features = {"a", "b", "c"};
    job.manifest_hash = "feed";
    const std::string bytes = serialise(job);
    const auto back = parse_job(bytes, "job");
    ASSERT_TRUE(back) << back.error().text;
    EXPECT_EQ(serialise(*back), bytes);
    EXPECT_EQ(back->spec, job.spec);
    EXPECT_EQ(back->features, job.features);
    EXPECT_EQ(fingerprint(*back), fingerprint(job));
    EXPECT_TRUE(check_job(*back));
}

TEST(TrainingJob, damaged_or_cut_bytes_are_refused) {
    const std::string bytes = serialise(small_job(NetKind::lstm, 200));
    for (std::size_t cut : {std::size_t{0}, std::size_t{7}, std::size_t{60}, bytes.size() - 1}) EXPECT_FALSE(parse_job(bytes.substr(0, cut), "job"));
    for (std::size_t at = 0; at < bytes.size(); at += 97) {
        std::string damaged = bytes;
        damaged[at] ^= 16;
        EXPECT_FALSE(parse_job(damaged, "job")) << at;
    }
}

TEST(TrainingJob, one_class_is_refused) {
    TrainingJob job = small_job(NetKind::lstm);
    std::fill(job.label.begin(), job.label.end(), 1.0F);
    refuse(job, ErrorCode::bad_input, "all 3200 labels are 1");
}

TEST(TrainingJob, fewer_rows_than_parameters_are_refused) {
    refuse(small_job(NetKind::lstm, 400), ErrorCode::bad_input, "320 rows to learn 1");
}

TEST(TrainingJob, rows_without_any_known_value_are_refused) {
    TrainingJob job = small_job(NetKind::transformer);
    for (std::size_t i = 1; i < job.inputs.size(); i += 3) job.inputs[i] = std::numeric_limits<float>::infinity();
    EXPECT_TRUE(check_job(job));
    std::fill(job.inputs.begin(), job.inputs.end(), std::numeric_limits<float>::quiet_NaN());
    refuse(job, ErrorCode::bad_input, "none of the 3 columns");
}

TEST(TrainingJob, labels_and_weights_are_checked_by_row) {
    TrainingJob job = small_job(NetKind::lstm);
    job.label[17] = 0.5F;
    refuse(job, ErrorCode::bad_input, "row 17: label");
    job.weight[17] = 0;
    EXPECT_TRUE(check_job(job));
    job.weight[18] = -1;
    refuse(job, ErrorCode::bad_input, "row 18: weight");
}

TEST(TrainingJob, lengths_and_options_are_checked) {
    TrainingJob job = small_job(NetKind::lstm);
    job.weight.pop_back();
    refuse(job, ErrorCode::bad_input, "do not match");
    job = small_job(NetKind::lstm);
    job.initial.resize(5);
    refuse(job, ErrorCode::bad_input, "another net");
    job = small_job(NetKind::lstm);
    job.options.dropout = 1;
    refuse(job, ErrorCode::usage, "dropout");
    job = small_job(NetKind::lstm);
    job.spec.width = 12;
    refuse(job, ErrorCode::bad_input, "width");
    job = small_job(NetKind::lstm);
    std::fill(job.weight.begin(), job.weight.end(), 0.0F);
    refuse(job, ErrorCode::bad_input, "no row before the validation");
}

}  // namespace
}  // namespace aitrading::models

#include "models/deep/generator_job.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "models/deep/training_job.hpp"
#include "small_generator.hpp"

namespace aitrading::models {
namespace {

using testing::HasSubstr;

TEST(GeneratorJob, comes_back_from_its_bytes) {
    const GeneratorJob job = small_generator_job(200);
    ASSERT_TRUE(check_job(job));
    const std::string bytes = serialise(job);
    EXPECT_TRUE(is_generator_job(bytes));
    const auto again = parse_generator_job(bytes, "job");
    ASSERT_TRUE(again);
    EXPECT_EQ(serialise(*again), bytes);
    EXPECT_EQ(fingerprint(*again), fingerprint(job));
    EXPECT_FALSE(parse_job(bytes, "job"));  // a net's job is another file
    std::string damaged = bytes;
    damaged[bytes.size() / 2] ^= 1;
    EXPECT_THAT(parse_generator_job(damaged, "that.job").error().text, HasSubstr("that.job: damaged"));
}

TEST(GeneratorJob, says_what_is_wrong_with_it) {
    const auto text = [](auto change) {
        GeneratorJob job = small_generator_job(200);
        change(job);
        const auto checked = check_job(job);
        return checked ? std::string("nothing") : checked.error().text;
    };
    EXPECT_THAT(text([](GeneratorJob& j) { j.values[7] = NAN; }), HasSubstr("row 3: b is nan"));
    EXPECT_THAT(text([](GeneratorJob& j) { for (std::size_t i = 0; i < j.values.size(); i += 2) j.values[i] = 2; }), HasSubstr("channel a is 2 in every row"));
    EXPECT_THAT(text([](GeneratorJob& j) { j.values.resize(20), j.condition.resize(10); }), HasSubstr("10 rows to learn from; it needs 40"));
    EXPECT_THAT(text([](GeneratorJob& j) { j.condition.pop_back(); }), HasSubstr("do not match"));
    EXPECT_THAT(text([](GeneratorJob& j) { j.options.learning_rate = -1; }), HasSubstr("option learning_rate is -1"));
    EXPECT_THAT(text([](GeneratorJob& j) { j.spec.noise = 1; }), HasSubstr("noise is 1; it must be 2 to 64"));
}

TEST(GeneratorJob, options_come_from_words) {
    GeneratorSpec spec;
    GeneratorOptions options;
    ASSERT_TRUE(parse_generator_words("width=16 steps=20 penalty=5", spec, options));
    EXPECT_EQ(spec.width, 16U);
    EXPECT_EQ(options.steps, 20U);
    EXPECT_EQ(options.penalty, 5);
    EXPECT_THAT(parse_generator_words("speed=2", spec, options).error().text, HasSubstr("there is no parameter speed"));
    EXPECT_THAT(parse_generator_words("steps=0", spec, options).error().text, HasSubstr("it must be 1 to"));
    EXPECT_THAT(parse_generator_words("steps", spec, options).error().text, HasSubstr("no name=value"));
}

TEST(SequenceGenerator, draws_by_seed_and_forgets_nothing_of_its_file) {
    const GeneratorJob job = small_generator_job(200);
    const auto bytes = generator_file(job, random_numbers(parameters_of(job.spec), 3));
    ASSERT_TRUE(bytes);
    const auto weights = decode_generator(*bytes, "file");
    ASSERT_TRUE(weights);
    EXPECT_EQ(weights->channels, job.channels);
    const auto net = SequenceGenerator::build(*weights);
    ASSERT_TRUE(net);
    const auto a = net->sample(200, job.condition, 8, 1), b = net->sample(200, job.condition, 8, 1), c = net->sample(200, job.condition, 8, 2);
    EXPECT_EQ(a.size(), 400U);
    EXPECT_EQ(a, b);
    EXPECT_NE(a, c);
}

TEST(SequenceGenerator, refuses_damaged_files_and_numbers_that_are_none) {
    const GeneratorJob job = small_generator_job(200);
    std::string bytes = *generator_file(job, random_numbers(parameters_of(job.spec), 3));
    bytes[bytes.size() - 30] ^= 4;
    EXPECT_THAT(decode_generator(bytes, "g.net").error().text, HasSubstr("g.net: damaged"));
    EXPECT_EQ(decode_generator("AITGENR0", "g.net").error().code, ErrorCode::bad_input);
    std::vector<float> numbers = random_numbers(parameters_of(job.spec), 3);
    numbers[5] = INFINITY;
    EXPECT_THAT(generator_file(job, numbers).error().text, HasSubstr("weight 5 is inf"));
    numbers.pop_back();
    EXPECT_FALSE(generator_file(job, numbers));
}

}  // namespace
}  // namespace aitrading::models

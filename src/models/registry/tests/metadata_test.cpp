#include <gtest/gtest.h>

#include "models/registry/registry.hpp"

namespace aitrading::models {
namespace {

ModelMetadata example() {
    ModelMetadata m;
    m.name = "eurusd-h1";
    m.version = 3;
    m.series = {"EURUSD", Timeframe::h1};
    m.label = "volatility(120)";
    m.feature_manifest_hash = "0123456789abcdef";
    m.training_from = *parse_iso8601("2012-10-01T00:00:00Z");
    m.training_end = *parse_iso8601("2018-02-01T00:00:00.500Z");
    m.seed = 18446744073709551615ULL;
    m.members = {"xgboost", "lightgbm"};
    m.parameters = {"lightgbm.leaves=15"};
    m.calibration = "beta";
    m.conformal = "adaptive, state 0123";
    m.scoring = Scoring::held_out;
    m.panel_json = R"({"n":5,"accuracy":0.5275})";
    m.code_version = "0.1.0 (abc)";
    m.data_fingerprint = "ff00";
    m.trials = 40;
    m.command_line = "aitrading train EURUSD H1 --label \"volatility(120)\"";
    return m;
}

TEST(ModelMetadata, reads_back_as_written) {
    const std::string json = *to_json(example());
    const auto read = parse_metadata(json, "metadata.json");
    ASSERT_TRUE(read) << read.error().text;
    EXPECT_EQ(*to_json(*read), json);
    EXPECT_EQ(read->series, example().series);
    EXPECT_EQ(read->training_end, example().training_end);
    EXPECT_EQ(read->seed, example().seed);
    EXPECT_EQ(read->members, example().members);
    EXPECT_EQ(read->panel_json, example().panel_json);
}

TEST(ModelMetadata, unix_time_of_the_training_end_is_rounded_up) {
    EXPECT_NE(to_json(example())->find("\"training_end_unix\": 1517443201,"), std::string::npos)
        << "rounding down would let a back-test begin before the model's training ended";
}

TEST(ModelMetadata, reads_the_first_format) {
    constexpr std::string_view first = R"({"format":1,"name":"m","version":2,"symbol":"EURUSD","timeframe":"H1","label":"next_bar",
        "feature_manifest_hash":"0","training_from":"2012-10-01T00:00:00Z","training_end":"2018-02-01T00:00:00Z","training_end_unix":1517443200,
        "seed":1,"members":["lightgbm"],"trials":1,"data_fingerprint":"ff","code_version":"0.1.0","command_line":"","panel":null})";
    const auto read = parse_metadata(first, "m.json");
    ASSERT_TRUE(read) << read.error().text;
    EXPECT_EQ(read->version, 2);
    EXPECT_EQ(read->calibration, "");
    EXPECT_EQ(read->scoring, Scoring::out_of_fold);
}

TEST(ModelMetadata, names_the_field_that_is_wrong) {
    ModelMetadata plain = example();
    plain.scoring = Scoring::out_of_fold;
    const std::string json = *to_json(plain);
    const auto with = [&json](std::string_view from, std::string_view to) {
        std::string changed = json;
        changed.replace(changed.find(from), from.size(), to);
        const auto read = parse_metadata(changed, "m.json");
        return read ? "" : read.error().text;
    };
    EXPECT_NE(with("\"label\"", "\"lable\"").find("m.json: field label is missing"), std::string::npos);
    EXPECT_NE(with("\"H1\"", "\"H9\"").find("field timeframe is no timeframe"), std::string::npos);
    EXPECT_NE(with("\"2012-10", "\"2012-77").find("field training_from is no ISO 8601 time"), std::string::npos);
    EXPECT_NE(with("\"trials\": 40", "\"trials\": \"x\"").find("field trials has the wrong kind"), std::string::npos);
    EXPECT_NE(with("\"out_of_fold\"", "\"in_fold\"").find("field scoring is neither"), std::string::npos);
    EXPECT_NE(with("\"conformal\"", "\"konform\"").find("field conformal is missing"), std::string::npos);
    EXPECT_NE(with("\"format\": 2", "\"format\": 3").find("format 3 is newer than this build knows (2)"), std::string::npos);
    EXPECT_NE(with("{", "[").find("is not a JSON object"), std::string::npos);
    ModelMetadata broken = example();
    broken.panel_json = "{";
    EXPECT_EQ(to_json(broken).error().code, ErrorCode::bad_input);
}

TEST(ModelName, must_be_fit_for_a_folder) {
    for (const char* name : {"a", "EURUSD-H1_v2.1", "0"}) EXPECT_TRUE(check_model_name(name)) << name;
    for (const char* name : {"", ".", "..", ".lock", "a/b", "a b", "../x", "ü", "a\n"})
        EXPECT_EQ(check_model_name(name).error().code, ErrorCode::usage) << name;
    EXPECT_FALSE(check_model_name(std::string(65, 'a')));
}

TEST(Checksums, refuse_any_changed_byte) {
    const std::vector<FileChecksum> files{checksum_of("model.bin", "abc"), checksum_of("card.md", "")};
    const std::string text = checksum_text(files);
    EXPECT_EQ(parse_checksums(text, "c")->files, files);
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string changed = text;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        EXPECT_FALSE(parse_checksums(changed, "c")) << "byte " << i;
    }
    for (std::size_t size = 0; size < text.size(); ++size) EXPECT_FALSE(parse_checksums(text.substr(0, size), "c"));
    EXPECT_NE(checksum_of("model.bin", "abc"), checksum_of("model.bin", "abd"));
    EXPECT_TRUE(files[0].matches("abc"));
    EXPECT_FALSE(files[0].matches("abd"));
}

TEST(Checksums, of_the_first_format_are_read_and_those_of_a_newer_one_refused) {
    constexpr std::string_view first = "83a5ecbf7382cdf4 3 model.bin\ncontent 68c3c487cf89d451\n";
    const auto list = parse_checksums(first, "c");
    ASSERT_TRUE(list) << list.error().text;
    EXPECT_TRUE(list->files[0].matches("abc"));
    EXPECT_FALSE(list->files[0].matches("abd"));
    const auto newer = parse_checksums("format 3\nwhatever\n", "c");
    EXPECT_EQ(newer.error().code, ErrorCode::bad_input);
    EXPECT_NE(newer.error().text.find("c: format 3 is newer than this build knows (2)"), std::string::npos);
}

}  // namespace
}  // namespace aitrading::models

#include <gmock/gmock.h>

#include "aitrading/v1/database.pb.h"
#include "base/sha256.hpp"
#include "serving/database/service/tests/served.hpp"

namespace aitrading::serving {
namespace {

using testing::HasSubstr;

struct Objects : testing::Test {
    Served served{{.object_bytes_max = 3'000'000, .objects_max = 5, .uploads_max = 2}};
    static v1::PutObjectRequest part(const std::string& content, const std::string& upload = {}, bool last = false) {
        v1::PutObjectRequest request;
        request.set_content(content);
        request.set_append_to(upload);
        request.set_last(last);
        return request;
    }
    Result<v1::PutObjectReply> put(const v1::PutObjectRequest& request, const std::string& tenant = "default") { return served.ask<v1::PutObjectReply>("ArchiveService/PutObject", request, tenant); }
    Result<v1::PutObjectReply> put_whole(const std::string& content, const std::string& label = {}, const std::string& tenant = "default") {
        v1::PutObjectRequest request = part(content, {}, true);
        request.set_label(label);
        return put(request, tenant);
    }
    Result<v1::GetObjectReply> get(const std::string& id, std::int64_t offset = 0, int bytes_max = 0, const std::string& tenant = "default") {
        v1::GetObjectRequest request;
        request.set_sha256(id);
        request.set_offset(offset);
        request.set_bytes_max(bytes_max);
        return served.ask<v1::GetObjectReply>("ArchiveService/GetObject", request, tenant);
    }
    /// `LABEL:BYTES …` over all pages.
    std::string list(const std::string& prefix = {}, int page = 0, const std::string& tenant = "default") {
        v1::ListObjectsRequest request;
        request.set_label_prefix(prefix);
        request.set_objects_max(page);
        std::string out;
        do {
            const auto reply = served.ask<v1::ListObjectsReply>("ArchiveService/ListObjects", request, tenant);
            if (!reply) return reply.error().text;
            for (const v1::ObjectSummary& one : reply->objects()) out += one.label() + ":" + std::to_string(one.size_bytes()) + " ";
            request.set_page(reply->next_page());
        } while (!request.page().empty());
        return out;
    }
};

TEST_F(Objects, in_one_part_are_named_by_their_content) {
    const auto reply = put_whole("a report", "reports/1");
    ASSERT_TRUE(reply) << error_of(reply);
    EXPECT_EQ(reply->sha256(), sha256_hex("a report"));
    EXPECT_EQ(reply->size_bytes(), 8);
    EXPECT_TRUE(reply->upload().empty());
    EXPECT_EQ(get(reply->sha256())->content(), "a report");
    EXPECT_EQ(get(reply->sha256())->size_bytes(), 8);
    EXPECT_EQ(code_of(get(reply->sha256(), 0, 0, "other")), ErrorCode::not_found);
}

TEST_F(Objects, in_parts_come_back_in_parts) {
    std::string whole;
    for (int i = 0; i < 250'000; ++i) whole += static_cast<char>(i * 7 + i / 1'000);
    const auto first = put(part(whole.substr(0, 100'000)));
    ASSERT_TRUE(first) << error_of(first);
    EXPECT_EQ(first->size_bytes(), 100'000);
    EXPECT_TRUE(first->sha256().empty());
    v1::PutObjectRequest second = part(whole.substr(100'000), first->upload(), true);
    second.set_offset(100'000);
    const auto done = put(second);
    ASSERT_TRUE(done) << error_of(done);
    EXPECT_EQ(done->sha256(), sha256_hex(whole));
    std::string back;
    while (back.size() < whole.size()) {
        const auto piece = get(done->sha256(), static_cast<std::int64_t>(back.size()), 60'000);
        ASSERT_TRUE(piece) << error_of(piece);
        back += piece->content();
    }
    EXPECT_EQ(back, whole);
    EXPECT_EQ(get(done->sha256(), 123'456, 10)->content(), whole.substr(123'456, 10)) << "anywhere";
    EXPECT_TRUE(get(done->sha256(), 250'000)->content().empty()) << "at the end";
    EXPECT_THAT(error_of(get(done->sha256(), 250'001)), HasSubstr("250000 bytes"));
}

TEST_F(Objects, a_part_that_came_twice_or_not_at_all_is_refused) {
    const auto first = put(part("0123456789"));
    v1::PutObjectRequest again = part("abc", first->upload());
    again.set_offset(0);
    EXPECT_THAT(error_of(put(again)), HasSubstr("the upload has 10 bytes, not 0"));
    again.set_offset(10);
    EXPECT_TRUE(put(again)) << "the upload goes on";
    v1::PutObjectRequest begun = part("x");
    begun.set_offset(5);
    EXPECT_FALSE(put(begun));
    EXPECT_EQ(put(part("", first->upload(), true))->sha256(), sha256_hex("0123456789abc"));
    EXPECT_EQ(code_of(put(part("more", first->upload()))), ErrorCode::not_found) << "it is finished";
}

TEST_F(Objects, uploads_are_their_tenants_and_bounded_in_number_and_time) {
    const std::string mine = put(part("one"))->upload();
    EXPECT_EQ(code_of(put(part("two", mine), "other")), ErrorCode::not_found);
    ASSERT_TRUE(put(part("another")));
    const auto third = put(part("a third"));
    EXPECT_EQ(code_of(third), ErrorCode::gate_refused);
    EXPECT_TRUE(third.error().retry_helps);
    EXPECT_TRUE(put(part("theirs"), "other"));
    EXPECT_TRUE(put_whole("in one part")) << "needs no place";
    served.pass(std::chrono::minutes(9));
    ASSERT_TRUE(put(part("", mine)));
    served.pass(std::chrono::minutes(2));
    served.state->uploads.sweep(served.now);
    EXPECT_EQ(served.state->uploads.open(), 1U);
    EXPECT_EQ(put(part("", mine, true))->sha256(), sha256_hex("one"));
    EXPECT_EQ(list(), ":3 :11 ") << "what was not finished left nothing";
}

TEST_F(Objects, an_upload_that_is_cut_leaves_nothing) {
    ASSERT_TRUE(put(part(std::string(500'000, 'x'))));
    served.state->close();
    served.state->open(served.stores());
    EXPECT_EQ(list(), "");
    std::size_t files = 0;
    for (const auto& file : std::filesystem::recursive_directory_iterator(served.folder / "archive"))
        if (file.is_regular_file() && file.file_size() > 0) ++files;
    EXPECT_EQ(files, 0U);
}

TEST_F(Objects, labels_are_found_by_prefix_in_their_order) {
    ASSERT_TRUE(put_whole("1", "models/b"));
    ASSERT_TRUE(put_whole("22", "models/a"));
    ASSERT_TRUE(put_whole("333", "reports/x"));
    ASSERT_TRUE(put_whole("4444"));
    ASSERT_TRUE(put_whole("theirs", "models/z", "other"));
    EXPECT_EQ(list("models/"), "models/a:2 models/b:1 ");
    EXPECT_EQ(list("models/", 1), "models/a:2 models/b:1 ") << "page by page";
    EXPECT_EQ(list("m"), "models/a:2 models/b:1 ");
    EXPECT_EQ(list("nothing"), "");
    EXPECT_EQ(list({}, 2).size(), std::string("models/a:2 models/b:1 reports/x:3 :4 ").size());
    served.pass(std::chrono::seconds(1));
    ASSERT_TRUE(put_whole("1", "models/new"));
    EXPECT_EQ(list("models/"), "models/a:2 models/new:1 ") << "the last label holds";
    ASSERT_TRUE(put_whole("1"));
    EXPECT_EQ(list("models/"), "models/a:2 models/new:1 ") << "none leaves it";
}

TEST_F(Objects, outside_the_limits_are_named) {
    EXPECT_THAT(error_of(put(part(std::string((1 << 20) + 1, 'x')))), HasSubstr("1048576 bytes"));
    EXPECT_THAT(error_of(put_whole("x", std::string(201, 'l'))), HasSubstr("label: at most 200"));
    EXPECT_FALSE(put_whole("x", std::string("a\0b", 3)));
    EXPECT_FALSE(get("no id"));
    EXPECT_EQ(code_of(get(std::string(64, '0'))), ErrorCode::not_found);
    EXPECT_FALSE(get(sha256_hex("x"), -1));
    EXPECT_FALSE(get(sha256_hex("x"), 0, (1 << 20) + 1));
    EXPECT_EQ(code_of(put(part("x", "guess"))), ErrorCode::not_found);
}

TEST_F(Objects, the_quota_of_bytes_counts_uploads_and_each_content_once) {
    const std::string million(1'000'000, 'x');
    const std::string upload = put(part(million))->upload();
    ASSERT_TRUE(put(part(million, upload)));
    EXPECT_EQ(code_of(put_whole(million + "y")), ErrorCode::gate_refused) << "the parts count before they are an object";
    served.pass(std::chrono::seconds(1));
    EXPECT_TRUE(put(part("", upload, true)));
    EXPECT_TRUE(put_whole(std::string(900'000, 'z')));
    served.pass(std::chrono::seconds(1));
    EXPECT_TRUE(put_whole("z")) << "a little is left";
    for (int i = 0; i < 3; ++i) {
        served.pass(std::chrono::seconds(1));
        EXPECT_TRUE(put_whole("z")) << "what is there takes no more room";
    }
    const auto refused = put_whole(std::string(200'000, 'y'));
    EXPECT_EQ(code_of(refused), ErrorCode::gate_refused);
    EXPECT_THAT(error_of(refused), HasSubstr("quota of objects"));
    EXPECT_TRUE(put_whole(std::string(200'000, 'y'), {}, "other"));
}

TEST_F(Objects, a_part_that_breaks_the_quota_ends_its_upload) {
    std::string upload = put(part(std::string(1'000'000, 'x')))->upload();
    for (int i = 0; i < 2; ++i) ASSERT_TRUE(put(part(std::string(1'000'000, 'x'), upload)));
    EXPECT_EQ(code_of(put(part("y", upload))), ErrorCode::gate_refused);
    EXPECT_EQ(code_of(put(part("y", upload))), ErrorCode::not_found);
    EXPECT_TRUE(put_whole(std::string(1'000'000, 'z'))) << "and gives its room back";
}

}  // namespace
}  // namespace aitrading::serving

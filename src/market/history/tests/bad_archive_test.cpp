// Archives that are damaged, cheat or carry more than they should.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <lzma.h>

#include <algorithm>

#include "market/history/byte_source.hpp"
#include "market/history/tests/folder.hpp"
#include "market/history/unpack.hpp"

namespace aitrading::market {
namespace {

using testing::HasSubstr;

std::string deflated(std::string_view text, int window_bits, int level = 9) {
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, level, Z_DEFLATED, window_bits, 9, Z_DEFAULT_STRATEGY), Z_OK);
    std::string out(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}
std::string gzip(std::string_view text) { return deflated(text, MAX_WBITS + 16); }

void put(std::string& out, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
}

/// A zip of one deflated file that declares `declared` bytes.
std::string zip(std::string_view text, std::uint32_t declared) {
    const std::string packed = deflated(text, -MAX_WBITS);
    const auto checksum = crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size()));
    const auto fields = [&](std::string& out) {
        put(out, 20, 2), put(out, 0, 2), put(out, 8, 2), put(out, 0, 4), put(out, checksum, 4), put(out, packed.size(), 4);
        put(out, declared, 4), put(out, 5, 2), put(out, 0, 2);
    };
    std::string out = "PK\x03\x04";
    fields(out);
    out += "a.csv" + packed;
    const std::size_t directory = out.size();
    out += std::string("PK\x01\x02\x14\x00", 6);
    fields(out);
    put(out, 0, 2), put(out, 0, 2), put(out, 0, 2), put(out, 0, 4), put(out, 0, 4);
    out += "a.csv";
    const std::size_t size = out.size() - directory;
    out += std::string("PK\x05\x06\0\0\0\0\1\0\1\0", 12);
    put(out, size, 4), put(out, directory, 4), put(out, 0, 2);
    return out;
}

std::string rows(int from, int to) {
    std::string out;
    for (int i = from; i < to; ++i) out += fmt::format("2018-01-{:02} {:02}:00,1.1,1.2,1.0,1.15\n", 2 + i / 24, i % 24);
    return out;
}
constexpr const char* header = "time,open,high,low,close\n";

/// What reading a whole archive says; empty where it is read to the end.
std::string fault_of(std::string_view bytes, std::uint64_t* read = nullptr) {
    auto source = open_bytes(bytes, "a.gz");
    if (!source) return source.error().text;
    std::vector<char> buffer(1 << 20);
    while (true) {
        const auto got = (*source)->read(buffer);
        if (!got) return got.error().text;
        if (*got == 0) return "";
        if (read != nullptr) *read += *got;
    }
}

TEST(BadArchive, bombs_are_refused_while_they_unpack) {
    const std::string zeros(200 << 20, '\n');
    std::uint64_t read = 0;
    EXPECT_THAT(fault_of(gzip(zeros), &read), HasSubstr("zip bomb"));
    EXPECT_LT(read, 70U << 20);
    EXPECT_THAT(fault_of(zip(zeros, static_cast<std::uint32_t>(zeros.size()))), HasSubstr("zip bomb"));  // by its own word
    EXPECT_THAT(fault_of(zip(zeros, 1000)), HasSubstr("declares 1000 bytes"));
    UtcFolder folder;
    const auto report = folder.import(folder.write("EURUSD.csv.gz", gzip(header + zeros)));
    EXPECT_EQ(report.error().code, ErrorCode::bad_input);
    EXPECT_THAT(report.error().text, HasSubstr("EURUSD.csv.gz"));
}

TEST(BadArchive, lzma_bombs_too) {
    const std::string zeros(100 << 20, '\n');
    lzma_options_lzma options;
    lzma_lzma_preset(&options, 1);
    lzma_stream stream = LZMA_STREAM_INIT;
    ASSERT_EQ(lzma_alone_encoder(&stream, &options), LZMA_OK);
    std::string out(1 << 20, '\0');
    stream.next_in = reinterpret_cast<const std::uint8_t*>(zeros.data());
    stream.avail_in = zeros.size();
    stream.next_out = reinterpret_cast<std::uint8_t*>(out.data());
    stream.avail_out = out.size();
    ASSERT_EQ(lzma_code(&stream, LZMA_FINISH), LZMA_STREAM_END);
    out.resize(stream.total_out);
    lzma_end(&stream);
    EXPECT_THAT(fault_of(out), HasSubstr("zip bomb"));
    out[1] = out[2] = 0, out[3] = 0, out[4] = '\x40';  // a dictionary of 1 GiB
    EXPECT_THAT(fault_of(out), HasSubstr("dictionary"));
}

TEST(BadArchive, prices_that_compress_well_are_no_bomb) {
    EXPECT_EQ(fault_of(gzip(std::string(60 << 20, '\n'))), "");
    EXPECT_TRUE(UnpackLimit::check("x", 100 << 20, 10'000ULL << 20).has_value());
    EXPECT_FALSE(UnpackLimit::check("x", 1 << 20, 1'000ULL << 20).has_value());
}

TEST(BadArchive, bytes_after_a_gzip_are_left_out_and_it_is_said) {
    const std::string whole = gzip(header + rows(0, 30));
    for (const std::string& garbage : {std::string("rubbish"), std::string("\0\0\0rubbish", 10), std::string("\x1f" "ubbish")}) {
        UtcFolder folder;
        const auto report = folder.import(folder.write("EURUSD.csv.gz", whole + garbage));
        ASSERT_TRUE(report.has_value()) << report.error().text;
        EXPECT_EQ(report->rows_stored, 30);
        const auto found = std::ranges::find(report->defects, "trailing_bytes", &Defect::kind);
        ASSERT_NE(found, report->defects.end());
        EXPECT_THAT(found->text, HasSubstr(fmt::format("{} bytes after", garbage.size())));
    }
    UtcFolder folder;
    const auto padded = folder.import(folder.write("EURUSD.csv.gz", whole + std::string(512, '\0')));
    ASSERT_TRUE(padded.has_value());
    for (const Defect& defect : padded->defects) EXPECT_NE(defect.kind, "trailing_bytes");
}

TEST(BadArchive, gzip_of_several_members_is_read_through) {
    UtcFolder folder;
    const auto report = folder.import(folder.write("EURUSD.csv.gz", gzip(header + rows(0, 20)) + gzip(rows(20, 30)) + gzip("") + gzip(rows(30, 45))));
    ASSERT_TRUE(report.has_value()) << report.error().text;
    EXPECT_EQ(report->rows_stored, 45);
    for (const Defect& defect : report->defects) EXPECT_NE(defect.kind, "trailing_bytes");
}

TEST(BadArchive, zip_as_it_should_be) {
    UtcFolder folder;
    const std::string text = header + rows(0, 40);
    EXPECT_EQ(folder.import(folder.write("EURUSD.zip", zip(text, static_cast<std::uint32_t>(text.size()))))->rows_stored, 40);
}

}  // namespace
}  // namespace aitrading::market

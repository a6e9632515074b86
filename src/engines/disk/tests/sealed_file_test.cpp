#include "engines/disk/sealed_file.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "engines/disk/files.hpp"
#include "ports/cipher/conformance/toy_cipher.hpp"

namespace aitrading::engines {
namespace {

namespace fs = std::filesystem;
using ports::conformance::ToyCipher;
using namespace std::string_literals;

class SealedFile : public testing::Test {
  protected:
    void SetUp() override { fs::create_directories(folder_); }
    void TearDown() override { fs::remove_all(folder_); }
    void lay(const std::string& bytes) const { std::ofstream(file_, std::ios::binary | std::ios::trunc) << bytes; }
    fs::path folder_ = fs::path(testing::TempDir()) / ("sealed." + std::to_string(::getpid()));
    fs::path file_ = folder_ / "thing";
    std::string bytes_ = "some \0 bytes"s + std::string(1'000, 'x');
};

TEST_F(SealedFile, comes_back_as_it_was_written) {
    ASSERT_TRUE(write_sealed(file_, "TEST1\n", bytes_, nullptr));
    EXPECT_EQ(read_sealed(file_, "TEST1\n", nullptr).value(), bytes_);
    EXPECT_EQ(read_sealed(folder_ / "absent", "TEST1\n", nullptr).error().code, ErrorCode::not_found);
    EXPECT_EQ(read_sealed(file_, "TEST2\n", nullptr).error().code, ErrorCode::gate_refused);
}

TEST_F(SealedFile, hides_its_bytes_from_whoever_lacks_the_key) {
    ToyCipher cipher, other("toy-2");
    ASSERT_TRUE(write_sealed(file_, "TEST1\n", bytes_, &cipher));
    EXPECT_EQ(read_sealed(file_, "TEST1\n", &cipher).value(), bytes_);
    EXPECT_EQ(read_small_file(file_).value().find("some"), std::string::npos);
    EXPECT_EQ(read_sealed(file_, "TEST1\n", nullptr).error().code, ErrorCode::gate_refused);
    EXPECT_EQ(read_sealed(file_, "TEST1\n", &other).error().code, ErrorCode::gate_refused);
    fs::rename(file_, folder_ / "moved");
    EXPECT_EQ(read_sealed(folder_ / "moved", "TEST1\n", &cipher).error().code, ErrorCode::gate_refused) << "of another place";
}

TEST_F(SealedFile, names_the_file_where_any_byte_was_changed) {
    bytes_.resize(40);
    ASSERT_TRUE(write_sealed(file_, "TEST1\n", bytes_, nullptr));
    const std::string whole = read_small_file(file_).value();
    for (std::size_t i = 0; i < whole.size(); ++i) {
        std::string changed = whole;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        lay(changed);
        const auto got = read_sealed(file_, "TEST1\n", nullptr);
        ASSERT_FALSE(got) << i;
        EXPECT_EQ(got.error().code, ErrorCode::gate_refused);
        EXPECT_NE(got.error().text.find(file_.string()), std::string::npos);
        lay(whole.substr(0, i));
        EXPECT_FALSE(read_sealed(file_, "TEST1\n", nullptr)) << "cut at " << i;
    }
}

}  // namespace
}  // namespace aitrading::engines

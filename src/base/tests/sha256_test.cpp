#include "base/sha256.hpp"

#include <gtest/gtest.h>

namespace aitrading {
namespace {

/// The examples of FIPS 180-4 and NIST's SHA256ShortMsg, the last by Python's hashlib.
TEST(Sha256, agrees_with_the_published_examples) {
    EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(sha256_hex(std::string(1'000'000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    std::string all;
    for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
    EXPECT_EQ(sha256_hex(all), "40aff2e9d2d8922e47afd4648e6967497158785fbd1da870e7110266bf944880");
}

TEST(Sha256, pieces_and_whole_are_one) {
    std::string text;
    for (int i = 0; i < 200; ++i) text.push_back(static_cast<char>(i * 7));
    for (std::size_t size = 0; size <= text.size(); ++size) {
        const std::string_view message = std::string_view(text).substr(0, size);
        for (const std::size_t piece : {std::size_t{1}, std::size_t{63}, std::size_t{64}, std::size_t{65}}) {
            Sha256 hash;
            for (std::size_t at = 0; at < size; at += piece) hash.add(message.substr(at, piece));
            ASSERT_EQ(hash.hex(), sha256_hex(message)) << size << " bytes in pieces of " << piece;
        }
    }
}

}  // namespace
}  // namespace aitrading

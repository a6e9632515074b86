#include <gtest/gtest.h>

#include "engines/archive/files/tests/folder_ground.hpp"
#include "ports/archive/conformance/checks.hpp"
#include "ports/cipher/conformance/toy_cipher.hpp"

namespace aitrading::engines {
namespace {

class FileArchiveConformance : public testing::TestWithParam<ports::conformance::ArchiveCheck> {};

TEST_P(FileArchiveConformance, holds_on_the_machines_disk) {
    EXPECT_EQ(GetParam().run([] { return std::make_unique<FolderGround>(); }), "");
}

TEST_P(FileArchiveConformance, holds_with_a_cipher) {
    EXPECT_EQ(GetParam().run([] { return std::make_unique<FolderGround>(std::make_shared<ports::conformance::ToyCipher>()); }), "");
}

INSTANTIATE_TEST_SUITE_P(Archive, FileArchiveConformance, testing::ValuesIn(ports::conformance::archive_checks()),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace aitrading::engines

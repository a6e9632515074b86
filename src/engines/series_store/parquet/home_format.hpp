#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "base/result.hpp"

namespace aitrading::engines {

/// One step from format `from` to `from + 1`, done in place on a home of which a copy was made.
struct HomeMigration {
    int from = 0;
    std::function<Result<void>(const std::filesystem::path& home)> run;
};

/// The format that this build writes, and the way there from older ones.
struct HomeFormat {
    int version = 1;
    std::vector<HomeMigration> migrations;
};

/// Reads `<home>/format`. A newer format is refused; an older one is copied to `<home>/before-format-<version>` and
/// migrated. A home that does not exist yet is left so. @errors failed
Result<void> prepare_home(const std::filesystem::path& home, const HomeFormat& format = {});
/// Makes the home and writes its format where there is none. @errors failed
Result<void> create_home(const std::filesystem::path& home, const HomeFormat& format = {});

}  // namespace aitrading::engines

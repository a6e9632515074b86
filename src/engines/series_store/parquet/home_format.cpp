#include "engines/series_store/parquet/home_format.hpp"

#include <fmt/format.h>

#include <charconv>
#include <string>
#include <system_error>

#include "engines/disk/files.hpp"

namespace aitrading::engines {
namespace fs = std::filesystem;
namespace {

constexpr int lock_wait_ms = 60'000;

Result<int> stored_version(const fs::path& home) {
    TRY(const std::string text, read_small_file(home / "format"));
    int version = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
    if (error != std::errc{} || version < 1)
        return fail(ErrorCode::failed, fmt::format("{}: not a format number; restore the file or choose another --home",
                                                   (home / "format").string()));
    return version;
}

Result<void> copy_home(const fs::path& home, int version) {
    const fs::path copy = home / fmt::format("before-format-{}", version);
    const fs::path unfinished = copy.string() + ".new";
    std::error_code error;
    fs::remove_all(unfinished, error);
    if (fs::exists(copy)) return {};
    fs::create_directories(unfinished, error);
    for (const auto& entry : fs::directory_iterator(home)) {
        if (error) break;
        if (entry.path().filename().string().starts_with("before-format-")) continue;
        fs::copy(entry.path(), unfinished / entry.path().filename(), fs::copy_options::recursive, error);
    }
    if (!error) fs::rename(unfinished, copy, error);
    if (!error) return {};
    const Error reason = disk_error("copy the home to", copy, error.value());
    fs::remove_all(unfinished, error);
    return std::unexpected(reason);
}

Result<void> migrate(const fs::path& home, const HomeFormat& format) {
    TRY(const FileHandle lock, lock_file(home / "format.lock", lock_wait_ms));
    TRY(int version, stored_version(home));  // another process may have done it meanwhile
    if (version < format.version) TRY_VOID(copy_home(home, version));
    for (; version < format.version; ++version) {
        for (const HomeMigration& step : format.migrations)
            if (step.from == version) TRY_VOID(step.run(home));
        TRY_VOID(replace_file(home / "format", fmt::format("{}\n", version + 1)));
    }
    return {};
}

}  // namespace

Result<void> prepare_home(const fs::path& home, const HomeFormat& format) {
    const auto version = stored_version(home);
    if (!version) {
        if (version.error().code == ErrorCode::not_found) return {};
        return std::unexpected(version.error());
    }
    if (*version > format.version)
        return fail(ErrorCode::failed,
                    fmt::format("{} has format {}, this build knows up to {}; use a newer build or another --home",
                                home.string(), *version, format.version));
    return *version < format.version ? migrate(home, format) : Result<void>{};
}

Result<void> create_home(const fs::path& home, const HomeFormat& format) {
    std::error_code error;
    if (fs::exists(home / "format", error)) return {};
    TRY_VOID(make_folder(home));
    return replace_file(home / "format", fmt::format("{}\n", format.version));
}

}  // namespace aitrading::engines

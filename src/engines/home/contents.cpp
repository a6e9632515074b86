#include "engines/home/contents.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "engines/disk/files.hpp"
#include "engines/home/sums.hpp"

namespace aitrading::engines::home {
namespace fs = std::filesystem;
namespace {

bool ends(std::string_view name, std::initializer_list<std::string_view> with) {
    return std::ranges::any_of(with, [&](std::string_view end) { return name.ends_with(end); });
}

/// What can be made again or belongs to a moment: caches, running processes, locks, copies, unfinished files, SQLite's own neighbours.
bool left_out(const std::string& name, bool folder, bool at_top) {
    if (name.starts_with('.')) return true;
    if (folder) return ends(name, {".new", ".unfinished"}) || (at_top && (name == "cache" || name == "run" || name.starts_with("before-format-")));
    return name == "lock" || name == sums_name || ends(name, {".lock", ".new", ".unfinished", "-wal", "-shm", "-journal"});
}

bool is_database(const fs::path& file) {
    constexpr std::string_view magic("SQLite format 3\0", 16);
    std::array<char, 16> head{};
    std::ifstream in(file, std::ios::binary);
    in.read(head.data(), head.size());
    return in.gcount() == 16 && std::string_view(head.data(), head.size()) == magic;
}

}  // namespace

Result<Contents> contents_of(const fs::path& folder) {
    Contents out;
    std::error_code error;
    if (!fs::is_directory(folder, error)) return fail(ErrorCode::not_found, folder.string() + ": there is no such folder");
    fs::recursive_directory_iterator at(folder, fs::directory_options::follow_directory_symlink, error);
    for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
        const std::string name = at->path().filename().string();
        struct stat info {};
        if (::stat(at->path().c_str(), &info) != 0) {
            if (errno == ENOENT) continue;  // it went meanwhile
            return std::unexpected(disk_error("read", at->path(), errno));
        }
        const bool is_folder = S_ISDIR(info.st_mode);
        if (left_out(name, is_folder, at.depth() == 0)) {
            if (is_folder) at.disable_recursion_pending();
            continue;
        }
        if (!S_ISREG(info.st_mode)) continue;
        if (std::ranges::any_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x20; }))
            return fail(ErrorCode::failed, at->path().parent_path().string() + ": a name in it holds control characters; rename it");
        const std::string path = at->path().lexically_relative(folder).generic_string();
        if (is_database(at->path())) out.databases.push_back(path);
        else out.files[path] = {info.st_ino, info.st_size, std::int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec};
    }
    if (error) return std::unexpected(disk_error("read", folder, error.value()));
    std::ranges::sort(out.databases);
    return out;
}

}  // namespace aitrading::engines::home

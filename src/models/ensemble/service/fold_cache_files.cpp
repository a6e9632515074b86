#include "models/ensemble/service/fold_cache_files.hpp"

#include <fstream>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

namespace aitrading::models {

namespace fs = std::filesystem;

Result<FileFoldCache> FileFoldCache::open(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error)
        return fail(ErrorCode::failed,
                    fmt::format("{}: cannot make the folder for finished fits ({}): choose a --home "
                                "that can be written",
                                folder.string(), error.message()));
    return FileFoldCache(folder);
}

fs::path FileFoldCache::file(const std::string& key) const {
    return folder_ / (key + ".fit");
}

std::optional<std::string> FileFoldCache::load(const std::string& key) {
    std::ifstream in(file(key), std::ios::binary);
    if (!in) return std::nullopt;
    std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (in.bad()) return std::nullopt;
    return bytes;
}

Result<void> FileFoldCache::store(const std::string& key, std::string_view bytes) {
    const fs::path target = file(key), draft = folder_ / fmt::format("{}.{}.draft", key, ::getpid());
    std::error_code error;
    {
        std::ofstream out(draft, std::ios::binary | std::ios::trunc);
        out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        out.flush();
        if (!out) {
            out.close();
            fs::remove(draft, error);
            return fail(
                ErrorCode::failed,
                fmt::format("{}: a finished fit cannot be written: is the disk full?", target.string()),
                true);
        }
    }
    fs::rename(draft, target, error);
    if (error)
        return fail(ErrorCode::failed,
                    fmt::format("{}: cannot be put in its place ({})", target.string(), error.message()),
                    true);
    return {};
}

void FileFoldCache::clear() {
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder_, error))
        if (entry.path().extension() == ".fit" || entry.path().extension() == ".draft")
            fs::remove(entry.path(), error);
}

}  // namespace aitrading::models

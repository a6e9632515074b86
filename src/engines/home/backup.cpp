#include "engines/home/backup.hpp"

#include <algorithm>

#include "engines/disk/files.hpp"
#include "engines/home/contents.hpp"
#include "engines/home/sums.hpp"
#include "engines/sqlite/database.hpp"

namespace aitrading::engines {
namespace fs = std::filesystem;
namespace {

using home::Contents;
using home::Sum;
using home::Sums;
using sqlite::Database;

constexpr int rounds_max = 5;      // in which files may change under the copy
constexpr int busy_ms = 10'000;    // for who writes a database in the old way, and so keeps readers out

Result<void> make_parent(const fs::path& file) {
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    if (error) return std::unexpected(disk_error("make", file.parent_path(), error.value()));
    return {};
}

/// Whether SQLite finds every page, index and row at its place. @errors gate_refused
Result<void> check_database(const fs::path& file, Database::Mode mode) {
    TRY(const auto database, Database::open(file.string(), {mode, {}, "the database", busy_ms}));
    std::string said;
    {
        sqlite::Statement check(*database, "PRAGMA integrity_check(3)");
        if (check.step()) said = check.text(0);
    }
    TRY_VOID(database->sound());
    if (said != "ok") return fail(ErrorCode::gate_refused, file.string() + ": damaged: " + said + "; restore it from a backup");
    return {};
}

bool begins_with_one_of(const std::string& path, const std::vector<std::string>& folders) {
    return std::ranges::any_of(folders, [&](const std::string& folder) { return path.starts_with(folder + "/"); });
}

/// Copies files until a look before and a look after a round show the same: then all copies are of that moment.
Result<void> copy_files(const fs::path& from, const fs::path& to, const std::vector<std::string>& growing, Sums& sums) {
    std::map<std::string, home::Stamp> copied;
    for (int round = 0; round < rounds_max; ++round) {
        TRY(const Contents now, home::contents_of(from));
        bool still = true;
        for (const auto& [path, stamp] : copied)
            if (!now.files.contains(path)) {
                still = false;
                sums.erase(path);
                fs::remove(to / path);
            }
        std::erase_if(copied, [&](const auto& one) { return !now.files.contains(one.first); });
        for (const auto& [path, stamp] : now.files) {
            const auto before = copied.find(path);
            if (before != copied.end() && (before->second == stamp || begins_with_one_of(path, growing))) continue;
            still = false;
            const fs::path target = to / path;
            TRY_VOID(make_parent(target));
            fs::remove(target);
            auto sum = home::copy_file(from / path, &target);
            if (!sum && sum.error().code == ErrorCode::not_found) continue;  // the next round sees that it went
            if (!sum) return std::unexpected(sum.error());
            sums[path] = std::move(*sum);
            copied[path] = stamp;
        }
        if (still) return {};
    }
    return fail(ErrorCode::failed, from.string() + ": its files change faster than they are copied; try again when less is imported or trained", true);
}

BackupReport report_of(const Sums& sums, std::size_t databases) {
    BackupReport report{static_cast<std::int64_t>(sums.size()), static_cast<std::int64_t>(databases)};
    for (const auto& [path, sum] : sums) report.bytes += sum.bytes;
    return report;
}

/// Puts all folders below on the disk, and moves `unfinished` to `out`.
Result<void> finish(const fs::path& unfinished, const fs::path& out) {
    for (const auto& entry : fs::recursive_directory_iterator(unfinished))
        if (entry.is_directory()) TRY_VOID(sync_path(entry.path()));
    TRY_VOID(sync_path(unfinished));
    std::error_code error;
    fs::rename(unfinished, out, error);
    if (error) return std::unexpected(disk_error("make", out, error.value()));
    return sync_path(out.parent_path().empty() ? fs::path(".") : out.parent_path());
}

/// A new folder beside `out`, which takes its name at the end; what an earlier attempt left goes.
Result<fs::path> begin(const fs::path& out) {
    fs::path unfinished = out.string() + ".unfinished";
    std::error_code error;
    fs::remove_all(unfinished, error);
    TRY_VOID(make_folder(unfinished));
    return unfinished;
}

fs::path clean(const fs::path& path) {
    fs::path out = fs::absolute(path).lexically_normal();
    return out.has_filename() ? out : out.parent_path();
}

Result<Sums> sums_of(const fs::path& backup) {
    TRY(const std::string text, read_small_file(backup / home::sums_name));
    return home::read_sums(text, (backup / home::sums_name).string());
}

std::unexpected<Error> damaged(const fs::path& file, const std::string& what) {
    return fail(ErrorCode::gate_refused, file.string() + ": " + what + "; take another backup");
}

}  // namespace

Result<void> copy_database(const fs::path& from, const fs::path& to) {
    if (fs::exists(to)) return fail(ErrorCode::failed, to.string() + ": is there already");
    TRY_VOID(make_parent(to));
    {
        TRY(const auto source, Database::open(from.string(), {Database::Mode::reader, {}, "the database", busy_ms}));
        TRY(const auto copy, Database::open(to.string(), {Database::Mode::copy, {}, "the copy", busy_ms}));
        TRY_VOID(source->copy_into(*copy));
    }
    return sync_path(to);
}

Result<BackupReport> back_up_home(const fs::path& home_folder, const fs::path& out_folder, const BackupOptions& options) {
    const fs::path home = clean(home_folder), out = clean(out_folder);
    if (fs::exists(out)) return fail(ErrorCode::usage, out.string() + ": is there already; name a new folder");
    if (!out.lexically_relative(home).string().starts_with("..")) return fail(ErrorCode::usage, out.string() + ": lies inside the home; a backup belongs elsewhere");
    TRY(const Contents contents, home::contents_of(home));
    TRY(const fs::path unfinished, begin(out));
    Sums sums;
    for (const bool last : {false, true}) {
        for (const std::string& path : contents.databases)
            if (begins_with_one_of(path, options.last) == last) {
                TRY_VOID(copy_database(home / path, unfinished / path));
                TRY(sums[path], home::copy_file(unfinished / path, nullptr));
            }
        if (!last) TRY_VOID(copy_files(home, unfinished, options.growing, sums));
    }
    TRY_VOID(replace_file(unfinished / home::sums_name, home::sums_text(sums, options.now)));
    TRY_VOID(finish(unfinished, out));
    return report_of(sums, contents.databases.size());
}

Result<BackupReport> check_backup(const fs::path& backup) {
    TRY(const Sums sums, sums_of(backup));
    for (const auto& [path, expected] : sums) {
        const auto found = home::copy_file(backup / path, nullptr);
        if (!found && found.error().code == ErrorCode::not_found) return damaged(backup / path, "is missing");
        if (!found) return std::unexpected(found.error());
        if (found->sha256 != expected.sha256) return damaged(backup / path, "damaged, its checksum does not fit");
    }
    TRY(const Contents contents, home::contents_of(backup));
    for (const auto& [path, stamp] : contents.files)
        if (!sums.contains(path)) return damaged(backup / path, "is not in the list of the backup");
    for (const std::string& path : contents.databases) {
        if (!sums.contains(path)) return damaged(backup / path, "is not in the list of the backup");
        TRY_VOID(check_database(backup / path, Database::Mode::untouched));
    }
    return report_of(sums, contents.databases.size());
}

Result<BackupReport> restore_home(const fs::path& backup, const fs::path& home_folder) {
    const fs::path home = clean(home_folder);
    std::error_code error;
    if (fs::exists(home, error) && !(fs::is_directory(home, error) && fs::is_empty(home, error)))
        return fail(ErrorCode::usage, home.string() + ": the home is not empty; restore into a new one (--home DIR) and look at it first");
    TRY(const BackupReport report, check_backup(backup));
    TRY(const Sums sums, sums_of(backup));
    TRY(const fs::path unfinished, begin(home));
    for (const auto& [path, expected] : sums) {
        const fs::path target = unfinished / path;
        TRY_VOID(make_parent(target));
        TRY(const Sum copied, home::copy_file(backup / path, &target));
        if (copied.sha256 != expected.sha256) return damaged(backup / path, "changed while it was restored");
    }
    fs::remove(home, error);  // an empty folder
    TRY_VOID(finish(unfinished, home));
    return report;
}

Result<BackupReport> check_home(const fs::path& home) {
    TRY(const Contents contents, home::contents_of(home));
    BackupReport report{static_cast<std::int64_t>(contents.files.size() + contents.databases.size()), static_cast<std::int64_t>(contents.databases.size())};
    for (const auto& [path, stamp] : contents.files) report.bytes += stamp.bytes;
    for (const std::string& path : contents.databases) TRY_VOID(check_database(home / path, Database::Mode::reader));
    return report;
}

}  // namespace aitrading::engines

#include "models/registry/service/model_store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>
#include <utility>

#include "kit/atomic_file.hpp"

namespace aitrading::models {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view checksum_file = "checksums.txt";
constexpr std::string_view metadata_file = "metadata.json";
constexpr std::string_view part_prefix = ".part-";

std::unexpected<Error> failed(const fs::path& path, std::string_view doing, const std::error_code& why) {
    return std::unexpected(Error{ErrorCode::failed, fmt::format("{}: cannot {}: {}", path.string(), doing, why.message()),
                                 why == std::errc::no_space_on_device});
}

std::error_code last_error() { return {errno, std::system_category()}; }

/// Holds the writers' lock of one model name; the kernel lets go of it when the process dies.
class WriterLock {
  public:
    static Result<WriterLock> take(const fs::path& folder) {
        const fs::path path = folder / ".lock";
        const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (descriptor < 0) return failed(path, "open the lock", last_error());
        WriterLock lock(descriptor);
        while (::flock(descriptor, LOCK_EX) != 0)
            if (errno != EINTR) return failed(path, "lock", last_error());
        return lock;
    }
    WriterLock(WriterLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    WriterLock& operator=(WriterLock&&) = delete;
    ~WriterLock() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }

  private:
    explicit WriterLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

/// A folder that goes away unless it was moved into place.
class PartFolder {
  public:
    explicit PartFolder(fs::path path) : path_(std::move(path)) {}
    PartFolder(const PartFolder&) = delete;
    PartFolder& operator=(const PartFolder&) = delete;
    ~PartFolder() {
        std::error_code ignored;
        if (!path_.empty()) fs::remove_all(path_, ignored);
    }
    void keep() { path_.clear(); }

  private:
    fs::path path_;
};

std::optional<int> version_of(const fs::path& folder) {
    const std::string text = folder.filename().string();
    int version = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
    const bool sound = error == std::errc{} && end == text.data() + text.size() && version >= 1 && text.front() != '0';
    return sound ? std::optional(version) : std::nullopt;
}

/// Names of what lies in a folder, sorted; empty where the folder does not exist.
Result<std::vector<fs::path>> entries_of(const fs::path& folder) {
    std::vector<fs::path> entries;
    std::error_code error;
    fs::directory_iterator at(folder, error);
    if (error == std::errc::no_such_file_or_directory) return entries;
    for (; !error && at != fs::directory_iterator(); at.increment(error)) entries.push_back(at->path());
    if (error) return failed(folder, "read the folder", error);
    std::sort(entries.begin(), entries.end());
    return entries;
}

Result<std::vector<int>> versions_in(const fs::path& folder) {
    TRY(const std::vector<fs::path> entries, entries_of(folder));
    std::vector<int> versions;
    for (const fs::path& entry : entries)
        if (const auto version = version_of(entry)) versions.push_back(*version);
    std::sort(versions.begin(), versions.end());
    return versions;
}

/// The lock is held: whatever lies aside belongs to a writer that died.
Result<void> remove_abandoned_parts(const fs::path& folder) {
    TRY(const std::vector<fs::path> entries, entries_of(folder));
    for (const fs::path& entry : entries) {
        if (!entry.filename().string().starts_with(part_prefix)) continue;
        std::error_code error;
        fs::remove_all(entry, error);
        if (error) return failed(entry, "remove what an interrupted writer left", error);
    }
    return {};
}

Result<void> write_version(const fs::path& folder, const StoredModel& model, std::string_view metadata) {
    const std::array<std::pair<std::string_view, std::string_view>, 4> files{{{"model.bin", model.bytes},
                                                                             {"card.md", model.card},
                                                                             {metadata_file, metadata},
                                                                             {"predictions.csv", model.predictions_csv}}};
    std::vector<FileChecksum> checksums;
    for (const auto& [file, bytes] : files) {
        TRY_VOID(kit::write_new_file(folder / file, bytes));
        checksums.push_back(checksum_of(file, bytes));
    }
    return kit::write_new_file(folder / checksum_file, checksum_text(checksums));
}

/// Reads one file that the list vouches for. @errors gate_refused where it is missing or another
Result<std::string> read_verified(const fs::path& folder, const ChecksumList& list, std::string_view file) {
    const fs::path path = folder / file;
    const auto stated = std::find_if(list.files.begin(), list.files.end(), [file](const auto& c) { return c.file == file; });
    Result<std::string> bytes = kit::read_file(path);
    if (stated != list.files.end() && bytes && checksum_of(file, *bytes) == *stated) return bytes;
    const std::string why = bytes ? "does not match its checksum" : bytes.error().text;
    return std::unexpected(Error{ErrorCode::gate_refused,
                                 fmt::format("{}: {}; the model is damaged and is not used: restore this version from a "
                                             "backup or train the model again", path.string(), why), false});
}

Result<ChecksumList> read_checksums(const fs::path& folder) {
    const fs::path path = folder / checksum_file;
    const Result<std::string> text = kit::read_file(path);
    return parse_checksums(text ? *text : "", path.string());
}

Result<ModelEntry> read_entry(const fs::path& folder) {
    TRY(const ChecksumList list, read_checksums(folder));
    TRY(const std::string metadata, read_verified(folder, list, metadata_file));
    ModelEntry entry;
    TRY(entry.metadata, parse_metadata(metadata, (folder / metadata_file).string()));
    entry.content_hash = list.content_hash;
    for (const FileChecksum& file : list.files) entry.size_bytes += file.size_bytes;
    return entry;
}

}  // namespace

ModelStore::ModelStore(const fs::path& home) : models_(home / "models") {}

Result<int> ModelStore::store(const StoredModel& model) const {
    TRY_VOID(check_model_name(model.metadata.name));
    const fs::path folder = models_ / model.metadata.name;
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) return failed(folder, "create the folder", error);
    TRY_VOID(kit::sync_folder(models_));
    TRY(const WriterLock lock, WriterLock::take(folder));
    TRY_VOID(remove_abandoned_parts(folder));
    TRY(const std::vector<int> versions, versions_in(folder));
    ModelMetadata metadata = model.metadata;
    metadata.version = versions.empty() ? 1 : versions.back() + 1;
    TRY(const std::string metadata_json, to_json(metadata));

    const fs::path part = folder / fmt::format("{}{}", part_prefix, metadata.version);
    PartFolder guard(part);
    fs::create_directory(part, error);
    if (error) return failed(part, "create the folder", error);
    TRY_VOID(write_version(part, model, metadata_json));
    TRY_VOID(kit::sync_folder(part));
    const fs::path place = folder / std::to_string(metadata.version);
    fs::rename(part, place, error);
    if (error) return failed(place, "put in place", error);
    guard.keep();
    TRY_VOID(kit::sync_folder(folder));
    return metadata.version;
}

Result<std::vector<ModelEntry>> ModelStore::list() const {
    TRY(const std::vector<fs::path> names, entries_of(models_));
    std::vector<ModelEntry> entries;
    for (const fs::path& folder : names) {
        const std::string name = folder.filename().string();
        if (!check_model_name(name) || !fs::is_directory(folder)) continue;
        TRY(const std::vector<int> versions, versions_in(folder));
        for (const int version : versions) {
            Result<ModelEntry> entry = read_entry(folder / std::to_string(version));
            if (!entry) {
                ModelEntry damaged;
                damaged.damage = entry.error().text;
                entry = std::move(damaged);
            }
            // The folder decides: a copied or renamed version answers to where it lies.
            entry->metadata.name = name;
            entry->metadata.version = version;
            entries.push_back(*std::move(entry));
        }
    }
    return entries;
}

Result<int> ModelStore::choose_version(std::string_view name, std::optional<int> version) const {
    TRY_VOID(check_model_name(name));
    TRY(const std::vector<int> versions, versions_in(models_ / name));
    if (versions.empty()) {
        TRY(const std::vector<ModelEntry> entries, list());
        std::vector<std::string> names;
        for (const ModelEntry& entry : entries)
            if (names.empty() || names.back() != entry.metadata.name) names.push_back(entry.metadata.name);
        const std::string there = names.empty() ? "there is none yet; `aitrading train` makes one"
                                                : fmt::format("there are {}", fmt::join(names, ", "));
        return std::unexpected(Error{ErrorCode::not_found, fmt::format("there is no model {}; {}", name, there), false});
    }
    if (!version) return versions.back();
    if (std::find(versions.begin(), versions.end(), *version) != versions.end()) return *version;
    return std::unexpected(Error{ErrorCode::not_found, fmt::format("model {} has no version {}; there are {}", name, *version,
                                                                   fmt::join(versions, ", ")), false});
}

Result<ModelEntry> ModelStore::show(std::string_view name, std::optional<int> version) const {
    TRY(const int chosen, choose_version(name, version));
    const fs::path folder = models_ / name / std::to_string(chosen);
    TRY(const ChecksumList list, read_checksums(folder));
    for (const FileChecksum& file : list.files)
        if (const auto bytes = read_verified(folder, list, file.file); !bytes) return std::unexpected(bytes.error());
    return read_entry(folder);
}

Result<StoredModel> ModelStore::load(std::string_view name, std::optional<int> version) const {
    TRY(const int chosen, choose_version(name, version));
    const fs::path folder = models_ / name / std::to_string(chosen);
    TRY(const ChecksumList list, read_checksums(folder));
    StoredModel model;
    TRY(const std::string metadata, read_verified(folder, list, metadata_file));
    TRY(model.metadata, parse_metadata(metadata, (folder / metadata_file).string()));
    TRY(model.bytes, read_verified(folder, list, "model.bin"));
    TRY(model.card, read_verified(folder, list, "card.md"));
    TRY(model.predictions_csv, read_verified(folder, list, "predictions.csv"));
    return model;
}

}  // namespace aitrading::models

#include "models/registry/service/version_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <system_error>
#include <utility>

#include "kit/atomic_file.hpp"

namespace aitrading::models {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view metadata_file = "metadata.json";
constexpr std::string_view part_prefix = ".part-";

std::unexpected<Error> failed(const fs::path& path, std::string_view doing, const std::error_code& why) {
    return fail(ErrorCode::failed, fmt::format("{}: cannot {}: {}", path.string(), doing, why.message()), why == std::errc::no_space_on_device);
}

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

}  // namespace

Result<std::vector<std::string>> names_in(const fs::path& models) {
    TRY(const std::vector<fs::path> entries, entries_of(models));
    std::vector<std::string> names;
    std::error_code none;
    for (const fs::path& entry : entries)
        if (std::string name = entry.filename().string(); check_model_name(name) && fs::is_directory(entry, none)) names.push_back(std::move(name));
    return names;
}

Result<std::vector<int>> versions_in(const fs::path& folder) {
    TRY(const std::vector<fs::path> entries, entries_of(folder));
    std::vector<int> versions;
    for (const fs::path& entry : entries)
        if (const auto version = version_of(entry)) versions.push_back(*version);
    std::sort(versions.begin(), versions.end());
    return versions;
}

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

Result<PartFolder> PartFolder::beside(const fs::path& place) {
    PartFolder part(place.parent_path() / fmt::format("{}{}", part_prefix, place.filename().string()), place);
    std::error_code error;
    fs::remove_all(part.path_, error);
    if (!error) fs::create_directory(part.path_, error);
    if (error) return failed(part.path_, "create the folder", error);
    return part;
}

PartFolder::PartFolder(PartFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})), place_(std::move(other.place_)), placed_(other.placed_) {}

PartFolder::~PartFolder() {
    if (path_.empty()) return;
    std::error_code ignored;
    // In one step out of sight first: a reader or a kill must not meet half a version.
    if (placed_) fs::rename(place_, path_, ignored);
    fs::remove_all(placed_ && ignored ? place_ : path_, ignored);
}

Result<void> PartFolder::write_file(std::string_view file, std::string_view bytes) const { return kit::write_new_file(path_ / file, bytes); }

Result<std::string> PartFolder::write(const StoredModel& model, std::string_view metadata_json) const {
    const std::array<std::pair<std::string_view, std::string_view>, 6> files{{{"model.bin", model.bytes},
                                                                             {"card.md", model.card},
                                                                             {"card.html", model.card_html},
                                                                             {"features.json", model.features_json},
                                                                             {metadata_file, metadata_json},
                                                                             {"predictions.csv", model.predictions_csv}}};
    std::vector<FileChecksum> checksums;
    for (const auto& [file, bytes] : files) {
        if (bytes.empty() && (file == "card.html" || file == "features.json")) continue;
        TRY_VOID(write_file(file, bytes));
        checksums.push_back(checksum_of(file, bytes));
    }
    const std::string list = checksum_text(checksums);
    TRY_VOID(write_file(checksum_file, list));
    TRY_VOID(kit::sync_folder(path_));
    TRY(ChecksumList parsed, parse_checksums(list, checksum_file));
    return std::move(parsed.content_hash);
}

Result<void> PartFolder::put_in_place() {
    std::error_code error;
    fs::rename(path_, place_, error);
    if (error) return failed(place_, "put in place", error);
    placed_ = true;
    return kit::sync_folder(place_.parent_path());
}

Result<ChecksumList> read_checksums(const fs::path& version_folder) {
    const fs::path path = version_folder / checksum_file;
    const Result<std::string> text = kit::read_file(path);
    return parse_checksums(text ? *text : "", path.string());
}

Result<std::string> read_verified(const fs::path& version_folder, const ChecksumList& list, std::string_view file) {
    const fs::path path = version_folder / file;
    const auto stated = std::ranges::find(list.files, file, &FileChecksum::file);
    Result<std::string> bytes = kit::read_file(path);
    if (stated != list.files.end() && bytes && stated->matches(*bytes)) return bytes;
    const std::string why = bytes ? "does not match its checksum" : bytes.error().text;
    return fail(ErrorCode::gate_refused, fmt::format("{}: {}; the model is damaged and is not used: restore this version from a backup or train the "
                                                     "model again", path.string(), why));
}

Result<std::string> read_where_listed(const fs::path& version_folder, const ChecksumList& list, std::string_view file) {
    if (std::ranges::find(list.files, file, &FileChecksum::file) == list.files.end()) return std::string();
    return read_verified(version_folder, list, file);
}

Result<ModelEntry> read_entry(const fs::path& version_folder) {
    TRY(const ChecksumList list, read_checksums(version_folder));
    TRY(const std::string metadata, read_verified(version_folder, list, metadata_file));
    ModelEntry entry;
    TRY(entry.metadata, parse_metadata(metadata, (version_folder / metadata_file).string()));
    // The folder decides: a copied or renamed version answers to where it lies.
    entry.metadata.name = version_folder.parent_path().filename().string();
    entry.metadata.version = version_of(version_folder).value_or(0);
    entry.content_hash = list.content_hash;
    for (const FileChecksum& file : list.files) entry.size_bytes += file.size_bytes;
    return entry;
}

}  // namespace aitrading::models

#include "models/registry/service/model_store.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <system_error>
#include <utility>

#include "kit/atomic_file.hpp"
#include "models/registry/service/version_folder.hpp"
#include "models/registry/service/writer_lock.hpp"

namespace aitrading::models {
namespace {

namespace fs = std::filesystem;

/// Content hash of every version of one name; empty where the registry does not know it.
using VersionMap = std::map<int, std::string>;

Result<void> check_unchanged(const fs::path& folder, const ChecksumList& list, const std::string& content) {
    if (content.empty() || content == list.content_hash) return {};
    return fail(ErrorCode::gate_refused, fmt::format("{}: holds contents {}, but the version was kept with contents {}: versions do not change; restore it from "
                                                     "a backup, or train the model again", folder.string(), list.content_hash, content));
}

/// Commits the version that was put in place. A commit whose last sync failed may have reached the file: the folder goes
/// away again only where the registry can say that it does not know it, for a known version without a folder is damage.
Result<void> commit(SqlTransaction& transaction, RegistryFile& registry, const KnownVersion& version, PartFolder& part) {
    const Result<void> done = transaction.commit();
    bool known = done.has_value();
    if (!done) {
        transaction.roll_back();
        const auto versions = registry.versions();
        known = !versions || std::ranges::find(*versions, version) != versions->end();
    }
    if (known) part.keep();
    return done;
}

}  // namespace

/// What there is, by the folders and by the registry.
struct ModelStore::Known {
    std::map<std::string, VersionMap> models;
};

struct ModelStore::Chosen {
    fs::path folder;
    int version = 0;
    ChecksumList list;
};

ModelStore::ModelStore(const fs::path& home) : models_(home / "models") {}

Result<ModelStore::Known> ModelStore::look() const {
    Known known;
    // The registry first: a version that a writer adds in between is then a folder not known yet, and no missing one.
    TRY(std::optional<RegistryFile> registry, RegistryFile::open_existing(models_));
    if (registry) {
        TRY(const std::vector<KnownVersion> versions, registry->versions());
        for (const KnownVersion& v : versions) known.models[v.name][v.version] = v.content;
    }
    TRY(const std::vector<std::string> names, names_in(models_));
    for (const std::string& name : names) {
        TRY(const std::vector<int> versions, versions_in(models_ / name));
        for (const int version : versions) known.models[name].try_emplace(version);
    }
    std::erase_if(known.models, [](const auto& model) { return model.second.empty(); });
    return known;
}

Result<void> ModelStore::adopt(RegistryFile& registry) const {
    TRY(const std::vector<KnownVersion> rows, registry.versions());
    std::map<std::string, VersionMap> known;
    for (const KnownVersion& row : rows) known[row.name][row.version] = row.content;
    TRY(const std::vector<std::string> names, names_in(models_));
    for (const std::string& name : names) {
        TRY(const std::vector<int> versions, versions_in(models_ / name));
        for (const int version : versions) {
            if (known[name].contains(version)) continue;
            // A damaged one stays unknown; lists show it as damaged.
            const Result<ModelEntry> entry = read_entry(models_ / name / std::to_string(version));
            if (entry) TRY_VOID(registry.add(KnownVersion{name, version, entry->content_hash}));
        }
    }
    return {};
}

Result<int> ModelStore::store(const StoredModel& model) const {
    TRY_VOID(check_model_name(model.metadata.name));
    TRY_VOID(check_honest(model.metadata, model.features_json));
    ModelMetadata metadata = model.metadata;
    metadata.version = 0;  // equal contents have equal hashes, whatever version they become
    TRY(const std::string metadata_json, to_json(metadata));
    const fs::path folder = models_ / metadata.name;
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) return fail(ErrorCode::failed, fmt::format("{}: cannot create the folder: {}", folder.string(), error.message()));
    TRY_VOID(kit::sync_folder(models_));
    TRY(const WriterLock lock, WriterLock::take(folder, ".lock"));
    TRY(RegistryFile registry, RegistryFile::open_or_create(models_));
    TRY(Known known, look());
    const VersionMap& versions = known.models[metadata.name];
    const int version = versions.empty() ? 1 : versions.rbegin()->first + 1;

    TRY_VOID(remove_abandoned_parts(folder));
    TRY(PartFolder part, PartFolder::beside(folder / std::to_string(version)));
    TRY(const std::string content, part.write(model, metadata_json));
    // Moving inside the transaction: who has the registry's turn sees each version either known or not there.
    TRY(SqlTransaction transaction, registry.begin());
    TRY_VOID(adopt(registry));
    const KnownVersion kept{metadata.name, version, content};
    TRY_VOID(registry.add(kept));
    TRY_VOID(part.put_in_place());
    TRY_VOID(commit(transaction, registry, kept, part));
    return version;
}

Result<std::vector<ModelEntry>> ModelStore::list() const {
    TRY(const Known known, look());
    std::vector<ModelEntry> entries;
    for (const auto& [name, versions] : known.models) {
        for (const auto& [version, content] : versions) {
            const fs::path folder = models_ / name / std::to_string(version);
            Result<ModelEntry> entry = read_entry(folder);
            if (entry)
                if (auto unchanged = check_unchanged(folder, {{}, entry->content_hash}, content); !unchanged) entry = std::unexpected(unchanged.error());
            if (!entry) {
                ModelEntry damaged;
                damaged.damage = entry.error().text;
                damaged.metadata.name = name;
                damaged.metadata.version = version;
                entry = std::move(damaged);
            }
            entries.push_back(*std::move(entry));
        }
    }
    return entries;
}

Result<ModelStore::Chosen> ModelStore::choose(std::string_view name, std::optional<int> version) const {
    TRY_VOID(check_model_name(name));
    TRY(const Known known, look());
    const auto model = known.models.find(std::string(name));
    if (model == known.models.end()) {
        std::vector<std::string_view> names;
        names.reserve(known.models.size());
        for (const auto& [other, versions] : known.models) names.push_back(other);
        const std::string there = names.empty() ? "there is none yet; `aitrading train` makes one" : fmt::format("there are {}", fmt::join(names, ", "));
        return fail(ErrorCode::not_found, fmt::format("there is no model {}; {}", name, there));
    }
    const auto found = version ? model->second.find(*version) : std::prev(model->second.end());
    if (found == model->second.end()) {
        std::vector<int> versions;
        versions.reserve(model->second.size());
        for (const auto& [there, content] : model->second) versions.push_back(there);
        return fail(ErrorCode::not_found, fmt::format("model {} has no version {}; there are {}", name, *version, fmt::join(versions, ", ")));
    }
    Chosen chosen{models_ / name / std::to_string(found->first), found->first, {}};
    TRY(chosen.list, read_checksums(chosen.folder));
    TRY_VOID(check_unchanged(chosen.folder, chosen.list, found->second));
    return chosen;
}

Result<ModelEntry> ModelStore::show(std::string_view name, std::optional<int> version) const {
    TRY(const Chosen chosen, choose(name, version));
    for (const FileChecksum& file : chosen.list.files)
        if (const auto bytes = read_verified(chosen.folder, chosen.list, file.file); !bytes) return std::unexpected(bytes.error());
    TRY(ModelEntry entry, read_entry(chosen.folder));
    TRY(const std::string features, read_where_listed(chosen.folder, chosen.list, "features.json"));
    TRY_VOID(check_honest(entry.metadata, features));
    return entry;
}

Result<StoredModel> ModelStore::load(std::string_view name, std::optional<int> version) const {
    TRY(const Chosen chosen, choose(name, version));
    StoredModel model;
    TRY(ModelEntry entry, read_entry(chosen.folder));
    model.metadata = std::move(entry.metadata);
    TRY(model.bytes, read_verified(chosen.folder, chosen.list, "model.bin"));
    TRY(model.card, read_verified(chosen.folder, chosen.list, "card.md"));
    TRY(model.predictions_csv, read_verified(chosen.folder, chosen.list, "predictions.csv"));
    TRY(model.features_json, read_where_listed(chosen.folder, chosen.list, "features.json"));
    TRY(model.card_html, read_where_listed(chosen.folder, chosen.list, "card.html"));
    TRY_VOID(check_honest(model.metadata, model.features_json));
    return model;
}

Result<ModelEntry> ModelStore::copy_out(std::string_view name, std::optional<int> version, const fs::path& folder) const {
    TRY(ModelEntry entry, show(name, version));
    TRY(const Chosen chosen, choose(name, entry.metadata.version));
    fs::path place = fs::absolute(folder).lexically_normal();
    if (place.filename().empty()) place = place.parent_path();  // named with a slash at its end
    std::error_code error;
    fs::create_directories(place.parent_path(), error);
    if (fs::exists(place, error)) return fail(ErrorCode::failed, fmt::format("{}: is there already; name a folder that is not", place.string()));
    TRY(PartFolder part, PartFolder::beside(place));
    for (const FileChecksum& file : chosen.list.files) {
        TRY(const std::string bytes, read_verified(chosen.folder, chosen.list, file.file));
        TRY_VOID(part.write_file(file.file, bytes));
    }
    TRY(const std::string list, kit::read_file(chosen.folder / checksum_file));
    TRY_VOID(part.write_file(checksum_file, list));
    TRY_VOID(part.put_in_place());
    part.keep();
    return entry;
}

}  // namespace aitrading::models

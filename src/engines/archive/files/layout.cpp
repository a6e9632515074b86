#include "engines/archive/files/layout.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "engines/disk/files.hpp"
#include "engines/disk/sealed_file.hpp"

namespace aitrading::engines::archive {
namespace {

constexpr std::string_view rule_magic = "AITRUL01", reference_magic = "AITREF01", reference_end = ".ref";

std::string packed(const ports::ObjectEntry& entry) {
    ByteWriter out;
    out.put_text(entry.id);
    out.put(entry.bytes);
    out.put(entry.stored.value);
    out.put(entry.kept_until.has_value());
    out.put(entry.kept_until.value_or(UnixNanos{}).value);
    out.put(static_cast<std::uint32_t>(entry.holds.size()));
    for (const std::string& reason : entry.holds) out.put_text(reason);
    return out.bytes();
}

}  // namespace

Result<ports::ObjectEntry> Layout::read_rule(ports::ObjectName name) const {
    const fs::path file = rule(name);
    auto bytes = read_sealed(file, rule_magic, cipher_);
    if (!bytes && bytes.error().code == ErrorCode::not_found) bytes.error().text = "there is no object " + std::string(name.id);
    if (!bytes) return std::unexpected(bytes.error());
    ByteReader in(*bytes);
    ports::ObjectEntry entry;
    entry.id = in.get_text();
    entry.bytes = in.get<std::uint64_t>();
    entry.stored = {in.get<std::int64_t>()};
    const bool kept = in.get<bool>();
    const UnixNanos until{in.get<std::int64_t>()};
    if (kept) entry.kept_until = until;
    const auto holds = in.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < holds && !in.failed(); ++i) entry.holds.push_back(in.get_text());
    if (!in.at_end() || entry.id != name.id) return fail(ErrorCode::gate_refused, file.string() + ": is not the rule of object " + std::string(name.id));
    return entry;
}

Result<void> Layout::write_rule(std::string_view tenant, const ports::ObjectEntry& entry) const {
    const fs::path file = rule({tenant, entry.id});
    TRY_VOID(make_folder(file.parent_path()));
    return write_sealed(file, rule_magic, packed(entry), cipher_);
}

fs::path Layout::reference_file(std::string_view tenant, std::string_view reference) const {
    return references(tenant) / (std::string(reference) + std::string(reference_end));
}

Result<std::string> Layout::read_reference(std::string_view tenant, std::string_view reference) const {
    auto id = read_sealed(reference_file(tenant, reference), reference_magic, cipher_);
    if (!id && id.error().code == ErrorCode::not_found)
        id.error().text = "tenant '" + std::string(tenant) + "' has no reference '" + std::string(reference) + "'";
    return id;
}

Result<void> Layout::write_reference(std::string_view tenant, std::string_view reference, std::string_view id) const {
    TRY_VOID(make_folder(references(tenant)));
    return write_sealed(reference_file(tenant, reference), reference_magic, id, cipher_);
}

Result<std::vector<ports::Reference>> Layout::all_references(std::string_view tenant) const {
    TRY(const std::vector<std::string> names, names_in(references(tenant)));
    std::vector<ports::Reference> all;
    for (const std::string& file : names) {
        if (!file.ends_with(reference_end)) continue;  // one that was never finished
        const std::string name = file.substr(0, file.size() - reference_end.size());
        TRY(std::string id, read_reference(tenant, name));
        all.push_back({name, std::move(id)});
    }
    std::ranges::sort(all, {}, &ports::Reference::name);  // files are in the order of names with an end
    return all;
}

Result<std::vector<std::string>> Layout::ids(std::string_view tenant, std::string_view after, std::size_t count) const {
    std::vector<std::string> found;
    const fs::path objects = tenants() / tenant / "objects";
    TRY(const std::vector<std::string> parts, names_in(objects));
    for (const std::string& part : parts) {
        if (part < after.substr(0, 2)) continue;
        TRY(const std::vector<std::string> names, names_in(objects / part));
        for (auto at = std::ranges::upper_bound(names, after); at != names.end(); ++at) {
            found.push_back(*at);
            if (found.size() == count) return found;
        }
    }
    return found;
}

Result<std::vector<std::string>> Layout::names_in(const fs::path& folder) {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) names.push_back(at->path().filename().string());
    if (error && error != std::errc::no_such_file_or_directory) return std::unexpected(disk_error("read", folder, error.value()));
    std::ranges::sort(names);
    return names;
}

}  // namespace aitrading::engines::archive

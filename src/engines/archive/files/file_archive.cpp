#include "engines/archive/files/file_archive.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <mutex>

#include "domain/tenant.hpp"
#include "engines/archive/files/layout.hpp"
#include "engines/archive/files/object_file.hpp"

namespace aitrading::engines {
namespace {

namespace fs = std::filesystem;
using archive::Layout, archive::ObjectFile, archive::ObjectFileReader;
using ports::ObjectEntry, ports::ObjectName;
using Lock = std::lock_guard<std::mutex>;

constexpr std::size_t verify_piece = std::size_t{1} << 20;

/// Removes a file so that it stays removed. @errors failed; not_found where there is none
Result<void> remove_file(const fs::path& file) {
    if (::unlink(file.c_str()) == 0) return sync_path(file.parent_path());
    if (errno == ENOENT) return fail(ErrorCode::not_found, file.string() + " is not there");
    return std::unexpected(disk_error("remove", file, errno));
}

class FileArchive final : public ports::Archive {
  public:
    FileArchive(FileArchiveOptions options, FileHandle lock)
        : options_(std::move(options)), lock_(std::move(lock)), layout_(options_.folder, options_.cipher.get()) {}

    Result<std::unique_ptr<ports::ObjectWriter>> create(std::string_view tenant) override;

    Result<std::unique_ptr<ports::ObjectReader>> open(ObjectName name) override {
        TRY_VOID(check_object(name));
        return ObjectFileReader::open(layout_.object(name), name.id, layout_.cipher());
    }

    Result<ObjectEntry> entry(ObjectName name) override {
        TRY_VOID(check_object(name));
        const Lock lock(mutex_);
        return known(name);
    }

    Result<std::vector<ObjectEntry>> list(std::string_view tenant, std::string_view after, int count) override {
        TRY_VOID(check_tenant(tenant));
        if (count < 1 || count > ports::archive_page_max)
            return fail(ErrorCode::usage, "a page of objects holds 1 to " + std::to_string(ports::archive_page_max));
        const Lock lock(mutex_);
        TRY(const std::vector<std::string> ids, layout_.ids(tenant, after, static_cast<std::size_t>(count)));
        std::vector<ObjectEntry> page;
        for (const std::string& id : ids) {
            TRY(page.emplace_back(), layout_.read_rule({tenant, id}));
        }
        return page;
    }

    Result<void> remove(ObjectName name) override {
        TRY_VOID(check_object(name));
        const Lock lock(mutex_);
        TRY(const ObjectEntry entry, known(name));
        TRY(const auto references, layout_.all_references(name.tenant));
        std::vector<std::string> referring;
        for (const ports::Reference& one : references)
            if (one.id == name.id) referring.push_back(one.name);
        if (const std::string why = keeping_reason(entry, referring, options_.now()); !why.empty()) return fail(ErrorCode::gate_refused, why);
        TRY_VOID(remove_file(layout_.object(name)));
        // A rule without an object means nothing: it need not be gone for sure.
        ::unlink(layout_.rule(name).c_str());
        return {};
    }

    Result<void> keep_until(ObjectName name, UnixNanos time) override {
        return change(name, [&](ObjectEntry& entry) -> Result<void> {
            if (entry.kept_until && time < *entry.kept_until)
                return fail(ErrorCode::gate_refused, "object " + entry.id + " is kept until " + to_iso8601(*entry.kept_until) + ", which cannot come nearer");
            entry.kept_until = time;
            return {};
        });
    }

    Result<void> hold(ObjectName name, std::string_view reason) override {
        TRY_VOID(ports::check_archive_word("reason", reason));
        return change(name, [&](ObjectEntry& entry) -> Result<void> {
            const auto at = std::ranges::lower_bound(entry.holds, reason);
            if (at == entry.holds.end() || *at != reason) entry.holds.emplace(at, reason);
            return {};
        });
    }

    Result<void> release(ObjectName name, std::string_view reason) override {
        TRY_VOID(ports::check_archive_word("reason", reason));
        return change(name, [&](ObjectEntry& entry) -> Result<void> {
            std::erase(entry.holds, reason);
            return {};
        });
    }

    Result<void> refer(std::string_view tenant, std::string_view reference, std::string_view id) override {
        TRY_VOID(ports::check_archive_word("reference", reference));
        TRY_VOID(ports::check_object({tenant, id}));
        const Lock lock(mutex_);
        TRY_VOID(known({tenant, id}));
        return layout_.write_reference(tenant, reference, id);
    }

    Result<std::string> referred(std::string_view tenant, std::string_view reference) override {
        TRY_VOID(check_tenant(tenant));
        TRY_VOID(ports::check_archive_word("reference", reference));
        return layout_.read_reference(tenant, reference);
    }

    Result<void> forget(std::string_view tenant, std::string_view reference) override {
        const Lock lock(mutex_);
        TRY_VOID(referred(tenant, reference));
        return remove_file(layout_.reference_file(tenant, reference));
    }

    Result<std::vector<ports::Reference>> references(std::string_view tenant) override {
        TRY_VOID(check_tenant(tenant));
        const Lock lock(mutex_);
        return layout_.all_references(tenant);
    }

    Result<void> verify() override { return verify_file_archive(options_.folder, layout_.cipher()); }

    /// Puts a finished file into its place. @param file in `incoming`
    Result<void> take_in(const fs::path& file, const std::string& tenant, const std::string& id, std::uint64_t bytes, std::optional<UnixNanos> keep_until) {
        const ObjectName name{tenant, id};
        const fs::path place = layout_.object(name);
        TRY_VOID(make_folder(place.parent_path()));
        const Lock lock(mutex_);
        auto entry = known(name);
        const bool there = entry.has_value();
        if (!there && entry.error().code != ErrorCode::not_found) return std::unexpected(entry.error());
        if (!there) entry = ObjectEntry{id, bytes, options_.now(), {}, {}};
        const bool later = keep_until && (!entry->kept_until || *entry->kept_until < *keep_until);
        if (later) entry->kept_until = keep_until;
        // The rule first: an object is never there without what keeps it.
        if (!there || later) TRY_VOID(layout_.write_rule(tenant, *entry));
        // One that is there is replaced by the same content: a damaged one becomes sound.
        if (::rename(file.c_str(), place.c_str()) != 0) return std::unexpected(disk_error("move into place", place, errno));
        auto synced = sync_path(place.parent_path());
        if (!synced && !there) ::unlink(place.c_str());
        return synced;
    }

  private:
    /// What is known of an object that is there. @pre the mutex is held
    Result<ObjectEntry> known(ObjectName name) const {
        std::error_code error;
        if (!fs::exists(layout_.object(name), error)) return fail(ErrorCode::not_found, "there is no object " + std::string(name.id));
        return layout_.read_rule(name);
    }

    template <class Change>
    Result<void> change(ObjectName name, const Change& change_entry) {
        TRY_VOID(check_object(name));
        const Lock lock(mutex_);
        TRY(ObjectEntry entry, known(name));
        TRY_VOID(change_entry(entry));
        return layout_.write_rule(name.tenant, entry);
    }

    FileArchiveOptions options_;
    FileHandle lock_;
    Layout layout_;
    std::mutex mutex_;  ///< over rules, references and what moves objects; contents are written and read without it
    std::atomic<std::uint64_t> writers_{0};
};

class Writer final : public ports::ObjectWriter {
  public:
    Writer(FileArchive& archive, std::string tenant, fs::path path, ObjectFile file)
        : archive_(archive), tenant_(std::move(tenant)), path_(std::move(path)), file_(std::move(file)) {}
    ~Writer() override { ::unlink(path_.c_str()); }  // nothing lies there any more where it was taken in
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    Result<void> write(std::string_view bytes) override {
        if (broken_) return std::unexpected(*broken_);
        auto done = file_.add(bytes);
        if (!done) broken_ = done.error();
        return done;
    }

    Result<std::string> finish(std::optional<UnixNanos> keep_until) override {
        if (broken_) return std::unexpected(*broken_);
        TRY(std::string id, file_.close());
        TRY_VOID(archive_.take_in(path_, tenant_, id, file_.bytes(), keep_until));
        return id;
    }

  private:
    FileArchive& archive_;
    std::string tenant_;
    fs::path path_;
    ObjectFile file_;
    std::optional<Error> broken_;
};

Result<std::unique_ptr<ports::ObjectWriter>> FileArchive::create(std::string_view tenant) {
    TRY_VOID(check_tenant(tenant));
    fs::path path = layout_.incoming() / std::to_string(writers_++);
    auto file = ObjectFile::create(path, layout_.cipher());
    if (!file) {
        ::unlink(path.c_str());
        return std::unexpected(file.error());
    }
    return std::make_unique<Writer>(*this, std::string(tenant), std::move(path), std::move(*file));
}

Result<void> verify_object(const Layout& layout, ObjectName name) {
    auto rule = layout.read_rule(name);
    std::error_code error;
    if (!rule && rule.error().code == ErrorCode::not_found && fs::exists(layout.object(name), error))
        return fail(ErrorCode::gate_refused, "object " + std::string(name.id) + " has lost its rule; put it again");
    if (!rule) return std::unexpected(rule.error());
    TRY(const auto reader, ObjectFileReader::open(layout.object(name), name.id, layout.cipher()));
    while (true) {
        TRY(const std::string piece, reader->read(verify_piece));
        if (piece.empty()) return {};
    }
}

Result<void> verify_tenant(const Layout& layout, const std::string& tenant) {
    for (std::string after;;) {
        TRY(const std::vector<std::string> ids, layout.ids(tenant, after, ports::archive_page_max));
        if (ids.empty()) break;
        for (const std::string& id : ids) {
            if (!ports::check_object({tenant, id})) return fail(ErrorCode::gate_refused, "a file that is no object lies in the archive: " + id);
            // One that was removed meanwhile is not missing.
            if (auto sound = verify_object(layout, {tenant, id}); !sound && sound.error().code != ErrorCode::not_found) return sound;
        }
        after = ids.back();
    }
    TRY(const auto references, layout.all_references(tenant));
    for (const ports::Reference& one : references)
        if (std::error_code error; !fs::exists(layout.object({tenant, one.id}), error))
            return fail(ErrorCode::gate_refused, "reference '" + one.name + "' of tenant '" + tenant + "' stands for object " + one.id + ", which is not there");
    return {};
}

UnixNanos wall_clock() {
    return {std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

}  // namespace

Result<std::unique_ptr<ports::Archive>> open_file_archive(FileArchiveOptions options) {
    if (!options.now) options.now = wall_clock;
    const Layout layout(options.folder, options.cipher.get());
    for (const fs::path& folder : {layout.incoming(), layout.tenants()}) TRY_VOID(make_folder(folder));
    TRY(FileHandle lock, lock_file(layout.lock(), 0));
    // What a process left there when it died was never finished.
    TRY(const std::vector<std::string> left, Layout::names_in(layout.incoming()));
    for (const std::string& name : left) TRY_VOID(remove_file(layout.incoming() / name));
    return std::make_unique<FileArchive>(std::move(options), std::move(lock));
}

Result<void> verify_file_archive(const fs::path& folder, ports::Cipher* cipher) {
    const Layout layout(folder, cipher);
    if (std::error_code error; !fs::is_directory(layout.tenants(), error)) return fail(ErrorCode::not_found, folder.string() + ": no archive lies here");
    TRY(const std::vector<std::string> tenants, Layout::names_in(layout.tenants()));
    for (const std::string& tenant : tenants) TRY_VOID(verify_tenant(layout, tenant));
    return {};
}

}  // namespace aitrading::engines

#include "ports/archive/tests/reference_archive.hpp"

#include <algorithm>

#include "base/sha256.hpp"
#include "domain/tenant.hpp"

namespace aitrading::ports {
namespace {

using Fault = ArchiveFault;
using Object = ReferenceObjects::Object;
using Lock = std::lock_guard<std::mutex>;

class Writer final : public ObjectWriter {
  public:
    Writer(Fault fault, ReferenceObjects& objects, std::string tenant) : fault_(fault), objects_(objects), tenant_(std::move(tenant)) {}
    ~Writer() override {
        if (fault_ == Fault::keeps_what_is_unfinished && !content_.empty()) keep({});
    }
    Result<void> write(std::string_view bytes) override {
        content_ += bytes;
        return {};
    }
    Result<std::string> finish(std::optional<UnixNanos> keep_until) override {
        const std::string id = sha256_hex(content_);
        if (objects_.full) {
            content_.resize(content_.size() / 2);
            if (fault_ == Fault::tears_on_a_full_disk) keep(keep_until);
            content_.clear();
            return fail(ErrorCode::failed, "the disk is full");
        }
        keep(keep_until);
        content_.clear();
        return id;
    }

  private:
    void keep(std::optional<UnixNanos> keep_until) {
        const Lock lock(objects_.mutex);
        const std::string id = sha256_hex(content_);
        Object& object = objects_.tenants[tenant_].objects[id];
        if (object.entry.id.empty()) object.entry = {id, content_.size(), objects_.now, {}, {}};
        if (fault_ == Fault::drops_the_last_piece && content_.size() > (1u << 20)) content_.resize(1u << 20);
        object.content = content_;
        const bool later = !object.entry.kept_until || (keep_until && *keep_until > *object.entry.kept_until);
        if (keep_until && (later || fault_ == Fault::shortens_the_keeping)) object.entry.kept_until = keep_until;
        objects_.last = {tenant_, id};
    }
    Fault fault_;
    ReferenceObjects& objects_;
    std::string tenant_, content_;
};

class Reader final : public ObjectReader {
  public:
    explicit Reader(std::string content) : content_(std::move(content)), size_(content_.size()) {}
    std::uint64_t bytes() const override { return size_; }
    Result<std::string> read(std::size_t bytes_max) override {
        if (bytes_max == 0) return fail(ErrorCode::usage, "a piece has a byte or more");
        std::string piece = content_.substr(0, bytes_max);
        content_.erase(0, piece.size());
        return piece;
    }

  private:
    std::string content_;
    std::size_t size_;
};

class PlainArchive final : public Archive {
  public:
    PlainArchive(Fault fault, std::shared_ptr<ReferenceObjects> objects) : fault_(fault), objects_(std::move(objects)) {}

    Result<std::unique_ptr<ObjectWriter>> create(std::string_view tenant) override {
        TRY_VOID(check_tenant(tenant));
        return std::make_unique<Writer>(fault_, *objects_, place(tenant));
    }
    Result<std::unique_ptr<ObjectReader>> open(ObjectName name) override {
        const Lock lock(objects_->mutex);
        TRY(Object * object, find(name));
        const bool trusting = fault_ == Fault::gives_what_is_damaged || fault_ == Fault::drops_the_last_piece;
        if (!trusting && sha256_hex(object->content) != name.id) return fail(ErrorCode::gate_refused, "object " + std::string(name.id) + " is damaged");
        return std::make_unique<Reader>(object->content);
    }
    Result<ObjectEntry> entry(ObjectName name) override {
        const Lock lock(objects_->mutex);
        TRY(const Object* object, find(name));
        return object->entry;
    }
    Result<std::vector<ObjectEntry>> list(std::string_view tenant, std::string_view after, int count) override {
        TRY_VOID(check_tenant(tenant));
        if (count < 1 || count > archive_page_max) return fail(ErrorCode::usage, "a page of no size");
        const Lock lock(objects_->mutex);
        std::vector<ObjectEntry> page;
        auto& objects = objects_->tenants[place(tenant)].objects;
        auto at = objects.upper_bound(after);
        if (fault_ == Fault::skips_in_lists && !after.empty() && at != objects.end()) ++at;
        for (; at != objects.end() && page.size() < static_cast<std::size_t>(count); ++at) page.push_back(at->second.entry);
        return page;
    }
    Result<void> remove(ObjectName name) override {
        const Lock lock(objects_->mutex);
        TRY(const Object* object, find(name));
        auto& tenant = objects_->tenants[place(name.tenant)];
        std::vector<std::string> referring;
        for (const auto& [reference, id] : tenant.references)
            if (id == name.id && fault_ != Fault::loses_what_is_referred) referring.push_back(reference);
        ObjectEntry entry = object->entry;
        if (fault_ == Fault::removes_what_is_held) entry.holds.clear();
        if (const std::string why = keeping_reason(entry, referring, objects_->now); !why.empty()) return fail(ErrorCode::gate_refused, why);
        tenant.objects.erase(std::string(name.id));
        return {};
    }
    Result<void> keep_until(ObjectName name, UnixNanos time) override {
        const Lock lock(objects_->mutex);
        TRY(Object * object, find(name));
        if (object->entry.kept_until && time < *object->entry.kept_until) return fail(ErrorCode::gate_refused, "it is kept for longer");
        object->entry.kept_until = time;
        return {};
    }
    Result<void> hold(ObjectName name, std::string_view reason) override {
        TRY_VOID(check_archive_word("reason", reason));
        const Lock lock(objects_->mutex);
        TRY(Object * object, find(name));
        auto& holds = object->entry.holds;
        if (std::ranges::find(holds, reason) == holds.end()) holds.emplace_back(reason);
        std::ranges::sort(holds);
        return {};
    }
    Result<void> release(ObjectName name, std::string_view reason) override {
        const Lock lock(objects_->mutex);
        TRY(Object * object, find(name));
        std::erase(object->entry.holds, reason);
        return {};
    }
    Result<void> refer(std::string_view tenant, std::string_view reference, std::string_view id) override {
        TRY_VOID(check_archive_word("reference", reference));
        const Lock lock(objects_->mutex);
        TRY([[maybe_unused]] const Object* object, find({tenant, id}));
        objects_->tenants[place(tenant)].references[std::string(reference)] = id;
        return {};
    }
    Result<std::string> referred(std::string_view tenant, std::string_view reference) override {
        TRY_VOID(check_archive_word("reference", reference));
        const Lock lock(objects_->mutex);
        auto& all = objects_->tenants[place(tenant)].references;
        const auto found = all.find(reference);
        if (found == all.end()) return fail(ErrorCode::not_found, "no such reference");
        return found->second;
    }
    Result<void> forget(std::string_view tenant, std::string_view reference) override {
        TRY_VOID(referred(tenant, reference));
        objects_->tenants[place(tenant)].references.erase(std::string(reference));
        return {};
    }
    Result<std::vector<Reference>> references(std::string_view tenant) override {
        const Lock lock(objects_->mutex);
        std::vector<Reference> all;
        for (const auto& [name, id] : objects_->tenants[place(tenant)].references) all.push_back({name, id});
        return all;
    }
    Result<void> verify() override {
        const Lock lock(objects_->mutex);
        for (const auto& [tenant, all] : objects_->tenants)
            for (const auto& [id, object] : all.objects)
                if (sha256_hex(object.content) != id) return fail(ErrorCode::gate_refused, "object " + id + " is damaged");
        return {};
    }

  private:
    std::string place(std::string_view tenant) const { return fault_ == Fault::shares_tenants ? "all" : std::string(tenant); }
    Result<Object*> find(ObjectName name) const {
        TRY_VOID(check_object(name));
        auto& objects = objects_->tenants[place(name.tenant)].objects;
        const auto found = objects.find(name.id);
        if (found == objects.end()) return fail(ErrorCode::not_found, "there is no object " + std::string(name.id));
        return &found->second;
    }
    Fault fault_;
    std::shared_ptr<ReferenceObjects> objects_;
};

}  // namespace

Result<std::unique_ptr<Archive>> ReferenceArchiveGround::open() { return std::make_unique<PlainArchive>(fault_, objects_); }

void ReferenceArchiveGround::cut(std::unique_ptr<Archive> archive) {
    archive.reset();
    if (fault_ == ArchiveFault::loses_on_a_cut) objects_->tenants[objects_->last.first].objects.erase(objects_->last.second);
}

void ReferenceArchiveGround::damage(ObjectName name) {
    std::string& content = objects_->tenants[std::string(name.tenant)].objects[std::string(name.id)].content;
    content[content.size() / 2] = static_cast<char>(content[content.size() / 2] ^ 1);
}

}  // namespace aitrading::ports

#include "serving/database/service/open_objects.hpp"

#include <algorithm>
#include <random>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace aitrading::serving {
namespace {

constexpr std::chrono::minutes reader_idle_max{1};

/// 128 bits from the system, as hexadecimal digits.
std::string fresh_name() {
    std::random_device device;
    std::string out;
    for (int i = 0; i < 4; ++i) out += fmt::format("{:08x}", device());
    return out;
}

}  // namespace

Result<std::shared_ptr<Uploads::Upload>> Uploads::begin(const std::shared_ptr<ports::Archive>& archive, const ObjectPart& part, const Limits& limits, Moment now, const Key& key) {
    if (part.offset && *part.offset != 0) return fail(ErrorCode::bad_input, "offset: a new upload begins at 0");
    if (!part.last) {
        const std::lock_guard lock(mutex_);
        const auto own = std::ranges::count_if(uploads_, [&](const auto& one) { return one.first.first == part.tenant; });
        if (own >= limits.uploads || uploads_.size() >= open_max)
            return fail(ErrorCode::gate_refused, fmt::format("{} uploads are open, your quota is {}; finish one, or try again when the oldest has ended (10 minutes after its last part)", own, limits.uploads), true);
        uploads_[key] = nullptr;
    }
    auto upload = std::make_shared<Upload>();
    upload->archive = archive;
    upload->begun = now.wall;
    auto writer = archive->create(part.tenant);
    if (!writer) {
        end(key, *upload);
        return std::unexpected(writer.error());
    }
    upload->writer = *std::move(writer);
    return upload;
}

Result<std::shared_ptr<Uploads::Upload>> Uploads::lease(const ObjectPart& part) {
    const std::lock_guard lock(mutex_);
    const auto found = uploads_.find({part.tenant, part.upload});
    if (found == uploads_.end()) return fail(ErrorCode::not_found, "append_to: no such upload is open: it is finished, failed, or had no part for 10 minutes; begin anew");
    if (!found->second) return fail(ErrorCode::failed, "another part of this upload is being taken; try again", true);
    const std::int64_t stands = found->second->bytes;
    if (part.offset && *part.offset != stands) return fail(ErrorCode::bad_input, fmt::format("offset: the upload has {} bytes, not {}; go on from there", stands, *part.offset));
    return std::exchange(found->second, nullptr);
}

Result<void> Uploads::write(Upload& upload, const ObjectPart& part, const Limits& limits, Moment now, const StockBook::Count& count) {
    const Stock change{static_cast<std::int64_t>(part.bytes.size()), upload.taken.things == 0 ? 1 : 0};
    TRY_VOID(stock_.take(part.tenant, change, limits.stock, now.steady, count));
    upload.taken += change;
    if (!part.label.empty()) upload.label = part.label;
    upload.touched = now.steady;
    upload.bytes += change.bytes;
    return upload.writer->write(part.bytes);
}

Result<std::string> Uploads::finish(Upload& upload, const std::string& tenant) {
    TRY(std::string id, upload.writer->finish());
    // The same content is there once: what was put before takes no more room.
    const auto entry = upload.archive->entry({tenant, id});
    if (entry && entry->stored < upload.begun) stock_.give_back(tenant, upload.taken);
    return id;
}

void Uploads::end(const Key& key, const Upload& upload) {
    stock_.give_back(key.first, upload.taken);
    const std::lock_guard lock(mutex_);
    uploads_.erase(key);
}

Result<PartTaken> Uploads::take(const std::shared_ptr<ports::Archive>& archive, const ObjectPart& part, const Limits& limits, Moment now, const StockBook::Count& count) {
    const bool fresh = part.upload.empty();
    const Key key{part.tenant, fresh ? fresh_name() : part.upload};
    TRY(const std::shared_ptr<Upload> upload, fresh ? begin(archive, part, limits, now, key) : lease(part));
    if (const auto written = write(*upload, part, limits, now, count); !written) {
        end(key, *upload);
        return std::unexpected(written.error());
    }
    PartTaken out{key.second, {}, upload->label, upload->bytes};
    if (!part.last) {
        const std::lock_guard lock(mutex_);
        uploads_[key] = upload;
        return out;
    }
    auto id = finish(*upload, part.tenant);
    if (!id) {
        end(key, *upload);
        return std::unexpected(id.error());
    }
    out.object = *std::move(id);
    const std::lock_guard lock(mutex_);
    uploads_.erase(key);
    return out;
}

void Uploads::sweep(SteadyTime now) {
    std::vector<std::pair<Key, std::shared_ptr<Upload>>> ended;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& one : uploads_)
            if (one.second && now - one.second->touched >= idle_max) ended.emplace_back(one);
        for (const auto& one : ended) uploads_.erase(one.first);
    }
    for (const auto& [key, upload] : ended) stock_.give_back(key.first, upload->taken);
}

void Uploads::drop_all() {
    std::map<Key, std::shared_ptr<Upload>> all;
    const std::lock_guard lock(mutex_);
    all.swap(uploads_);
}

std::size_t Uploads::open() const {
    const std::lock_guard lock(mutex_);
    return uploads_.size();
}

Result<OpenReaders::Reader> OpenReaders::take(const std::shared_ptr<ports::Archive>& archive, ports::ObjectName name, std::int64_t at) {
    {
        const std::lock_guard lock(mutex_);
        const auto found = std::ranges::find_if(kept_, [&](const Kept& k) { return k.tenant == name.tenant && k.id == name.id && k.reader.at == at && k.reader.archive == archive; });
        if (found != kept_.end()) {
            Reader out = std::move(found->reader);
            kept_.erase(found);
            return out;
        }
    }
    Reader out{archive, nullptr, 0};
    TRY(out.reader, archive->open(name));
    return out;
}

void OpenReaders::put_back(ports::ObjectName name, Reader reader, SteadyTime now) {
    std::list<Kept> gone;
    const std::lock_guard lock(mutex_);
    kept_.push_front({std::string(name.tenant), std::string(name.id), std::move(reader), now});
    if (kept_.size() > open_max) gone.splice(gone.begin(), kept_, std::prev(kept_.end()));
}

void OpenReaders::sweep(SteadyTime now) {
    const std::lock_guard lock(mutex_);
    kept_.remove_if([&](const Kept& k) { return now - k.used >= reader_idle_max; });
}

void OpenReaders::drop_all() {
    const std::lock_guard lock(mutex_);
    kept_.clear();
}

}  // namespace aitrading::serving

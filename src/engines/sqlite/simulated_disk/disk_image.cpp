#include "engines/sqlite/simulated_disk/disk_image.hpp"

#include <algorithm>

namespace aitrading::engines::simulated {
namespace {

constexpr std::size_t sector = 512;

}  // namespace

/// Counts; false once the power is gone. The step at which it goes still leaves its change behind, unsure.
bool Disk::step() {
    if (dead) return false;
    ++steps;
    if (cut_step != 0 && steps >= cut_step) dead = faulted = true;
    return true;
}

void Disk::apply(const Change& change, std::string& bytes) {
    const auto at = static_cast<std::size_t>(change.at);
    if (change.truncates) {
        bytes.resize(at);
        return;
    }
    if (bytes.size() < at + change.bytes.size()) bytes.resize(at + change.bytes.size());
    std::ranges::copy(change.bytes, bytes.begin() + change.at);
}

std::shared_ptr<Image> Disk::open(const std::string& name, bool create) {
    if (dead) return nullptr;
    auto& image = files_[name];
    if (!image) image = std::make_shared<Image>();
    if (image->exists) return image;
    if (!create || !step()) return nullptr;
    image->exists = true;
    image->shown.clear();
    image->unsure.push_back({0, {}, true});
    return image;
}

Disk::Outcome Disk::write(Image& image, std::int64_t at, std::string_view bytes) {
    if (!step()) return Outcome::failed;
    const bool grows = static_cast<std::size_t>(at) + bytes.size() > image.shown.size();
    const bool full = full_step != 0 && steps >= full_step && grows;
    if (full) {
        faulted = true;
        bytes = bytes.substr(0, bytes.size() / 2);
    }
    image.unsure.push_back({at, std::string(bytes), false});
    apply(image.unsure.back(), image.shown);
    if (dead) return Outcome::failed;
    return full ? Outcome::full : Outcome::done;
}

Disk::Outcome Disk::truncate(Image& image, std::int64_t size) {
    if (!step()) return Outcome::failed;
    image.unsure.push_back({size, {}, true});
    apply(image.unsure.back(), image.shown);
    return dead ? Outcome::failed : Outcome::done;
}

Disk::Outcome Disk::sync(Image& image) {
    if (!step() || dead) return Outcome::failed;
    if (lies) return Outcome::done;
    if (failing_sync_step != 0 && steps >= failing_sync_step) {
        failing_sync_step = 0;
        faulted = true;
        keep_some(image);
        return Outcome::failed;
    }
    for (const Change& change : image.unsure) apply(change, image.sure);
    image.unsure.clear();
    image.surely_exists = image.exists;
    return Outcome::done;
}

Disk::Outcome Disk::remove(const std::string& name, bool surely) {
    if (!step()) return Outcome::failed;
    const auto found = files_.find(name);
    if (found == files_.end() || !found->second->exists) return dead ? Outcome::failed : Outcome::done;
    Image& image = *found->second;
    image.exists = false;
    image.shown.clear();
    if (dead) return Outcome::failed;
    if (surely) {
        image.surely_exists = false;
        image.sure.clear();
    }
    image.unsure.clear();
    return Outcome::done;
}

bool Disk::holds(std::string_view bytes) const {
    return std::ranges::any_of(files_, [&](const auto& file) { return file.second->exists && file.second->shown.find(bytes) != std::string::npos; });
}

bool Disk::exists(const std::string& name) const {
    const auto found = files_.find(name);
    return found != files_.end() && found->second->exists;
}

void Disk::keep_some(Image& image) {
    for (Change& change : image.unsure) {
        const std::uint64_t fate = chance() % 3;
        if (fate == 0) continue;
        if (fate == 1 || change.truncates || change.bytes.empty()) {
            apply(change, image.sure);
            continue;
        }
        for (std::size_t from = 0; from < change.bytes.size();) {
            // Sectors end at multiples of their size on the disk, not in the write.
            const auto place = static_cast<std::size_t>(change.at) + from;
            const std::size_t size = std::min(sector - place % sector, change.bytes.size() - from);
            if (chance() % 2 == 0) apply({static_cast<std::int64_t>(place), change.bytes.substr(from, size), false}, image.sure);
            from += size;
        }
    }
    image.unsure.clear();
}

void Disk::restart() {
    for (auto& [name, image] : files_) {
        keep_some(*image);
        // A name that was made or removed without a sync may or may not be so.
        if (image->exists != image->surely_exists && chance() % 2 == 0) image->surely_exists = image->exists;
        image->exists = image->surely_exists;
        if (!image->exists) image->sure.clear();
        image->shown = image->sure;
        image->levels.clear();
        image->shared.clear();
        image->exclusive.clear();
        image->regions.clear();
    }
    dead = faulted = false;
    cut_step = failing_sync_step = full_step = 0;
}

}  // namespace aitrading::engines::simulated

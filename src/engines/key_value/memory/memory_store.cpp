#include "engines/key_value/memory/memory_store.hpp"

#include <chrono>
#include <mutex>
#include <tuple>

#include "engines/disk/files.hpp"
#include "engines/disk/sealed_file.hpp"
#include "engines/key_value/memory/shelf.hpp"

namespace aitrading::engines {
namespace {

using key_value::Shelf;
using ports::KeyName;
using Lives = std::optional<std::chrono::milliseconds>;

constexpr std::string_view magic = "AITKV001";
constexpr std::size_t bytes_least = std::size_t{64} << 10;
constexpr std::int64_t nanos_per_milli = 1'000'000;

/// The wall clock as it was at the start, going on with the steady one.
std::function<UnixNanos()> steady_wall_clock() {
    using std::chrono::nanoseconds, std::chrono::duration_cast;
    const std::int64_t wall = duration_cast<nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    const auto begun = std::chrono::steady_clock::now();
    return [wall, begun] { return UnixNanos{wall + duration_cast<nanoseconds>(std::chrono::steady_clock::now() - begun).count()}; };
}

/// A tenant has no zero byte, so that no two names meet.
std::string place_of(std::string_view tenant, std::string_view key) {
    std::string place;
    place.reserve(tenant.size() + 1 + key.size());
    return place.append(tenant).append(1, '\0').append(key);
}

class Store final : public MemoryStore {
  public:
    explicit Store(MemoryStoreOptions options) : options_(std::move(options)), shelf_(options_.bytes_max) {}
    ~Store() override {
        if (!abandoned_) std::ignore = save();  // who wants to know how it went saves before
    }

    Result<void> load() {
        if (options_.snapshot.empty()) return {};
        auto bytes = read_sealed(options_.snapshot, magic, options_.cipher.get());
        if (!bytes && bytes.error().code == ErrorCode::not_found) return {};
        if (bytes) return shelf_.unpack(*bytes, now(), options_.snapshot.string());
        bytes.error().text += "; remove it to begin empty";
        return std::unexpected(bytes.error());
    }

    Result<std::optional<std::string>> get(KeyName name) override {
        TRY_VOID(check_key(name));
        const std::lock_guard lock(mutex_);
        return value_of(place_of(name.tenant, name.key));
    }

    Result<std::vector<std::optional<std::string>>> get_many(std::string_view tenant, const std::vector<std::string>& keys) override {
        if (keys.size() > static_cast<std::size_t>(ports::kv_many_max))
            return fail(ErrorCode::usage, "at most " + std::to_string(ports::kv_many_max) + " keys are read at once");
        for (const std::string& key : keys) TRY_VOID(ports::check_key({tenant, key}));
        std::vector<std::optional<std::string>> values;
        values.reserve(keys.size());
        const std::lock_guard lock(mutex_);
        for (const std::string& key : keys) values.push_back(value_of(place_of(tenant, key)));
        return values;
    }

    Result<bool> put(KeyName name, std::string_view value, ports::PutRule rule) override {
        TRY_VOID(check_write(name, value, rule.lives_for));
        const std::string place = place_of(name.tenant, name.key);
        const std::lock_guard lock(mutex_);
        const std::int64_t time = now();
        using When = ports::PutRule::When;
        if (rule.when != When::always && (shelf_.find(place, time) != nullptr) != (rule.when == When::present)) return false;
        shelf_.put(place, value, end_of(rule.lives_for, time), time);
        return true;
    }

    Result<bool> remove(KeyName name) override {
        TRY_VOID(check_key(name));
        const std::lock_guard lock(mutex_);
        return shelf_.remove(place_of(name.tenant, name.key), now());
    }

    Result<bool> compare_and_set(KeyName name, const std::optional<std::string>& expected, const std::optional<std::string>& desired,
                                 Lives lives_for) override {
        TRY_VOID(check_write(name, desired ? std::string_view(*desired) : std::string_view(), lives_for));
        const std::string place = place_of(name.tenant, name.key);
        const std::lock_guard lock(mutex_);
        const std::int64_t time = now();
        const Shelf::Entry* there = shelf_.find(place, time);
        if ((there != nullptr) != expected.has_value() || (there != nullptr && there->value != *expected)) return false;
        if (desired) shelf_.put(place, *desired, end_of(lives_for, time), time);
        else shelf_.remove(place, time);
        return true;
    }

    Result<ports::Counted> add(KeyName name, const ports::Addition& addition) override {
        TRY_VOID(check_key(name));
        TRY_VOID(check_addition(addition));
        const std::string place = place_of(name.tenant, name.key);
        const std::lock_guard lock(mutex_);
        const std::int64_t time = now();
        const Shelf::Entry* there = shelf_.find(place, time);
        std::int64_t before = 0;
        if (there != nullptr) {
            TRY(before, counter_of(name, there->value));
        }
        const auto after = counted(before, addition);
        if (!after) return ports::Counted{before, false};
        const auto ends = there != nullptr ? there->ends : end_of(addition.lives_for, time);
        shelf_.put(place, std::to_string(*after), ends, time);
        return ports::Counted{*after, true};
    }

    Result<ports::Life> life(KeyName name) override {
        TRY_VOID(check_key(name));
        const std::lock_guard lock(mutex_);
        const std::int64_t time = now();
        const Shelf::Entry* there = shelf_.find(place_of(name.tenant, name.key), time);
        if (there == nullptr) return ports::Life{};
        if (!there->ends) return ports::Life{true, {}};
        return ports::Life{true, std::chrono::milliseconds((*there->ends - time + nanos_per_milli - 1) / nanos_per_milli)};
    }

    Result<ports::ScanPage> scan(std::string_view tenant, std::string_view prefix, std::string_view from, int count) override {
        TRY_VOID(ports::check_scan(tenant, prefix, count));
        const std::size_t skipped = tenant.size() + 1;
        const std::lock_guard lock(mutex_);
        const std::string begin = place_of(tenant, from.empty() ? prefix : from);
        ports::ScanPage page;
        page.keys = shelf_.names(place_of(tenant, prefix), begin, from.empty(), static_cast<std::size_t>(count), now());
        for (std::string& key : page.keys) key.erase(0, skipped);
        if (page.keys.size() == static_cast<std::size_t>(count)) page.next = page.keys.back();
        return page;
    }

    Result<std::int64_t> remove_prefix(std::string_view tenant, std::string_view prefix) override {
        TRY_VOID(ports::check_scan(tenant, prefix, 1));
        const std::string begin = place_of(tenant, prefix);
        const std::lock_guard lock(mutex_);
        const std::int64_t time = now();
        const std::vector<std::string> names = shelf_.names(begin, begin, true, shelf_.stats().entries, time);
        for (const std::string& name : names) shelf_.remove(name, time);
        return static_cast<std::int64_t>(names.size());
    }

    Result<void> health() override { return {}; }

    Result<void> save() override {
        if (options_.snapshot.empty()) return {};
        const std::lock_guard writing(saving_);  // one at a time, so that an older one does not replace a newer
        std::string bytes;
        {
            const std::lock_guard lock(mutex_);
            bytes = shelf_.packed(now());
        }
        if (!options_.snapshot.parent_path().empty()) TRY_VOID(make_folder(options_.snapshot.parent_path()));
        return write_sealed(options_.snapshot, magic, bytes, options_.cipher.get());
    }

    void abandon() override { abandoned_ = true; }

    MemoryStoreStats stats() const override {
        const std::lock_guard lock(mutex_);
        return shelf_.stats();
    }

    Result<void> verify() const override {
        if (options_.snapshot.empty()) return {};
        auto bytes = read_sealed(options_.snapshot, magic, options_.cipher.get());
        if (!bytes && bytes.error().code == ErrorCode::not_found) return {};
        if (!bytes) return std::unexpected(bytes.error());
        Shelf trial(options_.bytes_max);
        return trial.unpack(*bytes, 0, options_.snapshot.string());
    }

  private:
    std::int64_t now() const { return options_.now().value; }
    static std::optional<std::int64_t> end_of(Lives lives_for, std::int64_t time) {
        if (!lives_for) return std::nullopt;
        return time + lives_for->count() * nanos_per_milli;
    }
    std::optional<std::string> value_of(const std::string& place) {
        const Shelf::Entry* there = shelf_.find(place, now());
        if (there == nullptr) return std::nullopt;
        return there->value;
    }
    Result<void> check_write(KeyName name, std::string_view value, Lives lives_for) const {
        TRY_VOID(check_key(name));
        TRY_VOID(ports::check_value(value));
        TRY_VOID(ports::check_life(lives_for));
        if (shelf_.fits(place_of(name.tenant, name.key), value)) return {};
        return fail(ErrorCode::usage, "a value of " + std::to_string(value.size()) + " bytes is more than the whole store may hold");
    }

    MemoryStoreOptions options_;
    mutable std::mutex mutex_;
    std::mutex saving_;
    Shelf shelf_;
    bool abandoned_ = false;
};

}  // namespace

Result<std::unique_ptr<MemoryStore>> open_memory_store(MemoryStoreOptions options) {
    if (options.bytes_max < bytes_least) return fail(ErrorCode::usage, "a store in memory holds at least 64 KiB; set bytes_max higher");
    if (!options.now) options.now = steady_wall_clock();
    auto store = std::make_unique<Store>(std::move(options));
    if (auto loaded = store->load(); !loaded) {
        store->abandon();  // what could not be read is not written over
        return std::unexpected(loaded.error());
    }
    return store;
}

}  // namespace aitrading::engines

#include "ports/key_value/tests/reference_store.hpp"

#include <algorithm>

namespace aitrading::ports {
namespace {

using Fault = KeyValueFault;
using Lives = std::optional<std::chrono::milliseconds>;

/// One character for each, a star for any number of them.
bool fits_pattern(std::string_view text, std::string_view pattern) {
    if (pattern.empty()) return true;  // a prefix
    if (pattern.front() != '*') return !text.empty() && text.front() == pattern.front() && fits_pattern(text.substr(1), pattern.substr(1));
    for (std::size_t i = 0; i <= text.size(); ++i)
        if (fits_pattern(text.substr(i), pattern.substr(1))) return true;
    return false;
}

class ReferenceKeyValue final : public KeyValue {
  public:
    ReferenceKeyValue(Fault fault, std::shared_ptr<ReferenceShelf> shelf) : fault_(fault), shelf_(std::move(shelf)) {}

    Result<std::optional<std::string>> get(KeyName name) override {
        TRY_VOID(check_key(name));
        const std::lock_guard lock(shelf_->mutex);
        return value_at(place(name));
    }
    Result<std::vector<std::optional<std::string>>> get_many(std::string_view tenant, const std::vector<std::string>& keys) override {
        if (keys.size() > static_cast<std::size_t>(kv_many_max)) return fail(ErrorCode::usage, "too many keys");
        std::vector<std::optional<std::string>> out;
        for (const std::string& key : keys) {
            TRY(out.emplace_back(), get({tenant, key}));
        }
        return out;
    }
    Result<bool> put(KeyName name, std::string_view value, PutRule rule) override {
        TRY_VOID(checked(name, value, rule.lives_for));
        const std::lock_guard lock(shelf_->mutex);
        const bool there = value_at(place(name)).has_value();
        if (rule.when != PutRule::When::always && there != (rule.when == PutRule::When::present)) return false;
        write(place(name), value, rule.lives_for);
        return true;
    }
    Result<bool> remove(KeyName name) override {
        TRY_VOID(check_key(name));
        const std::lock_guard lock(shelf_->mutex);
        const bool there = value_at(place(name)).has_value();
        shelf_->entries.erase(place(name));
        return there;
    }
    Result<bool> compare_and_set(KeyName name, const std::optional<std::string>& expected, const std::optional<std::string>& desired,
                                 Lives lives_for) override {
        TRY_VOID(checked(name, desired.value_or(""), lives_for));
        const std::lock_guard lock(shelf_->mutex);
        if (value_at(place(name)) != expected && fault_ != Fault::ignores_what_expected) return false;
        if (desired) write(place(name), *desired, lives_for);
        else shelf_->entries.erase(place(name));
        return true;
    }
    Result<Counted> add(KeyName name, const Addition& addition) override {
        TRY_VOID(check_key(name));
        TRY_VOID(check_addition(addition));
        const std::lock_guard lock(shelf_->mutex);
        const auto there = value_at(place(name));
        TRY(std::int64_t before, counter_of(name, there.value_or("0")));
        if (fault_ == Fault::counts_in_doubles) before = static_cast<std::int64_t>(static_cast<double>(before));
        const auto after = counted(before, fault_ == Fault::ignores_bounds ? Addition{.delta = addition.delta} : addition);
        if (!after) return Counted{before, false};
        if (fault_ == Fault::loses_additions && ++shelf_->additions % 50 == 0) return Counted{*after, true};
        const auto old = shelf_->entries.find(place(name));
        if (there) old->second.value = std::to_string(*after);
        else write(place(name), std::to_string(*after), addition.lives_for);
        return Counted{*after, true};
    }
    Result<Life> life(KeyName name) override {
        TRY_VOID(check_key(name));
        const std::lock_guard lock(shelf_->mutex);
        if (!value_at(place(name))) return Life{};
        const auto ends = shelf_->entries.at(place(name)).ends_ms;
        return Life{true, ends ? Lives(std::chrono::milliseconds(*ends - shelf_->now_ms)) : std::nullopt};
    }
    Result<ScanPage> scan(std::string_view tenant, std::string_view prefix, std::string_view from, int count) override {
        TRY_VOID(check_scan(tenant, prefix, count));
        const std::lock_guard lock(shelf_->mutex);
        ScanPage page;
        for (const auto& [key, entry] : shelf_->entries) {
            if (key.first != tenant || !value_at(key)) continue;
            if (fault_ == Fault::scans_by_pattern ? !fits_pattern(key.second, prefix) : !key.second.starts_with(prefix)) continue;
            if (key.second <= from) continue;
            page.keys.push_back(key.second);
        }
        if (page.keys.size() > static_cast<std::size_t>(count)) {
            page.keys.resize(static_cast<std::size_t>(count));
            page.next = page.keys.back();
        }
        if (fault_ == Fault::skips_a_page && !from.empty() && !page.keys.empty()) page.keys.erase(page.keys.begin());
        return page;
    }
    Result<std::int64_t> remove_prefix(std::string_view tenant, std::string_view prefix) override {
        TRY_VOID(check_scan(tenant, prefix, 1));
        const std::lock_guard lock(shelf_->mutex);
        const std::size_t before = shelf_->entries.size();
        std::erase_if(shelf_->entries, [&](const auto& one) { return one.first.first == tenant && one.first.second.starts_with(prefix); });
        return static_cast<std::int64_t>(before - shelf_->entries.size());
    }
    Result<void> health() override { return {}; }

  private:
    static Result<void> checked(KeyName name, std::string_view value, Lives lives_for) {
        TRY_VOID(check_key(name));
        TRY_VOID(check_value(value));
        return check_life(lives_for);
    }
    ReferenceKey place(KeyName name) const {
        if (fault_ == Fault::shares_tenants) return {"", std::string(name.tenant) + std::string(name.key)};
        return {std::string(name.tenant), std::string(name.key)};
    }
    std::optional<std::string> value_at(const ReferenceKey& key) const {
        const auto found = shelf_->entries.find(key);
        if (found == shelf_->entries.end()) return std::nullopt;
        const auto& ends = found->second.ends_ms;
        if (ends && *ends <= shelf_->now_ms && fault_ != Fault::never_ends_a_life) return std::nullopt;
        return found->second.value;
    }
    void write(const ReferenceKey& key, std::string_view value, Lives lives_for) {
        ReferenceEntry& entry = shelf_->entries[key];
        entry.value = fault_ == Fault::cuts_at_zero ? std::string(value.substr(0, value.find('\0'))) : std::string(value);
        if (lives_for) entry.ends_ms = shelf_->now_ms + lives_for->count();
        else if (fault_ != Fault::keeps_the_old_life) entry.ends_ms.reset();
    }

    Fault fault_;
    std::shared_ptr<ReferenceShelf> shelf_;
};

}  // namespace

Result<std::unique_ptr<KeyValue>> ReferenceKeyValueGround::open() { return std::make_unique<ReferenceKeyValue>(fault_, shelf_); }

void ReferenceKeyValueGround::cut(std::unique_ptr<KeyValue> store) {
    store.reset();
    if (fault_ != KeyValueFault::tears_on_a_cut) return;
    for (auto& [key, entry] : shelf_->entries) entry.value.resize(entry.value.size() / 2);
}

}  // namespace aitrading::ports

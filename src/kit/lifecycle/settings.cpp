#include "kit/lifecycle/settings.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include "base/check.hpp"

namespace aitrading::kit {
namespace {

template <class T>
bool is_number(std::string_view text) {
    T value{};
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc() || end != text.data() + text.size()) return false;
    if constexpr (std::is_floating_point_v<T>) return std::isfinite(value);
    return true;
}

bool is_boolean(std::string_view text) { return text == "true" || text == "false"; }

bool is_url(std::string_view text) {
    const std::size_t scheme = text.find("://");
    return scheme != std::string_view::npos && scheme > 0 && scheme + 3 < text.size() && text.find_first_of(" \t\r\n") == std::string_view::npos;
}

/// What the setting takes, in words; empty where the value fits.
std::string objection(const SettingSpec& spec, std::string_view value) {
    switch (spec.kind) {
        case SettingKind::text: return value.find_first_of("\r\n") == std::string_view::npos ? "" : "one line of text is expected";
        case SettingKind::list: return {};
        case SettingKind::number: return is_number<double>(value) ? "" : "a number is expected";
        case SettingKind::integer: return is_number<std::int64_t>(value) ? "" : "a whole number is expected";
        case SettingKind::boolean: return is_boolean(value) ? "" : "true or false is expected";
        case SettingKind::url: return is_url(value) ? "" : "a URL such as http://host:port is expected";
        case SettingKind::choice: return std::ranges::find(spec.choices, value) != spec.choices.end() ? "" : fmt::format("one of {} is expected", fmt::join(spec.choices, ", "));
    }
    return {};
}

std::string unknown_names(const Settings::FileValues& file, const auto& entries) {
    std::string out;
    for (const auto& [name, value] : file)
        if (!entries.contains(name)) out += (out.empty() ? "" : ", ") + name;
    return out;
}

}  // namespace

std::string_view name(SettingKind kind) {
    switch (kind) {
        case SettingKind::text: return "text";
        case SettingKind::number: return "number";
        case SettingKind::integer: return "integer";
        case SettingKind::boolean: return "boolean";
        case SettingKind::list: return "list";
        case SettingKind::url: return "url";
        case SettingKind::choice: return "choice";
    }
    return "text";
}

std::string_view name(Settings::Origin origin) {
    switch (origin) {
        case Settings::Origin::fallback: return "default";
        case Settings::Origin::file: return "file";
        case Settings::Origin::environment: return "environment";
        case Settings::Origin::event: return "event";
    }
    return "default";
}

Result<void> check_setting(const SettingSpec& spec, std::string_view value) {
    const std::string why = value.empty() ? std::string() : objection(spec, value);
    if (why.empty()) return {};
    return fail(ErrorCode::bad_input, fmt::format("setting {}: '{}': {}", spec.name, spec.secret ? "***" : value.substr(0, 80), why));
}

Result<std::unique_ptr<Settings>> Settings::load(std::vector<SettingSpec> specs, const Environment& environment, const FileValues& file) {
    auto out = std::unique_ptr<Settings>(new Settings);
    for (SettingSpec& spec : specs) {
        const std::string key = spec.name;
        Entry entry{std::move(spec), {}, Origin::fallback, {}};
        entry.value = entry.spec.fallback;
        if (const auto found = file.find(key); found != file.end()) entry.value = found->second, entry.origin = Origin::file;
        if (const auto found = environment(key); found && !found->empty()) entry.value = *found, entry.origin = Origin::environment;
        TRY_VOID(check_setting(entry.spec, entry.value));
        out->entries_.emplace(key, std::move(entry));
    }
    if (const std::string unknown = unknown_names(file, out->entries_); !unknown.empty())
        return fail(ErrorCode::bad_input, "settings file: no setting is called " + unknown + "; `aitrading doctor --settings` lists them");
    return out;
}

/// @pre locked
const Settings::Entry& Settings::entry(std::string_view name) const {
    const auto found = entries_.find(name);
    CHECK(found != entries_.end());
    return found->second;
}

std::string Settings::text(std::string_view name) const {
    const std::lock_guard lock(mutex_);
    return entry(name).value;
}

double Settings::number(std::string_view name) const {
    const std::string value = text(name);
    double out = 0;
    std::from_chars(value.data(), value.data() + value.size(), out);
    return out;
}

bool Settings::boolean(std::string_view name) const { return text(name) == "true"; }

std::vector<std::string> Settings::list(std::string_view name) const {
    std::vector<std::string> out;
    const std::string value = text(name);
    for (std::string_view rest = value; !rest.empty();) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        std::string_view item = rest.substr(0, comma);
        while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
        while (!item.empty() && item.back() == ' ') item.remove_suffix(1);
        if (!item.empty()) out.emplace_back(item);
        rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    return out;
}

void Settings::on_change(std::string_view name, std::function<void(const std::string&)> call) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(name);
    CHECK(found != entries_.end());
    found->second.calls.push_back(std::move(call));
}

Result<Settings::Reloaded> Settings::reload(const FileValues& file) {
    const std::lock_guard one_change(changing_);
    Reloaded out;
    std::vector<std::pair<std::function<void(const std::string&)>, std::string>> calls;
    {
        const std::lock_guard lock(mutex_);
        if (const std::string unknown = unknown_names(file, entries_); !unknown.empty()) return fail(ErrorCode::bad_input, "settings file: no setting is called " + unknown);
        for (const auto& [name, value] : file) TRY_VOID(check_setting(entry(name).spec, value));
        for (auto& [name, entry] : entries_) {
            if (entry.origin == Origin::environment || entry.origin == Origin::event) continue;
            const auto found = file.find(name);
            const std::string& value = found == file.end() ? entry.spec.fallback : found->second;
            if (value == entry.value) continue;
            if (!entry.spec.hot) {
                out.need_restart.push_back(name);
                continue;
            }
            entry.value = value;
            entry.origin = found == file.end() ? Origin::fallback : Origin::file;
            out.changed.push_back(name);
            for (const auto& call : entry.calls) calls.emplace_back(call, value);
        }
    }
    for (const auto& [call, value] : calls) call(value);
    return out;
}

Result<bool> Settings::apply(std::string_view name, const std::string& value) {
    const std::lock_guard one_change(changing_);
    std::vector<std::function<void(const std::string&)>> calls;
    {
        const std::lock_guard lock(mutex_);
        const auto found = entries_.find(name);
        if (found == entries_.end()) return fail(ErrorCode::not_found, fmt::format("no setting is called {}", name));
        Entry& changed = found->second;
        if (!changed.spec.hot) return fail(ErrorCode::usage, fmt::format("setting {} holds from a restart on", name));
        TRY_VOID(check_setting(changed.spec, value));
        if (changed.origin == Origin::environment) return false;
        changed.value = value.empty() ? changed.spec.fallback : value;
        changed.origin = value.empty() ? Origin::fallback : Origin::event;
        calls = changed.calls;
    }
    const std::string now = text(name);
    for (const auto& call : calls) call(now);
    return true;
}

std::vector<Settings::Shown> Settings::shown() const {
    const std::lock_guard lock(mutex_);
    std::vector<Shown> out;
    out.reserve(entries_.size());
    for (const auto& [name, entry] : entries_) out.push_back({entry.spec, entry.spec.secret && !entry.value.empty() ? "***" : entry.value, entry.origin});
    std::ranges::stable_sort(out, {}, [](const Shown& s) { return s.spec.service; });
    return out;
}

Result<Settings::FileValues> read_settings_file(const std::string& path) {
    Settings::FileValues out;
    std::error_code unknown;
    if (!std::filesystem::exists(path, unknown)) return out;
    try {
        const toml::table file = toml::parse_file(path);
        for (const auto& [key, node] : file) {
            const auto text = node.value<std::string>();
            const auto flag = node.value_exact<bool>();
            const auto whole = node.value_exact<std::int64_t>();
            const auto real = node.value_exact<double>();
            if (text) out[std::string(key.str())] = *text;
            else if (flag) out[std::string(key.str())] = *flag ? "true" : "false";
            else if (whole) out[std::string(key.str())] = fmt::format("{}", *whole);
            else if (real) out[std::string(key.str())] = fmt::format("{}", *real);
            else return fail(ErrorCode::bad_input, fmt::format("{}, line {}: {} = a text, a number, true or false is expected", path, node.source().begin.line, key.str()));
        }
    } catch (const toml::parse_error& e) {
        return fail(ErrorCode::bad_input, fmt::format("{}, line {}: {}", path, e.source().begin.line, e.description()));
    }
    return out;
}

}  // namespace aitrading::kit

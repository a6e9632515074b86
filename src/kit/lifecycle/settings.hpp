#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace aitrading::kit {

enum class SettingKind { text, number, integer, boolean, list, url, choice };
std::string_view name(SettingKind kind);

/// One setting, under the name that the environment has for it.
struct SettingSpec {
    std::string name;
    std::string service;   ///< whose it is; empty: every service's
    SettingKind kind = SettingKind::text;
    std::string fallback;  ///< empty: none
    std::vector<std::string> choices;
    bool secret = false, hot = false;
    bool read = false;     ///< whether any part of this build reads it
    std::string about;
};

/// Whether a text is a value of this setting; empty is "not set" and always fits. @errors bad_input, with the setting and what
/// it takes; a secret's value is not repeated
Result<void> check_setting(const SettingSpec& spec, std::string_view value);

/// The settings of a process: the environment, else the home's settings file, else the default. Safe to use from several
/// threads.
class Settings {
  public:
    using Environment = std::function<std::optional<std::string>(const std::string&)>;
    using FileValues = std::map<std::string, std::string>;
    enum class Origin { fallback, file, environment, event };
    struct Shown {
        SettingSpec spec;
        std::string value;  ///< `***` for a secret that is set
        Origin origin = Origin::fallback;
    };

    /// @errors bad_input: a value that does not fit, or a name in the file that no setting has
    static Result<std::unique_ptr<Settings>> load(std::vector<SettingSpec> specs, const Environment& environment, const FileValues& file);

    /// @pre the setting is declared
    std::string text(std::string_view name) const;
    double number(std::string_view name) const;
    bool boolean(std::string_view name) const;
    std::vector<std::string> list(std::string_view name) const;

    /// Called after each change of a hot setting, one change at a time, with the new value. It must not call `reload` or `apply`.
    void on_change(std::string_view name, std::function<void(const std::string&)> call);
    struct Reloaded {
        std::vector<std::string> changed, need_restart;
    };
    /// Takes the file's values anew: all are checked first, then the hot ones hold at once; others are named and wait for a
    /// restart. Where one does not fit nothing changes. @errors bad_input
    Result<Reloaded> reload(const FileValues& file);
    /// One value from a change event; the environment still wins. True: it holds now. @errors bad_input, not_found, usage (not hot)
    Result<bool> apply(std::string_view name, const std::string& value);

    /// All, by service and name, without secrets.
    std::vector<Shown> shown() const;

  private:
    struct Entry {
        SettingSpec spec;
        std::string value;
        Origin origin = Origin::fallback;
        std::vector<std::function<void(const std::string&)>> calls;
    };
    Settings() = default;
    const Entry& entry(std::string_view name) const;

    mutable std::mutex mutex_;
    std::mutex changing_;  ///< held over a whole change with its calls
    std::map<std::string, Entry, std::less<>> entries_;
};

std::string_view name(Settings::Origin origin);

/// The file of settings in a home: `NAME = value` in TOML. A missing file is empty. @errors bad_input, failed
Result<Settings::FileValues> read_settings_file(const std::string& path);

}  // namespace aitrading::kit

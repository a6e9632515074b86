#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "kit/lifecycle/settings.hpp"

namespace aitrading::kit {

/// One service of services.toml.
struct ServiceSpec {
    std::string name;
    int port = 0;
    std::string address = "127.0.0.1";  ///< only what says `listens = "everywhere"` is reached from other machines
    std::string job;                    ///< a few words
    std::vector<std::string> needs;     ///< services that start before it
    std::vector<std::string> topics_in, topics_out;
    std::vector<std::string> engines;   ///< `port=engine`
    std::string missing;                ///< why this build has none; empty where it has one
};

/// The one table of services, ports, topics, engines and settings.
struct ServiceTable {
    std::vector<ServiceSpec> services;
    std::vector<SettingSpec> settings;
    const ServiceSpec* find(std::string_view name) const;
};

/// Reads and checks services.toml: unknown keys, names or ports twice, needs that do not exist or go in a circle, settings
/// whose default breaks their own rule. @param source named in errors   @errors bad_input, with line and column
Result<ServiceTable> parse_service_table(std::string_view text, std::string_view source);

/// The named services and, before them, those they need; in an order in which each starts after what it needs.
/// @errors not_found, with the names there are
Result<std::vector<ServiceSpec>> start_order(const ServiceTable& table, const std::vector<std::string>& names);

}  // namespace aitrading::kit

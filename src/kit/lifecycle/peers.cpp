#include "kit/lifecycle/peers.hpp"

#include <algorithm>
#include <charconv>
#include <ranges>
#include <set>

#include <fmt/format.h>

namespace aitrading::kit {
namespace {

std::unexpected<Error> wrong(std::string_view entry, std::string_view what) {
    return fail(ErrorCode::bad_input, fmt::format("setting AITRADING_PEERS: '{}': {}; SERVICE=HOST or SERVICE=HOST:PORT is expected", entry, what));
}

/// `host`, `host:port`, `[::1]`, `[::1]:port`. False: none of them.
bool read_address(std::string_view text, PeerAddress& out) {
    std::string_view port;
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos) return false;
        out.host = std::string(text.substr(1, end - 1));
        const std::string_view rest = text.substr(end + 1);
        if (!rest.empty() && !rest.starts_with(':')) return false;
        port = rest.substr(rest.empty() ? 0 : 1);
        if (!rest.empty() && port.empty()) return false;
    } else {
        const std::size_t colon = text.find(':');
        out.host = std::string(text.substr(0, colon));
        if (colon != std::string_view::npos) port = text.substr(colon + 1);
        if (colon != std::string_view::npos && port.empty()) return false;
    }
    if (out.host.empty()) return false;
    if (port.empty()) return true;
    const auto [end, problem] = std::from_chars(port.data(), port.data() + port.size(), out.port);
    return problem == std::errc() && end == port.data() + port.size() && out.port > 0 && out.port < 65'536;
}

}  // namespace

Result<PeerTable> PeerTable::read(const ServiceTable& table, const std::vector<std::string>& entries, const std::string& domain) {
    PeerTable out;
    for (const std::string& entry : entries) {
        const std::size_t equals = entry.find('=');
        if (equals == std::string::npos) return wrong(entry, "it names no host");
        const std::string service = entry.substr(0, equals);
        const ServiceSpec* spec = table.find(service);
        if (spec == nullptr) return wrong(entry, fmt::format("there is no service '{}'", service));
        PeerAddress address{{}, spec->port};
        if (!read_address(std::string_view(entry).substr(equals + 1), address)) return wrong(entry, "that is no host with a port from 1 to 65535");
        if (!out.named_.emplace(service, std::move(address)).second) return wrong(entry, "the service is named twice");
    }
    if (domain.empty()) return out;
    for (const ServiceSpec& service : table.services) out.by_name_.emplace(service.name, PeerAddress{service.name + "." + domain, service.port});
    return out;
}

std::optional<PeerAddress> PeerTable::find(std::string_view service) const {
    if (const auto entry = named_.find(service); entry != named_.end()) return entry->second;
    if (const auto name = by_name_.find(service); name != by_name_.end()) return name->second;
    return std::nullopt;
}

Result<void> PeerTable::leave_to_peers(std::vector<ServiceSpec>& services, const std::vector<std::string>& wanted, std::map<std::string, PeerAddress>& elsewhere) const {
    // Backwards through the start order: what only those need that run elsewhere is no matter of this process.
    std::set<std::string> used(wanted.begin(), wanted.end());
    std::vector<ServiceSpec> here;
    for (ServiceSpec& service : std::views::reverse(services)) {
        const bool asked_for = std::ranges::find(wanted, service.name) != wanted.end();
        if (!wanted.empty() && !used.contains(service.name)) continue;
        const auto peer = find(service.name);
        if (asked_for && named(service.name))
            return fail(ErrorCode::usage, fmt::format("{} runs at {}:{} as AITRADING_PEERS says; take it out there to run it here", service.name, peer->host, peer->port));
        if (peer && !asked_for && (named(service.name) || !wanted.empty())) {
            elsewhere.emplace(service.name, *peer);
            continue;
        }
        used.insert(service.needs.begin(), service.needs.end());
        here.push_back(std::move(service));
    }
    std::ranges::reverse(here);
    services = std::move(here);
    return {};
}

}  // namespace aitrading::kit

#include "apps/aitrading/platform_ground.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdlib>

#include "apps/aitrading/home_bus.hpp"
#include "apps/aitrading/home_stores.hpp"
#include "apps/aitrading/output.hpp"
#include "kit/lifecycle/composite_service.hpp"
#include "oversight/logs/service/log_service.hpp"
#include "serving/journal/service/journal_part.hpp"

namespace aitrading::apps {
namespace {

constexpr int reactor_threads = 2, worker_threads = 8;
constexpr std::size_t work_waiting_max = 1'024;

std::optional<std::string> environment(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

/// Of this machine, as writers on a cluster are told apart.
std::string process_name() {
    std::array<char, 64> host{};
    ::gethostname(host.data(), host.size() - 1);
    return host.data();
}

struct Endpoint {
    std::string host;
    int port = 4'318;
};

/// @errors bad_input
Result<Endpoint> endpoint_of(std::string_view url) {
    constexpr std::string_view scheme = "http://";
    Endpoint out;
    std::string_view rest = url.substr(std::min(scheme.size(), url.size()));
    rest = rest.substr(0, rest.find('/'));
    const std::size_t colon = rest.rfind(':');
    out.host = std::string(rest.substr(0, colon));
    bool well = url.starts_with(scheme) && !out.host.empty();
    if (colon != std::string_view::npos) {
        const std::string_view port = rest.substr(colon + 1);
        const auto [end, problem] = std::from_chars(port.data(), port.data() + port.size(), out.port);
        well = well && problem == std::errc() && end == port.data() + port.size() && out.port > 0 && out.port < 65'536;
    }
    if (well) return out;
    return fail(ErrorCode::bad_input, "setting OTEL_EXPORTER_OTLP_ENDPOINT: '" + std::string(url) + "': http://host:port is expected (spans leave this machine through a collector)");
}

kit::Tracer::Export export_to(kit::HttpClient& client, const Endpoint& endpoint) {
    return [&client, endpoint](const std::vector<kit::SpanRecord>& spans) -> Result<void> {
        const auto answer = client.call({.method = "POST", .host = endpoint.host, .port = endpoint.port, .target = "/v1/traces", .body = kit::otlp_json(spans), .traced = false},
                                        Deadline::after(std::chrono::steady_clock::now(), std::chrono::seconds(5)));
        if (!answer) return std::unexpected(answer.error());
        if (answer->status >= 300) return fail(ErrorCode::failed, "the collector refuses spans");
        return {};
    };
}

}  // namespace

Result<std::unique_ptr<kit::Settings>> load_settings(const kit::ServiceTable& table, const std::filesystem::path& home) {
    TRY(const auto file, kit::read_settings_file((home / "settings.toml").string()));
    return kit::Settings::load(table.settings, environment, file);
}

Result<std::unique_ptr<PlatformGround>> PlatformGround::open(const Context& context, const kit::ServiceTable& table) {
    auto out = std::unique_ptr<PlatformGround>(new PlatformGround);
    TRY(out->settings_, load_settings(table, context.home));
    TRY(const kit::LogLevel level, kit::parse_log_level(out->settings_->text("AITRADING_LOG_LEVEL")));
    std::error_code ignored;
    std::filesystem::create_directories(context.home / "logs", ignored);
    TRY(out->log_, kit::Log::open({.least = level, .file = context.home / "logs" / "aitrading.log"}));
    out->settings_->on_change("AITRADING_LOG_LEVEL", [log = out->log_.get()](const std::string& text) {
        if (const auto changed = kit::parse_log_level(text)) log->set_least(*changed);
    });
    out->silent_tracer_ = std::make_unique<kit::Tracer>(kit::TracerOptions{}, kit::Tracer::Export{});
    out->reactor_ = std::make_unique<kit::Reactor>(reactor_threads);
    kit::Tracer::Export exporter;
    if (const std::string url = out->settings_->text("OTEL_EXPORTER_OTLP_ENDPOINT"); !url.empty()) {
        TRY(const Endpoint endpoint, endpoint_of(url));
        out->exporter_ = std::make_unique<kit::HttpClient>(*out->reactor_, kit::Telemetry{*out->log_, out->metrics_, *out->silent_tracer_}, kit::HttpClientOptions{.service = "exporter"});
        exporter = export_to(*out->exporter_, endpoint);
    }
    out->tracer_ = std::make_unique<kit::Tracer>(kit::TracerOptions{.sampled_share = out->settings_->number("AITRADING_TRACE_SHARE")}, std::move(exporter));
    out->workers_ = std::make_unique<kit::Workers>(worker_threads, work_waiting_max);
    TRY(out->bus_, open_home_bus(*out->settings_, context.home, fmt::format("{}-{}", process_name(), ::getpid())));
    TRY_VOID(out->bus_->create_topic("settings.changes", {}));
    return out;
}

PlatformGround::~PlatformGround() {
    if (workers_) workers_->stop();
    bus_.reset();
    tracer_.reset();
    exporter_.reset();
    to_peers_.reset();
    if (reactor_) reactor_->stop();
}

std::map<std::string, kit::ServiceFactory> PlatformGround::factories(const Context& context) {
    const auto histories = std::make_shared<HomeHistories>(context.home);
    const auto database = [this, &context, histories, stores = database_factory(context, histories)](const kit::ServiceGround& g) -> std::unique_ptr<kit::Service> {
        std::vector<kit::CompositeService::Part> parts;
        parts.push_back({"stores", stores(g)});
        parts.push_back(recording_part(context, *bus_, on_kafka(*settings_) ? "kafka" : "journal", histories));
        parts.push_back({"journal", serving::make_journal_part(g, *bus_)});
        return std::make_unique<kit::CompositeService>(std::move(parts));
    };
    return {{"log-service", [this](const kit::ServiceGround& g) { return logs::make_log_service(g, *bus_); }}, {"database-service", database}};
}

Result<std::shared_ptr<const kit::PeerWatch>> PlatformGround::leave_to_peers(const kit::ServiceTable& table, std::vector<kit::ServiceSpec>& services, const std::vector<std::string>& wanted) {
    TRY(const kit::PeerTable peers, kit::PeerTable::read(table, settings_->list("AITRADING_PEERS"), settings_->text("AITRADING_PEER_DOMAIN")));
    std::map<std::string, kit::PeerAddress> elsewhere;
    TRY_VOID(peers.leave_to_peers(services, wanted, elsewhere));
    if (elsewhere.empty()) return nullptr;
    kit::HttpClientOptions options{.service = "peers", .retry = {.attempts_max = 1}};
    const kit::TlsFiles files{settings_->text("AITRADING_TLS_CERTIFICATE"), settings_->text("AITRADING_TLS_KEY"), settings_->text("AITRADING_TLS_AUTHORITIES")};
    if (!files.certificate.empty()) {
        TRY(options.tls, kit::TlsContext::client(files));
    }
    to_peers_ = std::make_unique<kit::HttpClient>(*reactor_, kit::Telemetry{*log_, metrics_, *tracer_}, options);
    auto watch = std::make_shared<kit::PeerWatch>(*to_peers_, std::move(elsewhere));
    watch->start();
    return watch;
}

Result<kit::HostOptions> PlatformGround::host_options(const kit::ServiceTable& table) {
    kit::HostOptions out{.build_version = version_text()};
    if (const std::string address = settings_->text("AITRADING_LISTEN"); !address.empty())
        for (const kit::ServiceSpec& service : table.services) out.addresses[service.name] = address;
    const kit::TlsFiles files{settings_->text("AITRADING_TLS_CERTIFICATE"), settings_->text("AITRADING_TLS_KEY"), settings_->text("AITRADING_TLS_AUTHORITIES")};
    if (!files.certificate.empty()) {
        TRY(out.tls, kit::TlsContext::server(files));
    }
    return out;
}

}  // namespace aitrading::apps

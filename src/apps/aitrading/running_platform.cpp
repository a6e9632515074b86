#include "apps/aitrading/running_platform.hpp"

#include <algorithm>

#include "apps/aitrading/platform_ground.hpp"

namespace aitrading::apps {

Result<std::unique_ptr<RunningPlatform>> RunningPlatform::open(const kit::ServiceTable& table, const std::filesystem::path& home) {
    auto out = std::unique_ptr<RunningPlatform>(new RunningPlatform);
    out->processes_ = running_processes(home);
    TRY(out->log_, kit::Log::open({}));
    out->tracer_ = std::make_unique<kit::Tracer>(kit::TracerOptions{}, kit::Tracer::Export{});
    out->reactor_ = std::make_unique<kit::Reactor>(1);
    const kit::Telemetry telemetry{*out->log_, out->metrics_, *out->tracer_};
    kit::HttpClientOptions options{.retry = {.attempts_max = 1}};
    out->plain_ = std::make_unique<kit::HttpClient>(*out->reactor_, telemetry, options);
    if (std::ranges::none_of(out->processes_, &RunningProcess::tls)) return out;
    TRY(const auto settings, load_settings(table, home));
    TRY(options.tls, kit::TlsContext::client({settings->text("AITRADING_TLS_CERTIFICATE"), settings->text("AITRADING_TLS_KEY"), settings->text("AITRADING_TLS_AUTHORITIES")}));
    out->secret_ = std::make_unique<kit::HttpClient>(*out->reactor_, telemetry, options);
    return out;
}

RunningPlatform::~RunningPlatform() {
    plain_.reset();
    secret_.reset();
    if (reactor_) reactor_->stop();
}

const RunningProcess* RunningPlatform::with(const std::string& service) const {
    const auto found = std::ranges::find_if(processes_, [&](const RunningProcess& p) { return p.ports.contains(service); });
    return found == processes_.end() ? nullptr : &*found;
}

Result<kit::HttpResponse> RunningPlatform::call(const RunningProcess& process, int port, kit::ClientRequest request, std::chrono::milliseconds patience) {
    request.host = "127.0.0.1";
    request.port = port;
    return (process.tls ? secret_ : plain_)->call(request, Deadline::after(std::chrono::steady_clock::now(), patience));
}

}  // namespace aitrading::apps

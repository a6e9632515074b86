#include "apps/aitrading/run_file.hpp"

#include <csignal>

#include <fmt/format.h>

#include "apps/aitrading/data_json.hpp"
#include "apps/aitrading/output.hpp"
#include "kit/atomic_file.hpp"

namespace aitrading::apps {
namespace {

std::filesystem::path run_file(const std::filesystem::path& home, int pid) { return home / "run" / fmt::format("{}.json", pid); }

}  // namespace

Result<void> write_run_file(const std::filesystem::path& home, const RunningProcess& process) {
    const Json document{{"pid", process.pid}, {"tls", process.tls}, {"address", process.address}, {"ports", process.ports}, {"rpc_ports", process.rpc_ports}};
    return write_file(run_file(home, process.pid), document.dump(1) + "\n");
}

void remove_run_file(const std::filesystem::path& home, int pid) {
    std::error_code ignored;
    std::filesystem::remove(run_file(home, pid), ignored);
}

std::vector<RunningProcess> running_processes(const std::filesystem::path& home) {
    std::vector<RunningProcess> out;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(home / "run", none)) {
        const auto text = kit::read_file(entry.path());
        const Json document = Json::parse(text.value_or(""), nullptr, false);
        if (!document.is_object() || !document.contains("pid") || !document.contains("ports")) continue;
        RunningProcess process{document["pid"], document.value("tls", false), document.value("address", "127.0.0.1"), document["ports"], document.value("rpc_ports", std::map<std::string, int>())};
        if (::kill(process.pid, 0) == 0) out.push_back(std::move(process));
    }
    return out;
}

}  // namespace aitrading::apps

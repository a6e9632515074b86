#include "models/evaluation/service/ledger.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/hash.hpp"

namespace aitrading::models {
namespace {

constexpr std::string_view magic = "trial";

/// What a trial is counted under; tabs and line ends part the fields of the file.
std::string scope_of(const SeriesKey& series, std::string_view label) {
    std::string out = fmt::format("{} {} {}", series.symbol, name(series.timeframe), label);
    for (char& c : out)
        if (c == '\t' || c == '\n' || c == '\r') c = ' ';
    return out;
}

std::string hash_of(const std::string& config) {
    Fingerprint print;
    print.add(config);
    return print.hex();
}

std::string checked(std::string_view body) {
    Fingerprint print;
    print.add(body);
    return fmt::format("{}\t{}\n", body, print.hex());
}

Error cannot(std::string_view what, const std::filesystem::path& file) {
    return {ErrorCode::failed,
            fmt::format("the ledger of trials {} cannot be {}: {}; free space or mend the "
                        "permissions, then run again",
                        file.string(), what, std::strerror(errno)),
            true};
}

/// A file descriptor that closes itself.
class File {
  public:
    explicit File(int fd) : fd_(fd) {}
    ~File() {
        if (fd_ >= 0) ::close(fd_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    int fd() const { return fd_; }

  private:
    int fd_;
};

/// A new file survives a crash only once its folder is synced too.
void sync_folder(const std::filesystem::path& file) {
    const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
    const File opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened.fd() >= 0) ::fsync(opened.fd());
}

/// True where the last byte is no line end: a crash tore the last line.
bool torn(int fd) {
    const off_t size = ::lseek(fd, 0, SEEK_END);
    char last = '\n';
    return size > 0 && ::pread(fd, &last, 1, size - 1) == 1 && last != '\n';
}

}  // namespace

Result<TrialLedger> TrialLedger::open(std::filesystem::path file) {
    TrialLedger ledger(std::move(file));
    TRY_VOID(ledger.reload());
    return ledger;
}

Result<void> TrialLedger::reload() {
    std::error_code error;
    if (!std::filesystem::exists(file_, error)) return {};
    std::ifstream in(file_, std::ios::binary);
    if (!in) return std::unexpected(cannot("read", file_));
    std::string line;
    while (std::getline(in, line)) {
        // trial <tab> scope <tab> hash <tab> checksum; anything else is the rest of a torn write.
        const auto end = line.rfind('\t');
        if (end == std::string::npos || checked(line.substr(0, end)) != line + "\n") continue;
        std::istringstream fields(line.substr(0, end));
        std::string kind, scope, hash;
        if (std::getline(fields, kind, '\t') && kind == magic && std::getline(fields, scope, '\t') &&
            std::getline(fields, hash, '\t'))
            seen_.emplace(scope, hash);
    }
    if (in.bad()) return std::unexpected(cannot("read", file_));
    return {};
}

Result<std::int64_t> TrialLedger::record(const Trial& trial) {
    const std::string scope = scope_of(trial.series, trial.label), hash = hash_of(trial.config);
    TRY_VOID(reload());  // other processes append too
    if (seen_.contains({scope, hash})) return count(trial.series, trial.label);
    std::error_code error;
    if (file_.has_parent_path()) std::filesystem::create_directories(file_.parent_path(), error);
    const bool fresh = !std::filesystem::exists(file_, error);
    const File file(::open(file_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
    if (file.fd() < 0 || ::flock(file.fd(), LOCK_EX) != 0) return std::unexpected(cannot("written", file_));
    const std::string line =
        (torn(file.fd()) ? "\n" : "") + checked(fmt::format("{}\t{}\t{}", magic, scope, hash));
    if (::write(file.fd(), line.data(), line.size()) != static_cast<ssize_t>(line.size()) ||
        ::fsync(file.fd()) != 0)
        return std::unexpected(cannot("written", file_));
    if (fresh) sync_folder(file_);
    seen_.emplace(scope, hash);
    return count(trial.series, trial.label);
}

std::int64_t TrialLedger::count(const SeriesKey& series, const std::string& label) const {
    const std::string scope = scope_of(series, label);
    std::int64_t out = 0;
    for (auto it = seen_.lower_bound({scope, ""}); it != seen_.end() && it->first == scope; ++it) ++out;
    return out;
}

}  // namespace aitrading::models

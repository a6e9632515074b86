#include "models/deep/service/trainer_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "kit/atomic_file.hpp"
#include "models/deep/service/trainer_lines.hpp"

extern char** environ;

namespace aitrading::models {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
constexpr auto patience_after_stop = std::chrono::seconds(60);  // a step and a checkpoint take far less
constexpr std::size_t error_text_max = 64 * 1024;

std::unexpected<Error> system_failure(const std::string& doing) {
    return fail(ErrorCode::failed, fmt::format("{}: {}", doing, std::strerror(errno)));  // NOLINT(concurrency-mt-unsafe): glibc's is safe for known numbers
}

/// A file that is gone when its training is.
struct TemporaryFile {
    fs::path path;
    explicit TemporaryFile(fs::path file) : path(std::move(file)) {}
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() {
        std::error_code ignored;
        fs::remove(path, ignored);
    }
};

struct Pipe {
    int read = -1, write = -1;
    Pipe() = default;
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe() {
        close_end(read);
        close_end(write);
    }
    Result<void> open() {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) return system_failure("opening a pipe to aitrading-train");
        read = ends[0];
        write = ends[1];
        return {};
    }
    static void close_end(int& end) {
        if (end >= 0) ::close(end);
        end = -1;
    }
};

/// The running program, ended and collected at the latest when this goes.
class Child {
  public:
    Child() = default;
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        if (pid_ <= 0) return;
        ::kill(pid_, SIGKILL);
        wait();
    }
    Result<void> start(const fs::path& program, const std::vector<std::string>& words, int out, int err) {
        std::vector<char*> argv;
        argv.reserve(words.size() + 1);
        for (const std::string& w : words) argv.push_back(const_cast<char*>(w.c_str()));  // posix_spawn does not write there
        argv.push_back(nullptr);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
        posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
        const int status = posix_spawn(&pid_, program.c_str(), &actions, nullptr, argv.data(), environ);
        posix_spawn_file_actions_destroy(&actions);
        if (status == 0) return {};
        pid_ = -1;
        errno = status;
        return system_failure(fmt::format("starting {}", program.string()));
    }
    void signal(int number) const { ::kill(pid_, number); }
    int wait() {
        int status = 0;
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {}
        pid_ = -1;
        return status;
    }

  private:
    pid_t pid_ = -1;
};

/// What the program said.
struct Heard {
    std::string line, errors;  ///< the unfinished line of stdout; all of stderr
    std::optional<TrainerSummary> summary;
};

void hear(Heard& heard, std::string_view text, const std::function<void(const TrainerProgress&)>& progress) {
    heard.line += text;
    for (std::size_t end = heard.line.find('\n'); end != std::string::npos; end = heard.line.find('\n')) {
        const std::string line = heard.line.substr(0, end);
        heard.line.erase(0, end + 1);
        if (const auto step = parse_progress(line); step && progress) progress(*step);
        if (const auto summary = parse_summary(line)) heard.summary = summary;
    }
}

/// Reads both pipes until the program closed them. After a stop request it is told to end, and ended by force where it does
/// not within a minute.
Heard follow(const Child& child, int out, int err, const std::stop_token& stop, const std::function<void(const TrainerProgress&)>& progress) {
    Heard heard;
    std::array<pollfd, 2> ends{pollfd{out, POLLIN, 0}, pollfd{err, POLLIN, 0}};
    std::optional<Clock::time_point> told;
    while (ends[0].fd >= 0 || ends[1].fd >= 0) {
        if (stop.stop_requested() && !told) {
            child.signal(SIGTERM);
            told = Clock::now();
        }
        if (told && Clock::now() - *told > patience_after_stop) child.signal(SIGKILL);
        if (::poll(ends.data(), ends.size(), 100) <= 0) continue;
        for (pollfd& end : ends) {
            if (end.fd < 0 || end.revents == 0) continue;
            std::array<char, 4096> buffer{};
            const ssize_t got = ::read(end.fd, buffer.data(), buffer.size());
            if (got < 0 && errno == EINTR) continue;
            const std::string_view text(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
            if (got <= 0) end.fd = -1;
            else if (end.fd == out) hear(heard, text, progress);
            else if (heard.errors.size() < error_text_max) heard.errors += text;
        }
    }
    return heard;
}

/// `error[code]: text` back as an Error; whatever else it said as it is.
Error error_of(const Heard& heard, int status) {
    for (const ErrorCode code : {ErrorCode::failed, ErrorCode::usage, ErrorCode::bad_input, ErrorCode::not_found, ErrorCode::gate_refused,
                                 ErrorCode::interrupted}) {
        const std::string mark = fmt::format("error[{}]: ", name(code));
        const std::size_t at = heard.errors.rfind(mark);
        if (at == std::string::npos) continue;
        const std::size_t begin = at + mark.size();
        return {code, heard.errors.substr(begin, heard.errors.find('\n', begin) - begin)};
    }
    const std::string how = WIFSIGNALED(status) ? fmt::format("was ended by signal {}{}", WTERMSIG(status), WTERMSIG(status) == SIGKILL ? " (out of memory?)" : "")
                                                : fmt::format("ended with status {}", WEXITSTATUS(status));
    return {ErrorCode::failed, fmt::format("aitrading-train {}; it said: {}", how, heard.errors.empty() ? "nothing" : heard.errors)};
}

Result<void> write_whole(const fs::path& path, std::string_view bytes) {
    TRY(kit::AtomicFile file, kit::AtomicFile::create(path));
    TRY_VOID(file.write(bytes));
    return file.commit();
}

}  // namespace

Result<void> TrainerProcess::ready() const {
    if (::access(program_.c_str(), X_OK) == 0) return {};
    return fail(ErrorCode::not_found, fmt::format("nets cannot be trained here: {} is not there. Build it with ./dev build (it needs libtorch, which "
                                                  "./dev setup installs), or set AITRADING_TRAIN to where it lies", program_.string()));
}

Result<TrainedFile> TrainerProcess::train(const TrainingJob& job, std::stop_token stop,
                                          const std::function<void(const TrainerProgress&)>& progress) const {
    TRY_VOID(check_job(job));
    return run(serialise(job), fmt::format("{}-{}", name(job.spec.kind), fingerprint(job)), stop, progress);
}

Result<TrainedFile> TrainerProcess::train_generator(const GeneratorJob& job, std::stop_token stop,
                                                    const std::function<void(const TrainerProgress&)>& progress) const {
    TRY_VOID(check_job(job));
    return run(serialise(job), fmt::format("generator-{}", fingerprint(job)), stop, progress);
}

Result<TrainedFile> TrainerProcess::run(const std::string& job, const std::string& key, const std::stop_token& stop,
                                        const std::function<void(const TrainerProgress&)>& progress) const {
    TRY_VOID(ready());
    std::error_code made;
    fs::create_directories(folder_, made);
    if (made) return fail(ErrorCode::failed, fmt::format("{} cannot be made: {}", folder_.string(), made.message()));
    static std::atomic<unsigned> counter{0};  // two trainings of one process do not share files
    const std::string own = fmt::format("{}-{}-{}", key, ::getpid(), counter++);
    const TemporaryFile job_file(folder_ / (own + ".job")), net_file(folder_ / (own + ".net"));
    const fs::path checkpoint = folder_ / (key + ".checkpoint");
    TRY_VOID(write_whole(job_file.path, job));

    Pipe out, err;
    TRY_VOID(out.open());
    TRY_VOID(err.open());
    Child child;
    TRY_VOID(child.start(program_, {program_.string(), "--job", job_file.path.string(), "--out", net_file.path.string(), "--checkpoint", checkpoint.string(),
                                    "--device", device_}, out.write, err.write));
    Pipe::close_end(out.write);
    Pipe::close_end(err.write);
    const Heard heard = follow(child, out.read, err.read, stop, progress);
    const int status = child.wait();
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return std::unexpected(error_of(heard, status));
    TRY(std::string bytes, kit::read_file(net_file.path));
    std::error_code ignored;
    fs::remove(checkpoint, ignored);
    return TrainedFile{std::move(bytes), heard.summary.value_or(TrainerSummary{})};
}

fs::path find_trainer() {
    if (const char* named = std::getenv("AITRADING_TRAIN"); named != nullptr && *named != '\0') return named;
    std::error_code ignored;
    return fs::read_symlink("/proc/self/exe", ignored).parent_path() / "aitrading-train";
}

}  // namespace aitrading::models

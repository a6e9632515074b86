#include "proving/learning/service/trial_store.hpp"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/check.hpp"
#include "base/hash.hpp"

namespace aitrading::learning {
namespace {

constexpr std::string_view kMagic = "aitrading trials 1";

std::string hash_of(std::string_view text) {
    Fingerprint hash;
    hash.add(text);
    return hash.hex();
}

/// "<text> <fingerprint>\n"
std::string sealed(const std::string& text) {
    return fmt::format("{} {}\n", text, hash_of(text));
}

/// The text of a sealed line without its newline; nothing when the seal is broken.
std::optional<std::string_view> unsealed(std::string_view line) {
    const auto blank = line.rfind(' ');
    if (blank == std::string_view::npos || hash_of(line.substr(0, blank)) != line.substr(blank + 1))
        return std::nullopt;
    return line.substr(0, blank);
}

std::string header_of(const SearchSpace& space, const std::string& question) {
    std::string text = question;
    for (const auto& r : space) {
        text += fmt::format("|{} {} {} {} {} {}", r.name, static_cast<int>(r.kind), r.low, r.high, r.parent,
                            r.parent_choice);
        for (const auto& choice : r.choices) text += ',' + choice;
    }
    return fmt::format("{} {}", kMagic, hash_of(text));
}

std::optional<Trial> read_trial(std::string_view text, std::size_t parameters) {
    std::vector<double> numbers;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at < end) {
        double value = 0;
        const auto [next, error] = std::from_chars(at, end, value);
        if (error != std::errc{} || (next < end && *next != ' ')) return std::nullopt;
        numbers.push_back(value);
        at = next < end ? next + 1 : next;
    }
    if (numbers.size() != parameters + 2) return std::nullopt;
    return Trial{static_cast<std::int64_t>(numbers[0]), {numbers.begin() + 2, numbers.end()}, numbers[1]};
}

std::string text_of(const Trial& trial) {
    auto text = fmt::format("{} {}", trial.number, trial.loss);
    for (const double value : trial.values) text += fmt::format(" {}", value);
    return text;
}

Result<std::string> read_all(int file, const std::filesystem::path& path) {
    std::string bytes;
    char buffer[1 << 16];
    while (true) {
        const auto got = ::read(file, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0)
            return fail(ErrorCode::failed,
                        fmt::format("{}: cannot be read: {}", path.string(), std::strerror(errno)));
        if (got == 0) return bytes;
        bytes.append(buffer, static_cast<std::size_t>(got));
    }
}

/// Takes the next whole line from `bytes`; nothing when only a torn one is left.
std::optional<std::string_view> next_line(std::string_view& bytes) {
    const auto end = bytes.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const auto line = bytes.substr(0, end);
    bytes.remove_prefix(end + 1);
    return line;
}

}  // namespace

TrialStore::TrialStore(TrialStore&& other) noexcept
    : path_(std::move(other.path_)),
      file_(std::exchange(other.file_, -1)),
      size_(other.size_),
      trials_(std::move(other.trials_)) {}

TrialStore& TrialStore::operator=(TrialStore&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(file_, other.file_);
    std::swap(size_, other.size_);
    std::swap(trials_, other.trials_);
    return *this;
}

TrialStore::~TrialStore() {
    if (file_ >= 0) ::close(file_);
}

Result<TrialStore> TrialStore::open(const std::filesystem::path& path, const SearchSpace& space,
                                    const std::string& question) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0)
        return fail(ErrorCode::failed,
                    fmt::format("{}: cannot be opened for writing: {}", path.string(), std::strerror(errno)));
    TrialStore store(path, file);
    if (::flock(file, LOCK_EX | LOCK_NB) != 0)
        return fail(ErrorCode::failed, fmt::format("{}: another search is writing to it", path.string()),
                    true);
    TRY(const std::string all, read_all(file, path));
    std::string_view bytes = all;
    const std::string header = header_of(space, question);
    const auto first = next_line(bytes);
    // A first line that never became whole was not answered for: any beginning of a sealed header may be cut
    // off.
    if (!first && !sealed(header).starts_with(bytes))
        return fail(ErrorCode::bad_input,
                    fmt::format("{}: it is not a trial store; move it away", path.string()));
    if (first && unsealed(*first) != header)
        return fail(ErrorCode::bad_input, fmt::format("{}: it holds the trials of another search (other "
                                                      "data, parameters, seed) or is damaged in line "
                                                      "1; move it away to begin anew",
                                                      path.string()));
    while (first) {
        store.size_ = all.size() - bytes.size();
        const auto line = next_line(bytes);
        if (!line) break;
        const auto text = unsealed(*line);
        const auto trial = text ? read_trial(*text, space.size()) : std::nullopt;
        const std::size_t number = store.trials_.size();
        if (!trial || trial->number != static_cast<std::int64_t>(number))
            return fail(ErrorCode::bad_input,
                        fmt::format("{}: line {} is damaged; move the file away, or cut it there to lose "
                                    "trial {} and later ones",
                                    path.string(), number + 2, number));
        store.trials_.push_back(*trial);
    }
    if (::ftruncate(file, static_cast<off_t>(store.size_)) != 0)
        return fail(ErrorCode::failed,
                    fmt::format("{}: cannot be shortened: {}", path.string(), std::strerror(errno)));
    if (!first) TRY_VOID(store.write_line(sealed(header)));
    return store;
}

Result<void> TrialStore::write_line(const std::string& line) {
    std::size_t done = 0;
    while (done < line.size()) {
        const auto put =
            ::pwrite(file_, line.data() + done, line.size() - done, static_cast<off_t>(size_ + done));
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) break;
        done += static_cast<std::size_t>(put);
    }
    if (done < line.size() || ::fdatasync(file_) != 0) {
        const int why = errno;
        // The torn line would be cut at the next opening anyway.
        if (::ftruncate(file_, static_cast<off_t>(size_)) != 0) errno = why;
        return fail(ErrorCode::failed,
                    fmt::format("{}: a trial cannot be written: {}; free some space and run again",
                                path_.string(), std::strerror(why)),
                    true);
    }
    size_ += line.size();
    return {};
}

Result<void> TrialStore::append(const Trial& trial) {
    CHECK(trial.number == static_cast<std::int64_t>(trials_.size()));
    TRY_VOID(write_line(sealed(text_of(trial))));
    trials_.push_back(trial);
    return {};
}

}  // namespace aitrading::learning

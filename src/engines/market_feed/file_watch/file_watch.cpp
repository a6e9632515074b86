#include "engines/market_feed/file_watch/file_watch.hpp"

#include <algorithm>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <utility>

#include <fmt/format.h>

namespace aitrading::engines {
namespace {

constexpr std::size_t bytes_at_once = std::size_t{1} << 20, line_bytes_max = 4'096;
constexpr std::chrono::milliseconds look_every{20};

/// A nap that a stop ends.
void nap(std::chrono::steady_clock::time_point until, const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    wake.wait_until(lock, stop, until, [] { return false; });
}

}  // namespace

FileWatch::FileWatch(std::vector<WatchedFile> files, End end) : end_(end) {
    for (WatchedFile& file : files) {
        symbols_.push_back(file.symbol);
        files_.push_back({.file = std::move(file), .text = {}, .layout = {}});
    }
}

bool FileWatch::ended() const {
    return end_ == End::of_the_files && !late_error_ && std::ranges::all_of(files_, [](const Followed& f) { return f.dry && f.text.find('\n', f.at) == std::string::npos; });
}

Result<void> FileWatch::read_more(Followed& f) {
    std::error_code problem;
    const std::uint64_t size = std::filesystem::file_size(f.file.path, problem);
    if (problem == std::errc::no_such_file_or_directory) {
        f.dry = true;
        return {};
    }
    if (problem) return fail(ErrorCode::failed, fmt::format("{}: {}", f.file.path.string(), problem.message()), true);
    if (size < f.offset) {
        f = {.file = f.file, .text = {}, .sequence = f.sequence, .layout = {}};
        return fail(ErrorCode::bad_input, fmt::format("{} has become shorter: somebody began it anew; it is read from its beginning", f.file.path.string()));
    }
    f.dry = size == f.offset;
    if (f.dry) return {};
    f.text.erase(0, std::exchange(f.at, 0));
    std::ifstream in(f.file.path, std::ios::binary);
    in.seekg(static_cast<std::streamoff>(f.offset));
    const std::size_t before = f.text.size();
    f.text.resize(before + static_cast<std::size_t>(std::min<std::uint64_t>(size - f.offset, bytes_at_once)));
    in.read(f.text.data() + before, static_cast<std::streamsize>(f.text.size() - before));
    f.text.resize(before + static_cast<std::size_t>(in.gcount()));
    f.offset += static_cast<std::uint64_t>(in.gcount());
    if (in.bad()) return fail(ErrorCode::failed, f.file.path.string() + " cannot be read", true);
    return {};
}

/// The next complete line of what was read; false where there is none.
Result<bool> FileWatch::take_line(Followed& f, std::uint32_t symbol, std::vector<ports::FeedItem>& out) {
    const auto end = std::min(f.text.find('\n', f.at), f.text.size());
    if (end == f.text.size() && end - f.at <= line_bytes_max) return false;
    std::string line = f.text.substr(f.at, std::min(end - f.at, line_bytes_max));
    f.at = std::min(end + 1, f.text.size());
    ++f.line;
    if (line.ends_with('\r')) line.pop_back();
    const auto where = [&](const Error& error) { return Error{error.code, fmt::format("{}, line {}: {}", f.file.path.string(), f.line, error.text)}; };
    if (line.empty()) return true;
    if (!f.layout) {
        const auto layout = read_watched_header(line);
        if (!layout) return std::unexpected(where(layout.error()));
        f.layout = *layout;
        return true;
    }
    auto item = read_watched_row(line, *f.layout, f.file.timeframe);
    if (!item) return std::unexpected(where(item.error()));
    item->symbol = symbol;
    item->sequence = ++f.sequence;
    out.push_back(*item);
    return true;
}

Result<void> FileWatch::give(Followed& f, std::uint32_t symbol, std::vector<ports::FeedItem>& out, std::size_t items_max) {
    while (out.size() < items_max) {
        TRY(const bool took, take_line(f, symbol, out));
        if (took) continue;
        const std::uint64_t before = f.offset;
        TRY_VOID(read_more(f));
        if (f.offset == before) return {};
    }
    return {};
}

Result<void> FileWatch::look(std::vector<ports::FeedItem>& out, std::size_t items_max) {
    // Each file in turn is asked first, so that a busy one does not silence the others.
    for (std::size_t k = 0; k < files_.size() && out.size() < items_max; ++k) {
        const std::size_t i = (next_ + k) % files_.size();
        if (const auto given = give(files_[i], static_cast<std::uint32_t>(i), out, items_max); !given) {
            if (out.empty()) return given;
            late_error_ = given.error();  // rows that were given already are not lost with it
            return {};
        }
    }
    if (!files_.empty()) next_ = (next_ + 1) % files_.size();
    return {};
}

Result<void> FileWatch::poll(std::vector<ports::FeedItem>& out, std::size_t items_max, std::chrono::milliseconds wait, const std::stop_token& stop) {
    out.clear();
    if (late_error_) return std::unexpected(*std::exchange(late_error_, std::nullopt));
    const auto now = std::chrono::steady_clock::now();
    const auto end = now + std::min<std::chrono::milliseconds>(wait, std::chrono::hours(24));
    while (!stop.stop_requested()) {
        TRY_VOID(look(out, items_max));
        if (!out.empty() || ended() || std::chrono::steady_clock::now() >= end) break;
        nap(std::min(end, std::chrono::steady_clock::now() + look_every), stop);
    }
    // The end is known as soon as the last row is given.
    for (Followed& f : files_)
        if (end_ == End::of_the_files && f.at == f.text.size() && !f.dry)
            if (const auto read = read_more(f); !read) late_error_ = read.error();
    return {};
}

}  // namespace aitrading::engines

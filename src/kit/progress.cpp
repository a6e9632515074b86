#include "kit/progress.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace aitrading::kit {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto redraw_every = std::chrono::milliseconds(100);
constexpr auto plain_line_every = std::chrono::seconds(5);

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string short_count(double n) {
    if (n >= 1e6) return fmt::format("{:.1f}M", n / 1e6);
    if (n >= 1e4) return fmt::format("{:.0f}k", n / 1e3);
    return fmt::format("{:.{}f}", n, n >= 10 || n == std::floor(n) ? 0 : 1);
}

std::string short_time(double s) {
    if (s >= 90) return fmt::format("{:.0f}m{:02.0f}s", std::floor(s / 60), s - 60 * std::floor(s / 60));
    return fmt::format("{:.{}f} s", s, s < 10 ? 1 : 0);
}

/// The first `width` code points of UTF-8 text.
std::string cut_to_width(const std::string& text, std::size_t width) {
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size(); ++at)
        if ((static_cast<unsigned char>(text[at]) & 0xC0) != 0x80 && count++ == width) return text.substr(0, at);
    return text;
}

std::size_t terminal_width() {
    winsize size{};
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

}  // namespace

Progress::Progress(ProgressMode mode, std::string what, std::int64_t total, std::string unit)
    : mode_(mode),
      what_(std::move(what)),
      unit_(std::move(unit)),
      total_(total),
      started_(Clock::now()),
      drawn_(started_),
      terminal_(isatty(STDERR_FILENO) != 0) {}

Progress::~Progress() {
    if (!finished_) draw(true, "stopped");
}

void Progress::advance(std::int64_t units) { at(done_ + units); }

void Progress::at(std::int64_t done) {
    done_ = done;
    draw_in_time();
}

void Progress::note(std::string text) {
    note_ = std::move(text);
    draw_in_time();
}

void Progress::draw_in_time() {
    const bool bar = mode_ == ProgressMode::automatic && terminal_;
    const auto pause = bar ? std::chrono::nanoseconds(redraw_every) : std::chrono::nanoseconds(plain_line_every);
    if (Clock::now() - drawn_ < pause) return;
    drawn_ = Clock::now();
    if (bar || mode_ == ProgressMode::plain) draw(false, "");
}

void Progress::finish(const std::string& remark) {
    if (finished_) return;
    finished_ = true;
    draw(true, remark);
}

void Progress::draw(bool last, const std::string& remark) {
    if (mode_ == ProgressMode::none) return;
    const bool bar = mode_ == ProgressMode::automatic && terminal_;
    if (!bar && mode_ != ProgressMode::plain) return;
    const double elapsed = seconds_since(started_);
    const double rate = elapsed > 0 ? static_cast<double>(done_) / elapsed : 0;
    std::string line;
    if (last) {
        line = fmt::format("{}  {} {}  {}  {}/s", what_, short_count(static_cast<double>(done_)), unit_,
                           short_time(elapsed), short_count(rate));
        if (!remark.empty()) line += "  " + remark;
    } else if (total_ > 0) {
        const double share = std::clamp(static_cast<double>(done_) / static_cast<double>(total_), 0.0, 1.0);
        std::string drawn;
        for (int i = 0; i < 20; ++i) drawn += i < static_cast<int>(share * 20) ? "━" : "╌";
        const double left = rate > 0 ? static_cast<double>(total_ - done_) / rate : 0;
        line = fmt::format("{}  {}  {:3.0f}%  {} {}/s  {} left", what_, drawn, share * 100, short_count(rate),
                           unit_, short_time(left));
    } else {
        line = fmt::format("{}  {} {}  {}/s", what_, short_count(static_cast<double>(done_)), unit_,
                           short_count(rate));
    }
    if (!last && !note_.empty()) line += "  " + note_;
    if (bar) {
        // A line longer than the terminal would wrap, and "\r" would then leave its first half standing.
        line = cut_to_width(line, terminal_width());
        std::fprintf(stderr, "\r\033[K%s%s", line.c_str(), last ? "\n" : "");
    } else {
        std::fprintf(stderr, "%s\n", line.c_str());
    }
    std::fflush(stderr);
}

}  // namespace aitrading::kit

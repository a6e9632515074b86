#include "engines/home/sums.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <vector>

#include "base/sha256.hpp"
#include "engines/disk/files.hpp"

namespace aitrading::engines::home {
namespace {

constexpr std::string_view first_line = "# aitrading backup 1\n", seal = "# sum of all above: ";
constexpr std::size_t piece_bytes = std::size_t{1} << 20;

bool is_sum(std::string_view text) { return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos; }

/// `SUM  PATH`, after a remark with the size.
Result<void> read_line(std::string_view size_line, std::string_view line, Sums& sums, const std::string& where) {
    constexpr std::string_view before = "# bytes ";
    Sum sum;
    const std::string_view digits = size_line.starts_with(before) ? size_line.substr(before.size()) : std::string_view();
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), sum.bytes);
    const bool sized = error == std::errc{} && end == digits.data() + digits.size() && sum.bytes >= 0;
    const std::filesystem::path path(line.size() > 66 ? line.substr(66) : std::string_view());
    bool inside = !path.empty() && path.is_relative();
    for (const auto& part : path) inside = inside && part != ".." && part != ".";
    if (!sized || line.size() <= 66 || !is_sum(line.substr(0, 64)) || line.substr(64, 2) != "  " || !inside)
        return fail(ErrorCode::gate_refused, where + ": a line is damaged: " + std::string(line.substr(0, 100)));
    sum.sha256 = line.substr(0, 64);
    sums[path.string()] = std::move(sum);
    return {};
}

}  // namespace

std::string sums_text(const Sums& sums, UnixNanos made) {
    std::string out(first_line);
    out += "# made " + to_iso8601(made) + ", check with: sha256sum -c SHA256SUMS, or aitrading db verify --backup FOLDER\n";
    for (const auto& [path, sum] : sums) out += "# bytes " + std::to_string(sum.bytes) + "\n" + sum.sha256 + "  " + path + "\n";
    return out + std::string(seal) + sha256_hex(out) + "\n";
}

Result<Sums> read_sums(const std::string& text, const std::string& where) {
    const auto damaged = [&](const char* what) { return fail(ErrorCode::gate_refused, where + ": " + what + "; take another backup"); };
    if (!text.starts_with(first_line)) return damaged("no list of a backup that this program reads");
    const std::size_t at = text.rfind(seal);
    if (at == std::string::npos || text.substr(at) != std::string(seal) + sha256_hex(std::string_view(text).substr(0, at)) + "\n") return damaged("cut short or changed");
    std::vector<std::string_view> lines;
    for (std::size_t from = 0; from < at;) {
        const std::size_t end = text.find('\n', from);
        lines.push_back(std::string_view(text).substr(from, end - from));
        from = end + 1;
    }
    Sums sums;
    for (std::size_t i = 2; i + 1 < lines.size(); i += 2) TRY_VOID(read_line(lines[i], lines[i + 1], sums, where));
    if (lines.size() < 2 || lines.size() % 2 != 0 || sums.size() != (lines.size() - 2) / 2) return damaged("its lines do not come in pairs");
    return sums;
}

Result<Sum> copy_file(const std::filesystem::path& from, const std::filesystem::path* to) {
    const FileHandle in(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
    if (!in && errno == ENOENT) return fail(ErrorCode::not_found, from.string() + ": is not there");
    if (!in) return std::unexpected(disk_error("read", from, errno));
    FileHandle out;
    if (to != nullptr) {
        out = FileHandle(::open(to->c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
        if (!out) return std::unexpected(disk_error("write", *to, errno));
    }
    std::vector<char> piece(piece_bytes);
    Sha256 sha;
    Sum sum;
    for (;;) {
        const ssize_t got = ::read(in.get(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return std::unexpected(disk_error("read", from, errno));
        if (got == 0) break;
        sha.add({piece.data(), static_cast<std::size_t>(got)});
        sum.bytes += got;
        for (ssize_t done = 0; out && done < got;) {
            const ssize_t put = ::write(out.get(), piece.data() + done, static_cast<std::size_t>(got - done));
            if (put < 0 && errno == EINTR) continue;
            if (put < 0) return std::unexpected(disk_error("write", *to, errno));
            done += put;
        }
    }
    if (out && ::fsync(out.get()) != 0) return std::unexpected(disk_error("write", *to, errno));
    sum.sha256 = sha.hex();
    return sum;
}

}  // namespace aitrading::engines::home

#include "market/history/zip_directory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace aitrading::market {
namespace {

std::uint64_t number(std::span<const char> bytes, std::size_t at, int count) {
    std::uint64_t out = 0;
    for (int i = count - 1; i >= 0; --i)
        out = out << 8 | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
    return out;
}

std::unexpected<Error> refuse(const std::filesystem::path& path, std::string_view what) {
    return fail(ErrorCode::bad_input, fmt::format("{}: {}", path.string(), what));
}

Result<std::vector<char>> read_whole(const ReadAt& read_at, std::uint64_t offset, std::size_t count) {
    std::vector<char> out(count);
    std::size_t done = 0;
    while (done < count) {
        TRY(const std::size_t got, read_at(offset + done, std::span(out).subspan(done)));
        if (got == 0) break;
        done += got;
    }
    out.resize(done);
    return out;
}

struct Directory {
    std::uint64_t offset = 0, bytes = 0, entries = 0;
};

Result<Directory> find_directory(const ReadAt& read_at, std::uint64_t size, const std::filesystem::path& path) {
    constexpr std::uint64_t end_bytes = 22, comment_max = 65'535;
    const std::uint64_t tail = std::min(size, end_bytes + comment_max);
    TRY(const std::vector<char> bytes, read_whole(read_at, size - tail, tail));
    for (std::size_t at = bytes.size() >= end_bytes ? bytes.size() - end_bytes + 1 : 0; at-- > 0;) {
        if (std::string_view(bytes.data() + at, 4) != "PK\x05\x06") continue;
        const Directory found{number(bytes, at + 16, 4), number(bytes, at + 12, 4), number(bytes, at + 10, 2)};
        if (found.offset == 0xFFFFFFFF) return refuse(path, "zip of 4 GB or more; unpack it first");
        if (found.offset + found.bytes <= size) return found;
    }
    return refuse(path, "truncated zip (its directory is missing); download or copy the file again");
}

bool counts(std::string_view name) {
    const std::string_view base = name.substr(name.rfind('/') == std::string_view::npos ? 0 : name.rfind('/') + 1);
    return !base.empty() && base[0] != '.' && !name.starts_with("__MACOSX/");
}

struct Found {
    ZipEntry entry;
    std::uint64_t flags = 0, header_offset = 0;
};

/// Sizes and offsets of 0xFFFFFFFF stand in the extra field 1, eight bytes each, in this order (APPNOTE 4.5.3).
bool read_zip64(std::span<const char> extra, Found& found) {
    constexpr std::uint64_t elsewhere = 0xFFFFFFFF;
    for (std::size_t at = 0; at + 4 <= extra.size();) {
        const std::size_t size = number(extra, at + 2, 2);
        std::size_t field = at + 4;
        const std::size_t end = field + size;
        if (end > extra.size()) return false;
        at = end;
        if (number(extra, field - 4, 2) != 1) continue;
        for (std::uint64_t* value : {found.entry.unpacked_bytes == elsewhere ? &found.entry.unpacked_bytes : nullptr,
                                     found.entry.packed_bytes == elsewhere ? &found.entry.packed_bytes : nullptr,
                                     found.header_offset == elsewhere ? &found.header_offset : nullptr}) {
            if (value == nullptr) continue;
            if (field + 8 > end) return false;
            *value = number(extra, field, 8);
            field += 8;
        }
    }
    return true;
}

/// Takes HistData's zips too, which hold a status text beside the data.
bool is_status_text(std::string_view name) { return name.ends_with(".txt"); }

Result<ZipEntry> locate(const ReadAt& read_at, std::uint64_t size, const std::filesystem::path& path, ZipEntry entry,
                        std::uint64_t header_offset) {
    TRY(const std::vector<char> header, read_whole(read_at, std::min(header_offset, size), 30));
    if (header.size() != 30 || std::string_view(header.data(), 4) != std::string_view("PK\x03\x04", 4))
        return refuse(path, "damaged zip (an entry is not where its directory says); download or copy the file again");
    entry.data_offset = header_offset + 30 + number(header, 26, 2) + number(header, 28, 2);
    if (entry.data_offset > size || entry.packed_bytes > size - entry.data_offset)
        return refuse(path, "truncated zip; download or copy the file again");
    if (entry.method != 0 && entry.method != 8)
        return refuse(path, fmt::format("zip method {} is not supported; unpack it first", entry.method));
    return entry;
}

}  // namespace

Result<ZipEntry> find_zip_entry(const ReadAt& read_at, std::uint64_t size, const std::filesystem::path& path) {
    TRY(const Directory directory, find_directory(read_at, size, path));
    TRY(const std::vector<char> bytes, read_whole(read_at, directory.offset, directory.bytes));
    std::vector<Found> found;
    std::size_t at = 0;
    for (std::uint64_t i = 0; i < directory.entries; ++i) {
        if (at + 46 > bytes.size() || std::string_view(bytes.data() + at, 4) != std::string_view("PK\x01\x02", 4))
            return refuse(path, "damaged zip directory; download or copy the file again");
        const std::size_t name_bytes = number(bytes, at + 28, 2), extra_bytes = number(bytes, at + 30, 2);
        if (at + 46 + name_bytes + extra_bytes > bytes.size())
            return refuse(path, "damaged zip directory; download or copy the file again");
        Found one{{std::string(bytes.data() + at + 46, name_bytes), static_cast<int>(number(bytes, at + 10, 2)),
                   static_cast<std::uint32_t>(number(bytes, at + 16, 4)), number(bytes, at + 20, 4),
                   number(bytes, at + 24, 4), 0},
                  number(bytes, at + 8, 2),
                  number(bytes, at + 42, 4)};
        const auto extra = std::span(bytes).subspan(at + 46 + name_bytes, extra_bytes);
        if (!read_zip64(extra, one))
            return refuse(path, "damaged zip directory; download or copy the file again");
        if (counts(one.entry.name)) found.push_back(std::move(one));
        at += 46 + name_bytes + extra_bytes + number(bytes, at + 32, 2);
    }
    if (found.size() > 1) std::erase_if(found, [](const Found& f) { return is_status_text(f.entry.name); });
    if (found.size() != 1)
        return refuse(path, fmt::format("the zip holds {} data files, one is expected; unpack it and import the files",
                                        found.size()));
    if ((found[0].flags & 1) != 0) return refuse(path, "the zip is encrypted; unpack it first");
    return locate(read_at, size, path, std::move(found[0].entry), found[0].header_offset);
}

}  // namespace aitrading::market

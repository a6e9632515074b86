#include "engines/archive/files/object_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/bytes.hpp"

namespace aitrading::engines::archive {
namespace {

constexpr std::string_view magic = "AITOBJ01";
constexpr std::size_t block_bytes = std::size_t{1} << 20;
constexpr std::size_t stored_block_max = block_bytes + 4'096;  // what a cipher may add
constexpr std::size_t key_characters_max = 64;
constexpr std::size_t head_bytes = magic.size() + sizeof(std::uint32_t);
constexpr std::size_t block_head_bytes = sizeof(std::uint32_t), sum_bytes = sizeof(std::uint64_t);
constexpr std::size_t end_bytes = block_head_bytes + 2 * sizeof(std::uint64_t);

/// The sum of a block belongs to its place: blocks that changed places do not fit.
std::uint64_t sum_of(std::string_view stored, std::uint64_t place) {
    Fingerprint print;
    print.add(place);
    print.add(stored);
    return print.value();
}

/// @pre the bytes reach so far
template <class T>
T value_at(std::span<const char> bytes, std::size_t place) {
    T value{};
    std::memcpy(&value, bytes.data() + place, sizeof value);
    return value;
}

std::string context_of(std::uint64_t place) { return std::string(magic) + "." + std::to_string(place); }

}  // namespace

Result<ObjectFile> ObjectFile::create(const fs::path& path, ports::Cipher* cipher) {
    FileHandle file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444));
    if (!file) return std::unexpected(disk_error("write", path, errno));
    ObjectFile object(path, std::move(file), cipher);
    if (cipher != nullptr) object.key_ = cipher->key_id();
    if (object.key_.size() > key_characters_max) return fail(ErrorCode::usage, "the id of a cipher's key has at most 64 characters");
    ByteWriter head;
    head.put(static_cast<std::uint32_t>(object.key_.size()));
    TRY_VOID(object.write(std::string(magic) + head.bytes() + object.key_));
    return object;
}

Result<void> ObjectFile::add(std::string_view bytes) {
    if (bytes.size() > ports::archive_object_bytes_max - bytes_) return fail(ErrorCode::usage, "an object has at most 64 GiB");
    bytes_ += bytes.size();
    hash_.add(bytes);
    while (!bytes.empty()) {
        const std::size_t taken = std::min(bytes.size(), block_bytes - block_.size());
        block_.append(bytes.substr(0, taken));
        bytes.remove_prefix(taken);
        if (block_.size() == block_bytes) TRY_VOID(write_block());
    }
    return {};
}

Result<std::string> ObjectFile::close() {
    if (!block_.empty()) TRY_VOID(write_block());
    ByteWriter end;
    end.put(std::uint32_t{0});
    end.put(bytes_);
    end.put(sum_of(key_, bytes_));
    TRY_VOID(write(end.bytes()));
    if (::fsync(file_.get()) != 0) return std::unexpected(disk_error("write", path_, errno));
    file_ = FileHandle();
    return hash_.hex();
}

Result<void> ObjectFile::write_block() {
    std::string stored = std::move(block_);
    block_.clear();
    if (cipher_ != nullptr) {
        TRY(stored, cipher_->encrypt(stored, context_of(blocks_)));
    }
    if (stored.size() > stored_block_max) return fail(ErrorCode::failed, "the cipher makes blocks more than 4 KiB longer");
    ByteWriter head, sum;
    head.put(static_cast<std::uint32_t>(stored.size()));
    sum.put(sum_of(stored, blocks_++));
    TRY_VOID(write(head.bytes()));
    TRY_VOID(write(stored));
    return write(sum.bytes());
}

Result<void> ObjectFile::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return std::unexpected(disk_error("write", path_, written == 0 ? ENOSPC : errno));
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

Result<std::unique_ptr<ObjectFileReader>> ObjectFileReader::open(const fs::path& path, std::string_view id, ports::Cipher* cipher) {
    FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file && errno == ENOENT) return fail(ErrorCode::not_found, "there is no object " + std::string(id));
    if (!file) return std::unexpected(disk_error("read", path, errno));
    auto reader = std::unique_ptr<ObjectFileReader>(new ObjectFileReader(std::move(file), std::string(id), cipher));
    TRY_VOID(reader->read_ends());
    return reader;
}

Result<void> ObjectFileReader::read_ends() {
    struct ::stat status;
    if (::fstat(file_.get(), &status) != 0) return std::unexpected(disk_error("read", id_, errno));
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (size < head_bytes + end_bytes) return damaged("it is cut short");
    std::array<char, head_bytes> head{};
    TRY_VOID(fill(head, 0));
    const auto key_size = value_at<std::uint32_t>(head, magic.size());
    if (std::string_view(head.data(), magic.size()) != magic || key_size > key_characters_max || size < head_bytes + key_size + end_bytes) return damaged("its head is not one");
    key_.resize(key_size);
    TRY_VOID(fill(key_, head_bytes));
    std::array<char, end_bytes> end{};
    TRY_VOID(fill(end, size - end_bytes));
    bytes_ = value_at<std::uint64_t>(end, block_head_bytes);
    const auto sum = value_at<std::uint64_t>(end, block_head_bytes + sizeof bytes_);
    if (value_at<std::uint32_t>(end, 0) != 0 || sum != sum_of(key_, bytes_)) return damaged("its end is not one");
    if (!key_.empty() && cipher_ == nullptr)
        return fail(ErrorCode::gate_refused, "object " + id_ + " is encrypted with key '" + key_ + "', and no cipher is set");
    at_ = head_bytes + key_size;
    end_ = size - end_bytes;
    return read_block();
}

Result<std::string> ObjectFileReader::read(std::size_t bytes_max) {
    if (bytes_max == 0) return fail(ErrorCode::usage, "a piece of an object has a byte or more");
    if (given_ == block_.size() && at_ < end_) TRY_VOID(read_block());
    std::string piece = block_.substr(given_, bytes_max);
    given_ += piece.size();
    return piece;
}

/// The next block; after the last one the whole must be what its name says, before any of that block is given.
Result<void> ObjectFileReader::read_block() {
    block_.clear();
    given_ = 0;
    if (at_ < end_) {
        std::array<char, block_head_bytes> head{};
        std::array<char, sum_bytes> sum{};
        TRY_VOID(fill(head, at_));
        const auto size = value_at<std::uint32_t>(head, 0);
        if (size == 0 || size > stored_block_max || end_ - at_ < block_head_bytes + size + sum_bytes) return damaged("a block is not one");
        std::string stored(size, '\0');
        TRY_VOID(fill(stored, at_ + block_head_bytes));
        TRY_VOID(fill(sum, at_ + block_head_bytes + size));
        if (value_at<std::uint64_t>(sum, 0) != sum_of(stored, blocks_)) return damaged("the sum of a block does not fit");
        at_ += block_head_bytes + size + sum_bytes;
        if (!key_.empty()) {
            auto plain = cipher_->decrypt(stored, key_, context_of(blocks_));
            if (!plain) return damaged(plain.error().text);
            stored = std::move(*plain);
        }
        ++blocks_;
        seen_ += stored.size();
        hash_.add(stored);
        block_ = std::move(stored);
    }
    if (at_ < end_ || (seen_ == bytes_ && hash_.hex() == id_)) return {};
    block_.clear();
    return damaged("it is not what its name says");
}

Result<void> ObjectFileReader::fill(std::span<char> bytes, std::uint64_t place) {
    while (!bytes.empty()) {
        const ssize_t some = ::pread(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(place));
        if (some < 0 && errno == EINTR) continue;
        if (some < 0) return std::unexpected(disk_error("read object", id_, errno));
        if (some == 0) return damaged("it is cut short");
        bytes = bytes.subspan(static_cast<std::size_t>(some));
        place += static_cast<std::uint64_t>(some);
    }
    return {};
}

std::unexpected<Error> ObjectFileReader::damaged(std::string_view what) const {
    return fail(ErrorCode::gate_refused, "object " + id_ + " is damaged: " + std::string(what) + "; put it again or restore it from a backup");
}

}  // namespace aitrading::engines::archive

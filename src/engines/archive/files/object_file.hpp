#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "base/sha256.hpp"
#include "engines/disk/files.hpp"
#include "ports/archive/archive.hpp"
#include "ports/cipher/cipher.hpp"

/// One object as a file: magic word, key id, blocks of at most 1 MiB each with its own sum, an end with the size of all.
/// Blocks are encrypted one by one where there is a cipher, each for its place.
namespace aitrading::engines::archive {

namespace fs = std::filesystem;

/// Writes an object to a new file. Memory: two blocks.
class ObjectFile {
  public:
    /// @errors failed
    static Result<ObjectFile> create(const fs::path& path, ports::Cipher* cipher);
    /// @errors failed, usage (more than an object may have)
    Result<void> add(std::string_view bytes);
    /// Writes what is left, syncs and closes. The object's id. @errors failed
    Result<std::string> close();
    std::uint64_t bytes() const { return bytes_; }

  private:
    ObjectFile(fs::path path, FileHandle file, ports::Cipher* cipher) : path_(std::move(path)), file_(std::move(file)), cipher_(cipher) {}
    Result<void> write_block();
    Result<void> write(std::string_view bytes);

    fs::path path_;
    FileHandle file_;
    ports::Cipher* cipher_;
    std::string key_;
    std::string block_;
    std::uint64_t bytes_ = 0, blocks_ = 0;
    Sha256 hash_;
};

/// Reads one. Whatever does not fit the sums or the id is refused before it is given.
class ObjectFileReader final : public ports::ObjectReader {
  public:
    /// @param id of the object that should lie there @errors not_found, gate_refused, failed
    static Result<std::unique_ptr<ObjectFileReader>> open(const fs::path& path, std::string_view id, ports::Cipher* cipher);
    std::uint64_t bytes() const override { return bytes_; }
    Result<std::string> read(std::size_t bytes_max) override;

  private:
    ObjectFileReader(FileHandle file, std::string id, ports::Cipher* cipher) : file_(std::move(file)), id_(std::move(id)), cipher_(cipher) {}
    Result<void> read_ends();
    Result<void> read_block();
    /// All of `bytes` from a place on. @errors gate_refused (the file ends before), failed
    Result<void> fill(std::span<char> bytes, std::uint64_t place);
    std::unexpected<Error> damaged(std::string_view what) const;

    FileHandle file_;
    std::string id_;
    ports::Cipher* cipher_;
    std::string key_;
    std::string block_;            ///< checked and not given yet
    std::size_t given_ = 0;        ///< of the block
    std::uint64_t bytes_ = 0, seen_ = 0, blocks_ = 0;
    std::uint64_t at_ = 0, end_ = 0;  ///< where the next block begins; where the last one ends
    Sha256 hash_;
};

}  // namespace aitrading::engines::archive

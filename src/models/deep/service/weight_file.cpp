#include "models/deep/service/weight_file.hpp"

#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kit/atomic_file.hpp"

namespace aitrading::models {
namespace {

std::unexpected<Error> refused(const std::filesystem::path& path, const char* doing) {
    const int code = errno;
    return fail(code == ENOENT ? ErrorCode::not_found : ErrorCode::failed,
                fmt::format("{}: cannot {}: {}", path.string(), doing, std::system_category().message(code)));
}

/// A file mapped for reading; released at the end of the scope.
class Mapping {
  public:
    static Result<Mapping> open(const std::filesystem::path& path) {
        const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        if (descriptor < 0) return refused(path, "open");
        Mapping mapping(descriptor);
        struct stat status{};
        if (::fstat(descriptor, &status) != 0) return refused(path, "read");
        if (!S_ISREG(status.st_mode))
            return fail(ErrorCode::bad_input,
                        fmt::format("{}: not a file; name the weight file itself", path.string()));
        if (status.st_size == 0) return mapping;
        void* const data =
            ::mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0);
        if (data == MAP_FAILED) return refused(path, "map");
        mapping.bytes_ = {static_cast<const char*>(data), static_cast<std::size_t>(status.st_size)};
        return mapping;
    }
    Mapping(Mapping&& other) noexcept
        : descriptor_(std::exchange(other.descriptor_, -1)), bytes_(std::exchange(other.bytes_, {})) {}
    Mapping& operator=(Mapping&&) = delete;
    ~Mapping() {
        if (!bytes_.empty()) ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    std::string_view bytes() const { return bytes_; }

  private:
    explicit Mapping(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
    std::string_view bytes_;
};

}  // namespace

Result<void> save_weights(const std::filesystem::path& path, const NetWeights& weights) {
    auto bytes = encode_weights(weights);
    if (!bytes)
        return fail(ErrorCode::bad_input,
                    fmt::format("{}: not written: {}", path.string(), bytes.error().text));
    TRY(auto file, kit::AtomicFile::create(path));
    TRY_VOID(file.write(*bytes));
    return file.commit();
}

Result<NetWeights> load_weights(const std::filesystem::path& path) {
    TRY(const Mapping mapping, Mapping::open(path));
    return decode_weights(mapping.bytes(), path.string());
}

}  // namespace aitrading::models

#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/hash.hpp"
#include "base/result.hpp"

namespace aitrading {

/// Values appended to a growing byte string, in this machine's (little-endian) order.
class ByteWriter {
  public:
    template <class T>
        requires std::is_arithmetic_v<T> || std::is_enum_v<T>
    void put(T value) {
        bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    void put_text(std::string_view text) {
        put(static_cast<std::uint64_t>(text.size()));
        bytes_.append(text);
    }
    template <class T>
        requires std::is_arithmetic_v<T>
    void put_all(const std::vector<T>& values) {
        put(static_cast<std::uint64_t>(values.size()));
        bytes_.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
    }
    /// Everything so far between a magic word and a fingerprint.
    std::string sealed(std::string_view magic) const {
        Fingerprint print;
        print.add(bytes_);
        const std::uint64_t sum = print.value();
        std::string out(magic);
        out += bytes_;
        out.append(reinterpret_cast<const char*>(&sum), sizeof sum);
        return out;
    }
    const std::string& bytes() const { return bytes_; }

  private:
    std::string bytes_;
};

/// The other direction. Reading past the end sets `failed` and yields zeros, so that a caller checks once at
/// the end.
class ByteReader {
  public:
    explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}
    /// Opens what ByteWriter::sealed wrote. @errors bad_input (another magic word, damaged)
    static Result<ByteReader> unseal(std::string_view bytes, std::string_view magic,
                                     const std::string& what) {
        if (bytes.substr(0, magic.size()) != magic)
            return fail(ErrorCode::bad_input,
                        what + ": not of the kind or version that this program reads; make it anew");
        bytes.remove_prefix(magic.size());
        std::uint64_t sum = 0;
        if (bytes.size() < sizeof sum) return fail(ErrorCode::bad_input, what + ": cut short; make it anew");
        std::memcpy(&sum, bytes.data() + bytes.size() - sizeof sum, sizeof sum);
        bytes.remove_suffix(sizeof sum);
        Fingerprint print;
        print.add(bytes);
        if (print.value() != sum)
            return fail(ErrorCode::bad_input, what + ": damaged, its checksum does not fit; make it anew");
        return ByteReader(bytes);
    }
    template <class T>
        requires std::is_arithmetic_v<T> || std::is_enum_v<T>
    T get() {
        T value{};
        if (!has(sizeof value)) return value;
        bytes_.copy(reinterpret_cast<char*>(&value), sizeof value);
        bytes_.remove_prefix(sizeof value);
        return value;
    }
    std::string get_text() {
        const auto size = get<std::uint64_t>();
        if (!has(size)) return {};
        std::string text(bytes_.substr(0, size));
        bytes_.remove_prefix(size);
        return text;
    }
    template <class T>
        requires std::is_arithmetic_v<T>
    std::vector<T> get_all() {
        const auto count = get<std::uint64_t>();
        if (count > bytes_.size() / sizeof(T)) {
            failed_ = true;
            return {};
        }
        std::vector<T> values(count);
        bytes_.copy(reinterpret_cast<char*>(values.data()), count * sizeof(T));
        bytes_.remove_prefix(count * sizeof(T));
        return values;
    }
    bool failed() const { return failed_; }
    bool at_end() const { return bytes_.empty() && !failed_; }

  private:
    bool has(std::uint64_t size) {
        if (size > bytes_.size()) failed_ = true;
        return !failed_;
    }
    std::string_view bytes_;
    bool failed_ = false;
};

}  // namespace aitrading

#pragma once

#include <cstdint>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "ports/cipher/cipher.hpp"

namespace aitrading::ports::conformance {

/// A cipher for tests of stores: it hides the plain bytes, knows its key and notices changes. It protects nothing.
class ToyCipher final : public Cipher {
  public:
    explicit ToyCipher(std::string key_id = "toy-1") : key_id_(std::move(key_id)) {}
    std::string key_id() const override { return key_id_; }
    Result<std::string> encrypt(std::string_view plain, std::string_view context) override {
        ByteWriter out;
        out.put_text(plain);
        out.put(sum_of(plain, context));
        return stirred(out.bytes());
    }
    Result<std::string> decrypt(std::string_view sealed, std::string_view key_id, std::string_view context) override {
        if (key_id != key_id_) return fail(ErrorCode::not_found, "no key is called " + std::string(key_id));
        const std::string bytes = stirred(sealed);
        ByteReader in(bytes);
        std::string plain = in.get_text();
        const auto sum = in.get<std::uint64_t>();
        if (!in.at_end() || sum != sum_of(plain, context)) return fail(ErrorCode::gate_refused, "sealed bytes were changed");
        return plain;
    }

  private:
    std::uint64_t sum_of(std::string_view plain, std::string_view context) const {
        Fingerprint print;
        print.add(std::string_view(key_id_));
        print.add(context);
        print.add(plain);
        return print.value();
    }
    std::string stirred(std::string_view bytes) const {
        Fingerprint seed;
        seed.add(std::string_view(key_id_));
        SplitMix64 stream(seed.value());
        std::string out(bytes);
        for (char& c : out) c = static_cast<char>(c ^ static_cast<char>(stream.next()));
        return out;
    }
    std::string key_id_;
};

}  // namespace aitrading::ports::conformance

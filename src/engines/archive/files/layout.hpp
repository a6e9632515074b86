#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "ports/archive/archive.hpp"
#include "ports/cipher/cipher.hpp"

/// Where things lie in an archive's folder, and the small files beside the objects.
namespace aitrading::engines::archive {

namespace fs = std::filesystem;

class Layout {
  public:
    Layout(fs::path folder, ports::Cipher* cipher) : folder_(std::move(folder)), cipher_(cipher) {}

    fs::path lock() const { return folder_ / "lock"; }
    fs::path incoming() const { return folder_ / "incoming.unfinished"; }  // left out of backups
    fs::path tenants() const { return folder_ / "tenants"; }
    fs::path object(ports::ObjectName name) const { return place(name, "objects"); }
    fs::path rule(ports::ObjectName name) const { return place(name, "rules"); }
    fs::path references(std::string_view tenant) const { return tenants() / tenant / "references"; }
    fs::path reference_file(std::string_view tenant, std::string_view reference) const;
    ports::Cipher* cipher() const { return cipher_; }

    /// What is known of an object. @errors not_found, gate_refused (damaged: names the file), failed
    Result<ports::ObjectEntry> read_rule(ports::ObjectName name) const;
    /// Durable when it returns. @errors failed
    Result<void> write_rule(std::string_view tenant, const ports::ObjectEntry& entry) const;
    Result<std::string> read_reference(std::string_view tenant, std::string_view reference) const;
    Result<void> write_reference(std::string_view tenant, std::string_view reference, std::string_view id) const;
    /// In order of their names. @errors as read_reference
    Result<std::vector<ports::Reference>> all_references(std::string_view tenant) const;
    /// Ids after one of them, in order, at most `count`. @errors failed
    Result<std::vector<std::string>> ids(std::string_view tenant, std::string_view after, std::size_t count) const;
    /// Names of files or folders in one, in order; none where there is no such folder. @errors failed
    static Result<std::vector<std::string>> names_in(const fs::path& folder);

  private:
    fs::path place(ports::ObjectName name, const char* kind) const {
        return tenants() / name.tenant / kind / name.id.substr(0, 2) / name.id;
    }
    fs::path folder_;
    ports::Cipher* cipher_;
};

}  // namespace aitrading::engines::archive

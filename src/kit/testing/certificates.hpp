#pragma once

#include <filesystem>
#include <string>

namespace aitrading::kit {

/// An authority made for one test, in a folder that goes with it.
class TestAuthority {
  public:
    TestAuthority();
    ~TestAuthority();
    TestAuthority(const TestAuthority&) = delete;
    TestAuthority& operator=(const TestAuthority&) = delete;

    std::filesystem::path certificate() const { return folder_ / "authority.pem"; }
    /// Issues NAME.pem and NAME.key for 127.0.0.1 and localhost; returns the path without ending.
    std::filesystem::path issue(const std::string& name);

  private:
    std::filesystem::path folder_;
};

}  // namespace aitrading::kit

#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "engines/table_store/sqlite/sqlite_tables.hpp"
#include "ports/table_store/conformance/checks.hpp"

namespace aitrading::engines {

/// The machine's own disk. A cut is a close: losing unsynced writes is the simulated disk's part.
class FolderGround final : public ports::conformance::tables::Ground {
  public:
    FolderGround() { std::filesystem::remove_all(folder_); }
    ~FolderGround() override { std::filesystem::remove_all(folder_); }
    Result<std::unique_ptr<ports::TableEngine>> open(ports::PoolOptions pool) override { return open_sqlite_tables({folder_ / "tables.sqlite", pool, {}, 16}); }
    void cut(std::unique_ptr<ports::TableStore> store) override { store.reset(); }
    bool holds(std::string_view bytes) override {
        for (const auto& file : std::filesystem::directory_iterator(folder_)) {
            std::ostringstream all;
            all << std::ifstream(file.path(), std::ios::binary).rdbuf();
            if (all.str().find(bytes) != std::string::npos) return true;
        }
        return false;
    }

  private:
    std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) / ("sqlite_tables." + std::to_string(::getpid()));
};

}  // namespace aitrading::engines

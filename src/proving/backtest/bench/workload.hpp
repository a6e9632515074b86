#pragma once

#include <filesystem>
#include <string>

#include "decision/trading/ema_cross.hpp"
#include "proving/backtest/driver.hpp"

namespace aitrading::backtest {

/// A folder of its own for the files of one bench run, removed at the end.
class Scratch {
  public:
    Scratch();
    ~Scratch();
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    std::filesystem::path file(const std::string& name) const { return folder_ / name; }
    const std::filesystem::path& folder() const { return folder_; }

  private:
    std::filesystem::path folder_;
};

/// `rows` simulated quotes.
TickColumns simulated_ticks(std::size_t rows);
/// `rows` minutes of a random walk.
BarColumns simulated_minutes(std::size_t rows);
/// Everything on: commission, slippage, swap, and where asked margin and stop-out.
RunOptions all_costs(Timeframe timeframe, bool margin);
trading::EmaCross cross();

void write_csv(const BarColumns& bars, const std::filesystem::path& path);
/// The quotes of simulated_ticks, without holding them.
void write_simulated_ticks(std::size_t rows, const std::filesystem::path& path);

}  // namespace aitrading::backtest

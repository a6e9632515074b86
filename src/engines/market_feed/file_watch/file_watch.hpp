#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engines/market_feed/file_watch/row_text.hpp"
#include "ports/market_feed/market_feed.hpp"

namespace aitrading::engines {

/// One file that somebody else appends to.
struct WatchedFile {
    std::filesystem::path path;
    ports::FedSymbol symbol;
    Timeframe timeframe = Timeframe::h1;  ///< of bars
};

/// Follows growing CSV files, line by line as they are completed; what stands there already comes first. A file that has not
/// appeared yet is waited for. A file that shrinks was begun anew by somebody else: that is an error, and the feed reads it from its
/// beginning. Memory: at most 1 MiB a file; a line is at most 4,096 bytes.
class FileWatch final : public ports::MarketFeed {
  public:
    enum class End : std::uint8_t {
        never,       ///< it waits for more
        of_the_files ///< it ends where no file has more, as for tests and for files that are complete
    };
    /// @pre symbols differ
    FileWatch(std::vector<WatchedFile> files, End end);

    std::string_view name() const override { return "file"; }
    const std::vector<ports::FedSymbol>& symbols() const override { return symbols_; }
    Result<void> poll(std::vector<ports::FeedItem>& out, std::size_t items_max, std::chrono::milliseconds wait, const std::stop_token& stop) override;
    bool ended() const override;

  private:
    struct Followed {
        WatchedFile file;
        std::string text;            ///< read; what lies before `at` is given
        std::size_t at = 0;          ///< where a line begins
        std::uint64_t offset = 0;    ///< of the file, behind `text`
        std::uint64_t line = 0, sequence = 0;
        std::optional<WatchedLayout> layout;
        bool dry = false;            ///< nothing more at the last look
    };
    Result<void> give(Followed& followed, std::uint32_t symbol, std::vector<ports::FeedItem>& out, std::size_t items_max);
    Result<bool> take_line(Followed& followed, std::uint32_t symbol, std::vector<ports::FeedItem>& out);
    Result<void> read_more(Followed& followed);
    Result<void> look(std::vector<ports::FeedItem>& out, std::size_t items_max);

    std::vector<Followed> files_;
    std::vector<ports::FedSymbol> symbols_;
    End end_;
    std::size_t next_ = 0;  ///< the file that is asked first
    std::optional<Error> late_error_;
};

}  // namespace aitrading::engines

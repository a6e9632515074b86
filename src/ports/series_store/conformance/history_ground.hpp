#pragma once

#include <functional>
#include <memory>
#include <string>

#include "ports/checking.hpp"
#include "ports/series_store/history_store.hpp"

namespace aitrading::ports::conformance {

/// Where a store of histories keeps what it has; outlives the stores that are opened on it, one at a time.
class HistoryGround {
  public:
    virtual ~HistoryGround() = default;
    virtual Result<std::unique_ptr<HistoryStore>> open() = 0;
    /// Ends the store as a power cut does.
    virtual void cut(std::unique_ptr<HistoryStore> store) = 0;
    /// Changes one byte of what is stored of a history that was compacted; what a refusal must name.
    virtual std::string damage(const std::string& tenant, const std::string& history) = 0;
};
using MakeHistoryGround = std::function<std::unique_ptr<HistoryGround>()>;

/// Values of every type that tell each other apart.
HistorySchema made_up_schema();
/// Row `i` of a symbol, the same each time; one in four has a cell that is not known.
HistoryRow made_up_row(const std::string& symbol, std::int64_t known_at, std::int64_t i);
/// A batch of one partition with an entry for each row, made of events `first`, first + 1, …
HistoryBatch batch_of(const std::vector<HistoryRow>& rows, std::int64_t first, const std::string& tenant = "t");
/// Bit by bit, but for NaN, which is NaN.
bool same(const HistoryValue& a, const HistoryValue& b);
/// A row for messages.
std::string said(const HistoryRow& row);
/// Where two lists of rows differ; empty: nowhere.
std::string difference(const std::vector<HistoryRow>& got, const std::vector<HistoryRow>& expected);

/// A store on an empty ground, with the history `h` of the made-up schema.
struct HistoryBench : BenchOf<HistoryGround, HistoryStore> {
    explicit HistoryBench(const MakeHistoryGround& make) : BenchOf(make()) {
        if (broken.empty()) define(made_up_schema());
    }
    void define(const HistorySchema& schema) {
        if (const auto done = store->define(schema); !done) broken = done.error().text;
    }
    /// All rows of a query, page by page. @errors as read; failed: a page beyond its bound, or pages without end
    Result<std::vector<HistoryRow>> all(HistoryQuery query, const std::string& tenant = "t", const std::string& history = "h") const;
};

}  // namespace aitrading::ports::conformance

#pragma once

#include <map>
#include <mutex>
#include <optional>

#include "ports/series_store/conformance/history_ground.hpp"

namespace aitrading::ports {

/// What a planted store of histories does wrong.
enum class HistoryFault {
    none,
    loses_on_a_cut,           ///< the last batch is gone after a power cut
    forgets_its_marks,        ///< of a batch that comes again, rows are added again after a restart
    counts_whole_batches,     ///< a batch is known by its last offset: cut in another way it comes in again
    marks_without_rows,       ///< after a cut the mark is there and the rows are not
    shares_tenants,
    keeps_the_order_of_appending,
    includes_the_end,
    skips_between_pages,      ///< the first row of a later page is left out
    ignores_the_bound,
    forgets_old_rows,         ///< when columns are added
    takes_unknown_for_zero,
    gives_what_is_damaged,
    tells_batches_in_halves,  ///< readers see half of the last batch
};

struct ReferenceHistories {
    struct Row {
        std::string tenant;
        HistoryRow row;
        std::int64_t number = 0;
    };
    struct History {
        HistorySchema schema;
        std::vector<Row> rows;
        std::map<std::pair<std::string, int>, std::int64_t> marks;
        std::size_t rows_before = 0;  ///< the last batch
        std::map<std::pair<std::string, int>, std::int64_t> marks_before;
        bool damaged = false;
    };
    std::mutex mutex;
    std::map<std::string, History, std::less<>> histories;
    std::int64_t numbers = 0;
};

/// The port's promises in the plainest way: maps under one mutex. Its faults show that the suite refuses what it should.
class ReferenceHistoryGround final : public conformance::HistoryGround {
  public:
    explicit ReferenceHistoryGround(HistoryFault fault) : fault_(fault) {}
    Result<std::unique_ptr<HistoryStore>> open() override;
    void cut(std::unique_ptr<HistoryStore> store) override;
    std::string damage(const std::string& tenant, const std::string& history) override;

  private:
    HistoryFault fault_;
    std::shared_ptr<ReferenceHistories> kept_ = std::make_shared<ReferenceHistories>();
};

}  // namespace aitrading::ports

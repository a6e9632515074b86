#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>

#include "ports/market_feed/conformance/checks.hpp"

namespace aitrading::ports {
namespace {

enum class Fault { none, drops_a_row, swaps_rows, ignores_the_bound, ends_early, never_ends, keeps_the_old_batch, counts_over_all_symbols, forgets_a_symbol };

/// Says a script, with a fault where one is planted.
class ReferenceFeed final : public MarketFeed {
  public:
    ReferenceFeed(conformance::FeedScript script, Fault fault) : script_(std::move(script)), fault_(fault) {
        if (fault_ == Fault::drops_a_row && script_.items.size() > 10) script_.items.erase(script_.items.begin() + 4);
        if (fault_ == Fault::swaps_rows && script_.items.size() > 10) std::swap(script_.items[2], script_.items[6]);
        if (fault_ == Fault::forgets_a_symbol) script_.symbols.pop_back();
    }
    std::string_view name() const override { return "reference"; }
    const std::vector<FedSymbol>& symbols() const override { return script_.symbols; }
    Result<void> poll(std::vector<FeedItem>& out, std::size_t items_max, std::chrono::milliseconds, const std::stop_token&) override {
        if (fault_ != Fault::keeps_the_old_batch) out.clear();
        if (fault_ == Fault::ignores_the_bound) items_max += 1;
        for (; items_max > 0 && at_ < script_.items.size(); --items_max) {
            out.push_back(script_.items[at_++]);
            if (fault_ == Fault::counts_over_all_symbols) out.back().sequence = at_;
        }
        return {};
    }
    bool ended() const override {
        if (fault_ == Fault::never_ends) return false;
        return at_ + (fault_ == Fault::ends_early ? 1 : 0) >= script_.items.size();
    }

  private:
    conformance::FeedScript script_;
    Fault fault_;
    std::size_t at_ = 0;
};

conformance::MakeFeed feeds_with(Fault fault) {
    return [fault](const conformance::FeedScript& script) { return std::make_unique<ReferenceFeed>(script, fault); };
}

TEST(MarketFeedConformance, passes_a_feed_that_keeps_every_promise) {
    for (const conformance::FeedCheck& check : conformance::feed_checks()) EXPECT_EQ(check.run(feeds_with(Fault::none)), "") << check.name;
}

struct Planted {
    Fault fault;
    const char* refused_by;  ///< a check that must see it
};
void PrintTo(const Planted& planted, std::ostream* out) { *out << static_cast<int>(planted.fault); }

class PlantedFeedFault : public testing::TestWithParam<Planted> {};

TEST_P(PlantedFeedFault, is_refused) {
    const auto& [fault, expected] = GetParam();
    const auto all = conformance::feed_checks();
    const auto check = std::ranges::find_if(all, [&](const conformance::FeedCheck& c) { return std::string_view(c.name) == expected; });
    ASSERT_NE(check, all.end()) << expected;
    EXPECT_NE(check->run(feeds_with(fault)), "");
}

INSTANTIATE_TEST_SUITE_P(Suite, PlantedFeedFault,
                         testing::Values(Planted{Fault::drops_a_row, "gives_every_row_in_its_order"},
                                         Planted{Fault::swaps_rows, "gives_every_row_in_its_order"},
                                         Planted{Fault::ignores_the_bound, "polls_keep_their_bound"},
                                         Planted{Fault::ends_early, "ends_after_the_last_row_and_stays_ended"},
                                         Planted{Fault::never_ends, "ends_after_the_last_row_and_stays_ended"},
                                         Planted{Fault::keeps_the_old_batch, "old_rows_leave_the_batch"},
                                         Planted{Fault::counts_over_all_symbols, "sequences_count_up"},
                                         Planted{Fault::forgets_a_symbol, "symbols_are_told_from_the_start"}));

}  // namespace
}  // namespace aitrading::ports

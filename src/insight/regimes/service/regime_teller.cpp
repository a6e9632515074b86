#include "insight/regimes/service/regime_teller.hpp"

#include <cmath>
#include <optional>

namespace aitrading::insight {
namespace {

class RuleTeller final : public RegimeTeller {
  public:
    RuleTeller(bool has_spread, RuleRegimes rules, std::shared_ptr<const ReleaseTimes> releases)
        : has_spread_(has_spread), rules_(std::move(rules)), releases_(std::move(releases)) {}
    std::string_view method() const override { return "rules"; }
    bool named() const override { return true; }
    const RegimeState& update(const Bar& bar, double spread, UnixNanos known) override {
        const auto told = has_spread_ && !std::isnan(spread) ? std::optional(spread) : std::nullopt;
        return rules_.update(Candle::of(bar), told, releases_ ? releases_->at_bar(bar.time, known) : std::nullopt);
    }
    double change_probability() const override { return rules_.features().new_run; }

  private:
    bool has_spread_;
    RuleRegimes rules_;
    std::shared_ptr<const ReleaseTimes> releases_;
};

}  // namespace

Result<std::unique_ptr<RegimeTeller>> rule_teller(const RuleOptions& options, std::shared_ptr<const ReleaseTimes> releases) {
    TRY(RuleRegimes rules, RuleRegimes::of(options));
    return std::make_unique<RuleTeller>(options.has_spread, std::move(rules), std::move(releases));
}

}  // namespace aitrading::insight

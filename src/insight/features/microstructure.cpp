#include "insight/features/microstructure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/check.hpp"
#include "insight/features/averages.hpp"
#include "insight/features/feature_group.hpp"
#include "insight/features/frame_features.hpp"
#include "insight/features/quote_flow.hpp"

namespace aitrading::insight {
namespace {

constexpr int window = 20;

void describe(Catalogue& c, bool has_sizes) {
    c.group("quotes");
    c.add("spread_mean", "quoted spread over time, in basis points of the middle");
    c.add("spread_close", "quoted spread at the bar's end, in basis points of the middle");
    c.add("spread_max", "widest quoted spread, in basis points of the middle");
    c.add("spread_ratio", "log of spread_mean by its mean of 20 bars");
    c.add("quotes", "number of quotes");
    c.add("intensity", "quotes a second");
    c.add("intensity_ratio", "log of the number of quotes by its mean of 20 bars");
    c.add("tick_imbalance", "(moves up - moves down) of the middle by both");
    c.add("realised_variance", "sum of the middle's squared log moves");
    c.add("vpin_20", "moves to one side by all, 20 bars as buckets (Easley, López de Prado and O'Hara 2012)");
    const auto sized = [&](const char* name, const char* meaning) {
        has_sizes ? c.add(name, meaning) : c.absent(name, "the quotes have no sizes");
    };
    sized("depth_imbalance", "(bid size - ask size) by both, mean over the quotes");
    sized("order_flow", "order-flow imbalance by the mean size (Cont, Kukanov and Stoikov 2014)");
    sized("kyle_lambda_20", "slope of the middle's log move on order_flow, 20 bars (Kyle 1985)");
    c.absent("effective_spread", "quotes alone, no trades");
    c.absent("trade_imbalance", "quotes alone, no trades");
}

/// The rows of a series of quotes, bar after bar.
class Rows {
  public:
    Rows(Timeframe timeframe, bool has_sizes, FeatureMatrix& matrix)
        : length_(duration_nanos(timeframe)), shift_(timeframe == Timeframe::w1 ? 4 * nanos_per_day : 0),
          has_sizes_(has_sizes), matrix_(matrix) {}

    void update(const Tick& tick) {
        const std::int64_t past = (tick.time.value - shift_) % length_;
        const std::int64_t start = tick.time.value - (past < 0 ? past + length_ : past);
        if (!open_ || start != start_) {
            close();
            open_ = true;
            start_ = start;
            flow_.begin(start, start + length_);
        }
        flow_.update(tick.time.value, Quote::of(tick));
    }
    void close() {
        if (!open_) return;
        flow_.finish();
        matrix_.time.push_back({start_});
        matrix_.known.push_back({start_ + length_});
        const double spread = flow_.spread_mean(), usual = spreads_.update(spread), count = counts_.update(flow_.count);
        const double one_sided = sided_.update(std::fabs(flow_.ups - flow_.downs)), moves = moves_.update(flow_.ups + flow_.downs);
        for (const double value : {spread, flow_.last().spread_bps(), flow_.spread_max(), log_of(spread, usual), flow_.count,
                                   flow_.per_second(), log_of(flow_.count, count), flow_.tick_imbalance(), flow_.variance(),
                                   ratio(one_sided, moves)})
            matrix_.values.push_back(value);
        if (has_sizes_) sizes();
    }

  private:
    static double log_of(double value, double usual) {
        if (is_unknown(usual)) return unknown;
        return value > 0 && usual > 0 ? std::log(value / usual) : 0;
    }
    void sizes() {
        const double middle = flow_.last().middle, move = log_ratio(middle, middle_);
        middle_ = middle;
        double slope = unknown;
        if (!is_unknown(move) && pairs_.update(flow_.flow(), move)) slope = pairs_.slope();
        for (const double value : {flow_.depth_imbalance(), flow_.flow(), slope}) matrix_.values.push_back(value);
    }
    std::int64_t length_, shift_, start_ = 0;
    bool has_sizes_, open_ = false;
    FeatureMatrix& matrix_;
    QuoteFlow flow_;
    Sma spreads_{window}, counts_{window}, sided_{window}, moves_{window};
    RollingProducts pairs_{window};
    double middle_ = unknown;
};

Result<void> check_tick(const TickColumns& ticks, std::size_t i, UnixNanos last, std::int64_t row) {
    if (ticks.time[i] < last)
        return fail(ErrorCode::bad_input, fmt::format("{}, row {}: time {} is before the row above; sort the quotes",
                                                      to_string(ticks.key), row, to_iso8601(ticks.time[i])));
    if (ticks.bid[i].raw <= 0 || ticks.ask[i] < ticks.bid[i])
        return fail(ErrorCode::bad_input, fmt::format("{}, row {}: bid {} and ask {} are not a quote with 0 < bid <= ask",
                                                      to_string(ticks.key), row, to_decimal(ticks.bid[i], ticks.digits),
                                                      to_decimal(ticks.ask[i], ticks.digits)));
    return {};
}

}  // namespace

QuoteFeatures::QuoteFeatures(Timeframe timeframe, bool has_sizes) : timeframe_(timeframe), has_sizes_(has_sizes) {
    CHECK(timeframe != Timeframe::ticks);
    manifest_.name = "quotes";
    manifest_.timeframe = timeframe;
    manifest_.parameters = {{"sizes", has_sizes ? "yes" : "no"}, {"clock", "UTC"}};
    Catalogue catalogue(manifest_);
    describe(catalogue, has_sizes);
    manifest_.hash = manifest_.fingerprint();
}

QuoteFeatures QuoteFeatures::of(const TickColumns& ticks, Timeframe timeframe) {
    const auto positive = [](Quantity q) { return q.raw > 0; };
    return {timeframe, std::ranges::any_of(ticks.bid_size, positive) && std::ranges::any_of(ticks.ask_size, positive)};
}

Result<FeatureMatrix> QuoteFeatures::compute(const TickColumns& ticks) const {
    QuoteRows rows(*this);
    TRY_VOID(rows.add(ticks));
    return rows.finish();
}

struct QuoteRows::State {
    explicit State(const QuoteFeatures& features) : rows(features.timeframe(), features.has_sizes(), matrix) {
        for (const FeatureColumn& column : features.manifest().columns) matrix.names.push_back(column.name);
        matrix.manifest_hash = features.manifest().hash;
    }
    FeatureMatrix matrix;
    Rows rows;
    UnixNanos last{std::numeric_limits<std::int64_t>::min()};
    std::int64_t row = 0;
};

QuoteRows::QuoteRows(const QuoteFeatures& features) : state_(std::make_unique<State>(features)) {}
QuoteRows::~QuoteRows() = default;

Result<void> QuoteRows::add(const TickColumns& ticks) {
    for (std::size_t i = 0; i < ticks.size(); ++i, ++state_->row) {
        TRY_VOID(check_tick(ticks, i, state_->last, state_->row));
        state_->last = ticks.time[i];
        state_->rows.update(ticks.tick(i));
    }
    return {};
}

FeatureMatrix QuoteRows::finish() {
    state_->rows.close();
    return std::move(state_->matrix);
}

}  // namespace aitrading::insight

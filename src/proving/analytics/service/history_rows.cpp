#include "proving/analytics/service/history_rows.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "aitrading/v1/insight.pb.h"
#include "aitrading/v1/market.pb.h"
#include "aitrading/v1/models.pb.h"
#include "kit/contracts/bar_news.hpp"
#include "kit/contracts/contracts.hpp"
#include "proving/analytics/history_tables.hpp"

namespace aitrading::proving {
namespace {

using ports::HistoryRow;
using ports::HistoryValue;

template <class T>
std::vector<double> reals(const T& repeated) {
    return {repeated.begin(), repeated.end()};
}

/// With commas between them.
std::string words(const auto& repeated) { return fmt::format("{}", fmt::join(repeated, ",")); }

/// One field of each message of a list.
template <class List, class Field>
auto each(const List& list, Field field) {
    std::vector<std::decay_t<decltype((*list.begin().*field)())>> out;
    for (const auto& one : list) out.push_back((one.*field)());
    return out;
}

template <class List, class Field>
std::vector<double> numbers(const List& list, Field field) {
    const auto values = each(list, field);
    return {values.begin(), values.end()};
}

Result<std::string> word_of(v1::Timeframe timeframe) {
    if (timeframe < v1::TIMEFRAME_TICKS || timeframe > v1::TIMEFRAME_MN1) return fail(ErrorCode::bad_input, "a timeframe that this build does not know");
    return std::string(name(static_cast<Timeframe>(timeframe - 1)));
}

std::string unit_word(v1::TargetUnit unit) {
    switch (unit) {
        case v1::TARGET_UNIT_RETURN_BASIS_POINTS: return "return_basis_points";
        case v1::TARGET_UNIT_LOG_VOLATILITY: return "log_volatility";
        default: return "";
    }
}

/// The values of a row, one after the other.
class Values {
  public:
    void text(std::string value) { all_.emplace_back(std::move(value)); }
    void integer(std::int64_t value) { all_.emplace_back(value); }
    void real(double value) { all_.emplace_back(value); }
    void boolean(bool value) { all_.emplace_back(value); }
    void time(UnixNanos value) { all_.emplace_back(value); }
    void time(std::int64_t nanos) { time(UnixNanos{nanos}); }
    void list(std::vector<double> value) { all_.emplace_back(std::move(value)); }
    void unknown() { all_.emplace_back(); }
    /// Not known where it is empty, or 0.
    void told_text(std::string value) { value.empty() ? unknown() : text(std::move(value)); }
    void told_integer(std::int64_t value) { value == 0 ? unknown() : integer(value); }
    void told_real(double value) { value == 0 ? unknown() : real(value); }
    void origin(const Event& event) {
        text(event.id.text());
        event.trace ? text(event.trace->traceparent()) : unknown();
    }
    std::vector<HistoryValue> take() { return std::move(all_); }

  private:
    std::vector<HistoryValue> all_;
};

Result<HistoryRow> row_of_prediction(const Event& event) {
    TRY(const v1::MLPredictionGenerated message, kit::unpack_as<v1::MLPredictionGenerated>(event));
    const v1::Prediction& p = message.prediction();
    TRY(const std::string timeframe, word_of(p.timeframe()));
    Values v;
    v.text(timeframe);
    v.time(p.bar_open_ns());
    v.text(p.model());
    v.integer(p.model_version());
    v.text(p.label());
    v.integer(p.horizon_bars());
    for (const double real : {p.p_up(), p.p_low(), p.p_high(), p.low(), p.high()}) v.real(real);
    v.told_text(unit_word(p.unit()));
    v.told_integer(p.regime());
    v.told_integer(p.regime_of_model());
    v.text(words(each(p.members(), &v1::MemberOpinion::model)));
    v.list(numbers(p.members(), &v1::MemberOpinion::p_up));
    v.list(numbers(p.members(), &v1::MemberOpinion::weight));
    v.told_real(p.base_rate());
    v.boolean(p.degraded());
    v.told_text(p.degraded_because());
    v.integer(p.stale_ns());
    v.told_real(p.widened());
    v.time(event.time);
    v.origin(event);
    return HistoryRow{message.symbol(), {p.known_ns()}, v.take()};
}

Result<HistoryRow> row_of_regime(const Event& event) {
    TRY(const v1::RegimeClassified m, kit::unpack_as<v1::RegimeClassified>(event));
    TRY(const std::string timeframe, word_of(m.timeframe()));
    Values v;
    v.text(timeframe);
    v.time(m.bar_open_ns());
    v.text(m.method());
    v.told_integer(m.regime());
    v.told_integer(m.state());
    v.list(reals(m.posterior()));
    v.list(reals(m.next()));
    v.real(m.expected_remaining_bars());
    v.boolean(m.news_shock());
    v.boolean(m.changed());
    m.has_change_probability() ? v.real(m.change_probability()) : v.unknown();
    v.boolean(m.degraded());
    v.told_text(m.model());
    v.told_integer(m.model_version());
    v.time(event.time);
    v.origin(event);
    return HistoryRow{m.symbol(), {m.known_ns()}, v.take()};
}

Result<HistoryRow> row_of_matrix(const Event& event) {
    TRY(const v1::CorrelationMatrixComputed m, kit::unpack_as<v1::CorrelationMatrixComputed>(event));
    TRY(const std::string timeframe, word_of(m.timeframe()));
    using Break = v1::CorrelationBreak;
    using Dollar = v1::DollarCorrelation;
    Values v;
    v.text(timeframe);
    v.text(m.method());
    v.integer(m.window_bars());
    v.integer(m.rows());
    v.text(words(m.symbols()));
    v.list(reals(m.upper()));
    v.text(words(m.missing()));
    v.text(words(each(m.lead_lags(), &v1::LeadLag::leader)));
    v.text(words(each(m.lead_lags(), &v1::LeadLag::follower)));
    v.list(numbers(m.lead_lags(), &v1::LeadLag::lag_ns));
    v.list(numbers(m.lead_lags(), &v1::LeadLag::correlation));
    v.list(numbers(m.lead_lags(), &v1::LeadLag::p_value));
    v.text(words(each(m.breaks(), &Break::first)));
    v.text(words(each(m.breaks(), &Break::second)));
    v.list(numbers(m.breaks(), &Break::before));
    v.list(numbers(m.breaks(), &Break::after));
    v.list(numbers(m.breaks(), &Break::p_value));
    v.told_text(m.dollar_index());
    v.text(words(each(m.dollar(), &Dollar::symbol)));
    v.list(numbers(m.dollar(), &Dollar::whole));
    v.list(numbers(m.dollar(), &Dollar::without_own_legs));
    v.boolean(m.degraded());
    v.time(event.time);
    v.origin(event);
    return HistoryRow{m.universe(), {m.known_ns()}, v.take()};
}

Result<HistoryRow> row_of_bar(const Event& event) {
    TRY(const kit::BarNews news, kit::unpack_bar(event));
    const Bar& bar = news.bar;
    Values v;
    v.text(std::string(name(news.timeframe)));
    v.time(bar.time);
    for (const std::int64_t raw : {bar.open.raw, bar.high.raw, bar.low.raw, bar.close.raw, bar.volume.raw}) v.integer(raw);
    v.told_integer(news.ticks);
    const kit::AskSide ask = news.ask.value_or(kit::AskSide{});
    for (const std::int64_t raw : {ask.open.raw, ask.high.raw, ask.low.raw, ask.close.raw}) news.ask ? v.integer(raw) : v.unknown();
    v.told_text(news.feed);
    v.origin(event);
    return HistoryRow{news.symbol, news.known, v.take()};
}

}  // namespace

std::vector<RecordedTopic> recorded_topics() {
    return {{"market.bars", bars_history(), row_of_bar},
            {"regimes.states", regimes_history(), row_of_regime},
            {"correlation.matrices", correlations_history(), row_of_matrix},
            {"models.predictions", predictions_history(), row_of_prediction}};
}

}  // namespace aitrading::proving

#include "insight/regimes/service/regime_service.hpp"

#include <algorithm>
#include <mutex>

#include <fmt/format.h>

#include "aitrading/v1/insight.pb.h"
#include "aitrading/v1/insight_requests.pb.h"
#include "base/check.hpp"
#include "insight/regimes/service/regime_messages.hpp"
#include "kit/contracts/bar_news.hpp"
#include "kit/requests/watchers.hpp"

namespace aitrading::insight {
namespace {

constexpr const char* regimes_topic = "regimes.states";

bool same_place(const v1::RegimeClassified& a, const v1::RegimeClassified& b) {
    return a.symbol() == b.symbol() && a.timeframe() == b.timeframe() && a.method() == b.method() && a.model() == b.model();
}

bool answers(const v1::GetRegimeRequest& asked, const v1::RegimeClassified& told) {
    const std::string method = asked.method().empty() ? "rules" : asked.method();
    return told.symbol() == asked.symbol() && told.method() == method && (asked.timeframe() == v1::TIMEFRAME_UNSPECIFIED || asked.timeframe() == told.timeframe()) &&
           (asked.model().empty() || asked.model() == told.model());
}

Result<void> check_tenant(const kit::Call& call, const std::string& tenant) {
    if (call.tenant == tenant) return {};
    return fail(ErrorCode::gate_refused, fmt::format("the regimes here are those of the feed of tenant {}", tenant));
}

}  // namespace

/// The newest of every series and way of telling, and those who watch.
class RegimeService::Board {
  public:
    void put(const v1::RegimeClassified& told) {
        {
            const std::lock_guard lock(mutex_);
            const auto old = std::ranges::find_if(newest_, [&](const auto& one) { return same_place(one, told); });
            if (old == newest_.end()) newest_.push_back(told);
            else *old = told;
        }
        v1::WatchRegimesReply reply;
        *reply.mutable_regime() = told;
        watchers_.send(reply);
    }
    /// Of several timeframes the shortest.
    Result<v1::GetRegimeReply> newest(const v1::GetRegimeRequest& asked) const {
        const std::lock_guard lock(mutex_);
        const v1::RegimeClassified* best = nullptr;
        for (const auto& one : newest_)
            if (answers(asked, one) && (best == nullptr || one.timeframe() < best->timeframe())) best = &one;
        if (best == nullptr) return fail(ErrorCode::not_found, fmt::format("no regime of {} has been told: it is told of the series that the feed brings, from the first bar on", asked.symbol()));
        v1::GetRegimeReply reply;
        *reply.mutable_regime() = *best;
        return reply;
    }
    Result<void> watch(const v1::WatchRegimesRequest& asked, std::shared_ptr<kit::ReplyStream> stream) {
        return watchers_.add(
            [asked](const google::protobuf::Message& reply) {
                const v1::RegimeClassified& told = static_cast<const v1::WatchRegimesReply&>(reply).regime();
                return told.symbol() == asked.symbol() && (asked.timeframe() == v1::TIMEFRAME_UNSPECIFIED || asked.timeframe() == told.timeframe()) &&
                       (asked.method().empty() || asked.method() == told.method());
            },
            std::move(stream));
    }
    void end() { watchers_.end(); }

  private:
    mutable std::mutex mutex_;
    std::vector<v1::RegimeClassified> newest_;
    kit::Watchers watchers_;
};

const ToldRegime* ServedRegimes::update(const Bar& bar, double spread) {
    if (told_ && bar.time <= told_->bar) return nullptr;
    const UnixNanos known{bar.time.value + duration_nanos(series_.timeframe)};
    const RegimeState& state = teller_->update(bar, spread, known);
    const bool changed = told_ && told_->state.known && state.known && told_->state.present != state.present;
    told_ = ToldRegime{.bar = bar.time, .known = known, .state = state, .change_probability = teller_->change_probability(), .changed = changed};
    return &*told_;
}

RegimeService::RegimeService(Load load, RegimeTopics topics, Options options, Now now)
    : load_(std::move(load)), topics_(std::move(topics)), options_(std::move(options)), now_(std::move(now)), keeper_(topics_.journal, regimes_topic),
      board_(std::make_shared<Board>()), listener_(topics_.bars) {
    CHECK(topics_.bars != nullptr);
}

RegimeService::~RegimeService() { listener_.stop(); }

void RegimeService::add_requests(kit::RequestHandlers& handlers) {
    handlers.on<v1::GetRegimeRequest, v1::GetRegimeReply>(
        "aitrading.v1.InsightService/GetRegime", [board = board_, tenant = options_.tenant](const v1::GetRegimeRequest& asked, const kit::Call& call) -> Result<v1::GetRegimeReply> {
            TRY_VOID(check_tenant(call, tenant));
            return board->newest(asked);
        });
    handlers.on_stream<v1::WatchRegimesRequest, v1::WatchRegimesReply>(
        "aitrading.v1.InsightService/WatchRegimes",
        [board = board_, tenant = options_.tenant](const v1::WatchRegimesRequest& asked, const kit::Call& call, std::shared_ptr<kit::ReplyStream> stream) -> Result<void> {
            TRY_VOID(check_tenant(call, tenant));
            return board->watch(asked, std::move(stream));
        });
}

Result<void> RegimeService::start() {
    TRY(series_, load_());
    empty_ = series_.empty();
    for (const ServedRegimes& served : series_) {
        if (!served.told()) continue;
        v1::RegimeClassified message;
        fill(message, served, *served.told(), false);
        board_->put(message);
    }
    TRY_VOID(keeper_.open());
    listener_.start([this](const kit::LiveReader::Batch& batch) { return take_all(batch); }, {}, kit::Listener::Urgency::background);
    return {};
}

Result<void> RegimeService::ready() {
    TRY_VOID(listener_.health());
    if (empty_) return fail(ErrorCode::not_found, options_.unset.empty() ? "there is no series to tell regimes of" : options_.unset);
    return {};
}

void RegimeService::stop(Deadline) {
    listener_.stop();
    board_->end();
}

Result<void> RegimeService::take_all(const kit::LiveReader::Batch& batch) {
    for (const auto& event : batch.events) take(*event);
    return keeper_.flush();
}

void RegimeService::take(const Event& event) {
    const auto news = kit::unpack_bar(event);
    if (!news) {
        ++passed_over_;
        return;
    }
    const SeriesKey key{news->symbol, news->timeframe};
    const double spread = news->ask ? (news->ask->close - news->bar.close).to_double() : std::numeric_limits<double>::quiet_NaN();
    for (ServedRegimes& served : series_) {
        if (served.series() != key) continue;
        if (const ToldRegime* told = served.update(news->bar, spread)) tell(served, *told, event);
        else ++passed_over_;
    }
}

void RegimeService::tell(const ServedRegimes& served, const ToldRegime& told, const Event& event) {
    v1::RegimeClassified message;
    fill(message, served, told, listener_.missed() > 0);
    auto out = kit::pack_derived(message, {.source = options_.source, .tenant = event.tenant, .now = now_(), .about = told.known}, &event);
    if (!out) {
        ++passed_over_;
        return;
    }
    ++told_;
    keeper_.add(*out);
    if (topics_.regimes) topics_.regimes->publish(std::make_shared<const Event>(std::move(*out)));
    board_->put(message);
}

RegimeCounts RegimeService::counts() const {
    return {.told = told_, .passed_over = passed_over_, .missed = listener_.missed(), .durable = keeper_.durable()};
}

}  // namespace aitrading::insight

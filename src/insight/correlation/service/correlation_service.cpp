#include "insight/correlation/service/correlation_service.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "aitrading/v1/insight.pb.h"
#include "aitrading/v1/insight_requests.pb.h"
#include "base/check.hpp"
#include "insight/correlation/service/correlation_messages.hpp"
#include "kit/requests/watchers.hpp"

namespace aitrading::insight {
namespace {

constexpr const char* matrices_topic = "correlation.matrices";

Result<void> check_tenant(const kit::Call& call, const std::string& tenant) {
    if (call.tenant == tenant) return {};
    return fail(ErrorCode::gate_refused, fmt::format("the correlations here are those of the feed of tenant {}", tenant));
}

}  // namespace

/// The newest of every universe and timeframe, and those who watch.
class CorrelationService::Board {
  public:
    void put(const v1::CorrelationMatrixComputed& told) {
        {
            const std::lock_guard lock(mutex_);
            const auto old = std::ranges::find_if(newest_, [&](const auto& one) { return one.universe() == told.universe() && one.timeframe() == told.timeframe(); });
            if (old == newest_.end()) newest_.push_back(told);
            else *old = told;
        }
        v1::WatchCorrelationsReply reply;
        *reply.mutable_correlation() = told;
        watchers_.send(reply);
    }
    /// Of several timeframes the shortest.
    Result<v1::GetCorrelationReply> newest(const v1::GetCorrelationRequest& asked) const {
        const std::lock_guard lock(mutex_);
        const v1::CorrelationMatrixComputed* best = nullptr;
        for (const auto& one : newest_)
            if (one.universe() == asked.universe() && (asked.timeframe() == any || asked.timeframe() == one.timeframe()) && (best == nullptr || one.timeframe() < best->timeframe())) best = &one;
        if (best == nullptr)
            return fail(ErrorCode::not_found, fmt::format("no correlation of {} has been told: `feed` is told where the feed brings two symbols of one timeframe, from their second closes on", asked.universe()));
        v1::GetCorrelationReply reply;
        *reply.mutable_correlation() = *best;
        return reply;
    }
    Result<void> watch(const v1::WatchCorrelationsRequest& asked, std::shared_ptr<kit::ReplyStream> stream) {
        return watchers_.add(
            [asked](const google::protobuf::Message& reply) {
                const v1::CorrelationMatrixComputed& told = static_cast<const v1::WatchCorrelationsReply&>(reply).correlation();
                return told.universe() == asked.universe() && (asked.timeframe() == any || asked.timeframe() == told.timeframe());
            },
            std::move(stream));
    }
    void end() { watchers_.end(); }

  private:
    static constexpr auto any = v1::TIMEFRAME_UNSPECIFIED;
    mutable std::mutex mutex_;
    std::vector<v1::CorrelationMatrixComputed> newest_;
    kit::Watchers watchers_;
};

Result<ServedUniverse> ServedUniverse::of(std::string name, Timeframe timeframe, std::vector<std::string> symbols, StudyOptions options) {
    // As the command does: bars of one length whose clocks differ by less than a bar meet at its end.
    options.align.step_nanos = duration_nanos(timeframe);
    const std::size_t size = symbols.size();
    TRY(CorrelationStream stream, CorrelationStream::of(std::move(symbols), options));
    return ServedUniverse{.name = std::move(name), .timeframe = timeframe, .stream = std::move(stream), .last = std::vector<UnixNanos>(size, UnixNanos{INT64_MIN})};
}

void ServedUniverse::warm(std::span<const CrossSeries> past) {
    struct Close {
        UnixNanos known;
        std::size_t series;
        double level;
    };
    std::vector<Close> closes;
    for (std::size_t j = 0; j < past.size(); ++j)
        for (std::size_t i = 0; i < past[j].size(); ++i) closes.push_back({past[j].known[i], j, past[j].level[i]});
    std::ranges::stable_sort(closes, {}, &Close::known);
    for (const Close& close : closes) {
        stream.take(close.series, close.known, close.level);
        last[close.series] = close.known;
    }
}

CorrelationService::CorrelationService(Load load, CorrelationTopics topics, Options options, Now now)
    : load_(std::move(load)), topics_(std::move(topics)), options_(std::move(options)), now_(std::move(now)), keeper_(topics_.journal, matrices_topic),
      board_(std::make_shared<Board>()), listener_(topics_.bars) {
    CHECK(topics_.bars != nullptr);
}

CorrelationService::~CorrelationService() { listener_.stop(); }

void CorrelationService::add_requests(kit::RequestHandlers& handlers) {
    handlers.on<v1::GetCorrelationRequest, v1::GetCorrelationReply>(
        "aitrading.v1.InsightService/GetCorrelation", [board = board_, tenant = options_.tenant](const v1::GetCorrelationRequest& asked, const kit::Call& call) -> Result<v1::GetCorrelationReply> {
            TRY_VOID(check_tenant(call, tenant));
            return board->newest(asked);
        });
    handlers.on_stream<v1::WatchCorrelationsRequest, v1::WatchCorrelationsReply>(
        "aitrading.v1.InsightService/WatchCorrelations",
        [board = board_, tenant = options_.tenant](const v1::WatchCorrelationsRequest& asked, const kit::Call& call, std::shared_ptr<kit::ReplyStream> stream) -> Result<void> {
            TRY_VOID(check_tenant(call, tenant));
            return board->watch(asked, std::move(stream));
        });
}

Result<void> CorrelationService::start() {
    TRY(auto universes, load_());
    for (ServedUniverse& universe : universes) {
        if (universe.stream.rows() > 0) {
            v1::CorrelationMatrixComputed message;
            fill(message, universe, options_.told_p_max, false);
            board_->put(message);
        }
        universes_.push_back({std::move(universe), nullptr, {}});
    }
    TRY_VOID(keeper_.open());
    const bool waits = options_.grace.has_value();
    listener_.start([this](const kit::LiveReader::Batch& batch) { return take_all(batch); }, waits ? kit::Listener::Idle([this] { return idle(); }) : kit::Listener::Idle(),
                    kit::Listener::Urgency::background);
    return {};
}

std::string CorrelationService::last_error() {
    if (std::string ended = listener_.last_error(); !ended.empty()) return ended;
    const std::lock_guard lock(late_mutex_);
    return late_text_;
}

void CorrelationService::stop(Deadline) {
    listener_.stop();
    board_->end();
}

Result<void> CorrelationService::take_all(const kit::LiveReader::Batch& batch) {
    for (const auto& event : batch.events) take(event);
    return options_.grace ? idle() : keeper_.flush();
}

/// Rows that have waited long enough are told without those that have not closed.
Result<void> CorrelationService::idle() {
    const auto now = std::chrono::steady_clock::now();
    for (Running& running : universes_)
        if (running.cause && now - running.since >= *options_.grace) {
            if (running.universe.stream.pass()) tell(running.universe, *running.cause);
            running.cause.reset();
        }
    return keeper_.flush();
}

void CorrelationService::take(const std::shared_ptr<const Event>& event) {
    const auto news = kit::unpack_bar(*event);
    if (!news) {
        ++passed_over_;
        return;
    }
    for (Running& running : universes_) {
        if (running.universe.timeframe != news->timeframe) continue;
        const auto& names = running.universe.stream.names();
        const auto found = std::ranges::find(names, news->symbol);
        if (found != names.end()) take_close(running, static_cast<std::size_t>(found - names.begin()), *news, event);
    }
}

void CorrelationService::take_close(Running& running, std::size_t series, const kit::BarNews& news, const std::shared_ptr<const Event>& event) {
    CorrelationStream& stream = running.universe.stream;
    if (news.known <= running.universe.last[series]) {
        ++passed_over_;
        return;
    }
    running.universe.last[series] = news.known;
    using Taken = CorrelationStream::Taken;
    const auto waited = stream.waits();
    const Taken taken = stream.take(series, news.known, news.bar.close.to_double());
    if (taken == Taken::bad) ++passed_over_;
    if (taken == Taken::late) note_late(running.universe, news);
    if (taken == Taken::bad || taken == Taken::late) return;
    // A row that this close completes is its own, unless its own waits: then the one before ended, and those closes are its cause.
    if (taken == Taken::row) tell(running.universe, stream.waits() && running.cause ? *running.cause : *event);
    if (stream.waits() != waited) running.since = std::chrono::steady_clock::now();
    running.cause = stream.waits() ? event : nullptr;
}

void CorrelationService::note_late(const ServedUniverse& universe, const kit::BarNews& news) {
    ++late_;
    const std::lock_guard lock(late_mutex_);
    late_text_ = fmt::format("{} closes came after the correlation of their instant was told and are left out, the last of {} at {} {}", late_.load(), news.symbol, to_iso8601(news.known), name(universe.timeframe));
}

void CorrelationService::tell(const ServedUniverse& universe, const Event& cause) {
    v1::CorrelationMatrixComputed message;
    fill(message, universe, options_.told_p_max, listener_.missed() > 0);
    auto out = kit::pack_derived(message, {.source = options_.source, .tenant = cause.tenant, .now = now_(), .about = universe.stream.known()}, &cause);
    if (!out) {
        ++passed_over_;
        return;
    }
    ++told_;
    keeper_.add(*out);
    if (topics_.matrices) topics_.matrices->publish(std::make_shared<const Event>(std::move(*out)));
    board_->put(message);
}

CorrelationCounts CorrelationService::counts() const {
    return {.told = told_, .passed_over = passed_over_, .late = late_, .missed = listener_.missed(), .durable = keeper_.durable()};
}

}  // namespace aitrading::insight

#include "proving/analytics/service/history_recorder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <set>

#include "aitrading/v1/insight.pb.h"
#include "aitrading/v1/models.pb.h"
#include "base/random.hpp"
#include "kit/contracts/bar_news.hpp"
#include "kit/contracts/contracts.hpp"
#include "proving/analytics/service/history_service.hpp"
#include "proving/analytics/service/tests/recorded_ground.hpp"

namespace aitrading::proving {
namespace {

using ports::HistoryRow;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

const std::vector<std::string> only_event{"event"};

std::vector<std::string> events_of(const std::vector<HistoryRow>& rows) {
    std::vector<std::string> out;
    out.reserve(rows.size());
    for (const HistoryRow& row : rows) out.push_back(std::get<std::string>(row.values.at(0)));
    return out;
}

TEST(HistoryRecorder, a_prediction_is_a_row_with_every_members_probability) {
    RecordedGround g;
    g.open();
    const Event event = prediction_event(5);
    g.publish("models.predictions", event);
    const auto recorder = g.recorder();
    RecordedGround::drain(*recorder);
    const auto rows = g.rows("predictions", "EURUSD", {"timeframe", "bar_open", "model", "version", "p_up", "low", "high", "unit", "regime", "members", "member_p_up", "event", "trace", "degraded", "base_rate"});
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].known_at, (UnixNanos{6 * nanos_per_hour}));
    const std::vector<ports::HistoryValue> expected{"H1", UnixNanos{5 * nanos_per_hour}, "made", std::int64_t{4}, 0.55, -3.5, 4.25, "return_basis_points", std::int64_t{6},
                                                    "xgboost,lstm", std::vector<double>{0.6, 0.5}, event.id.text(), event.trace->traceparent(), false, std::monostate{}};
    EXPECT_EQ(rows[0].values, expected);
    EXPECT_EQ(recorder->lag(), 0);
}

TEST(HistoryRecorder, regimes_and_matrices_are_rows) {
    RecordedGround g;
    g.open();
    v1::RegimeClassified regime;
    regime.set_symbol("GOLD");
    regime.set_timeframe(v1::TIMEFRAME_M15);
    regime.set_known_ns(900);
    regime.set_method("rules");
    regime.set_regime(v1::REGIME_CRISIS);
    regime.set_state(12);
    for (int i = 0; i < 12; ++i) regime.add_posterior(i == 11 ? 1 : 0);
    v1::CorrelationMatrixComputed matrix;
    matrix.set_universe("majors");
    matrix.set_timeframe(v1::TIMEFRAME_H1);
    matrix.set_known_ns(1'000);
    matrix.set_method("ewma");
    for (const char* symbol : {"A", "B", "C"}) matrix.add_symbols(symbol);
    for (const double value : {0.5, -0.25, std::nan("")}) matrix.add_upper(value);
    v1::LeadLag& lag = *matrix.add_lead_lags();
    lag.set_leader("A");
    lag.set_follower("C");
    lag.set_lag_ns(60);
    const auto pack = [](const auto& message) { return kit::pack(message, {.id = derived_uuid({1}, message.GetTypeName()), .source = "/test", .time = fixed_now(), .trace = {}}).value(); };
    g.publish("regimes.states", pack(regime));
    g.publish("correlation.matrices", pack(matrix));
    const auto recorder = g.recorder();
    RecordedGround::drain(*recorder);
    const auto regimes = g.rows("regimes", "GOLD", {"timeframe", "method", "regime", "state", "posterior", "trace", "change_probability"});
    ASSERT_EQ(regimes.size(), 1U);
    std::vector<double> posterior(12);
    posterior[11] = 1;
    EXPECT_EQ(regimes[0].values, (std::vector<ports::HistoryValue>{"M15", "rules", std::int64_t{12}, std::int64_t{12}, posterior, std::monostate{}, std::monostate{}}));
    const auto matrices = g.rows("correlations", "majors", {"symbols", "upper", "leaders", "followers", "lag_ns"});
    ASSERT_EQ(matrices.size(), 1U);
    EXPECT_EQ(std::get<std::string>(matrices[0].values[0]), "A,B,C");
    EXPECT_TRUE(std::isnan(std::get<std::vector<double>>(matrices[0].values[1])[2]));
    EXPECT_EQ(std::get<std::string>(matrices[0].values[3]), "C");
    EXPECT_EQ(std::get<std::vector<double>>(matrices[0].values[4]), std::vector<double>{60});
}

TEST(HistoryRecorder, each_event_is_there_once_over_restarts_and_tenants_are_apart) {
    RecordedGround g;
    g.open();
    std::vector<std::string> expected;
    for (std::int64_t life = 0; life < 5; ++life) {
        const auto recorder = g.recorder();
        for (std::int64_t i = life * 10; i < life * 10 + 10; ++i) {
            g.publish("models.predictions", prediction_event(i));
            g.publish("models.predictions", prediction_event(i));  // the same again has no effect on the bus
            g.publish("models.predictions", prediction_event(i, "EURUSD", "acme"));
            expected.push_back(prediction_event(i).id.text());
        }
        if (life % 2 == 0) ASSERT_TRUE(recorder->turn());
        else RecordedGround::drain(*recorder);
    }
    const auto recorder = g.recorder();
    RecordedGround::drain(*recorder);
    EXPECT_EQ(events_of(g.rows("predictions", "EURUSD", only_event)), expected);
    EXPECT_EQ(g.rows("predictions", "EURUSD", only_event, "acme").size(), 50U);
    EXPECT_EQ(*g.store->tenants("predictions"), (std::vector<std::string>{"acme", "default"}));
}

TEST(HistoryRecorder, what_is_no_row_is_a_dead_letter_and_holds_nothing_up) {
    RecordedGround g;
    g.open();
    for (std::int64_t i = 0; i < 30; ++i) {
        Event event = prediction_event(i);
        if (i % 10 == 4) event.data = "no prediction at all";
        if (i == 20) event.tenant = "no/tenant";
        g.publish("models.predictions", event);
    }
    const auto recorder = g.recorder();
    RecordedGround::drain(*recorder);
    EXPECT_EQ(g.rows("predictions", "EURUSD", only_event).size(), 26U);
    EXPECT_EQ(g.bus->dead_letters("models.predictions", "histories")->size(), 4U);
    EXPECT_EQ(recorder->counts().refused, 4U);
    EXPECT_EQ(recorder->lag(), 0);
}

/// A store that refuses after so many appends, each of which is durable; as a crash between the append and the commit.
class RefusingStore final : public ports::HistoryStore {
  public:
    RefusingStore(std::shared_ptr<ports::HistoryStore> inner, int appends) : inner_(std::move(inner)), left_(appends) {}
    Result<std::vector<ports::HistorySchema>> histories() override { return inner_->histories(); }
    Result<std::vector<ports::HistorySymbol>> symbols(std::string_view t, std::string_view h) override { return inner_->symbols(t, h); }
    Result<ports::HistoryPage> read(std::string_view t, std::string_view h, const ports::HistoryQuery& q) override { return inner_->read(t, h, q); }
    Result<void> verify() override { return inner_->verify(); }
    Result<void> define(const ports::HistorySchema& s) override { return inner_->define(s); }
    Result<ports::HistoryAppended> append(std::string_view h, const ports::HistoryBatch& b) override {
        auto done = inner_->append(h, b);
        if (--left_ < 0) return fail(ErrorCode::failed, "planted");
        return done;
    }
    Result<std::vector<ports::HistoryMark>> marks(std::string_view h, std::string_view o) override { return inner_->marks(h, o); }
    Result<std::vector<std::string>> tenants(std::string_view h) override { return inner_->tenants(h); }
    Result<void> compact() override { return inner_->compact(); }
    Result<void> health() override { return inner_->health(); }

  private:
    std::shared_ptr<ports::HistoryStore> inner_;
    int left_;
};

TEST(HistoryRecorder, a_crash_between_the_rows_and_the_commit_doubles_nothing) {
    RecordedGround g;
    g.open();
    std::vector<std::string> expected;
    for (std::int64_t i = 0; i < 60; ++i) {
        g.publish("models.predictions", prediction_event(i));
        expected.push_back(prediction_event(i).id.text());
    }
    for (int appends = 0; appends < 4; ++appends) {
        HistoryRecorder recorder(*g.bus, std::make_shared<RefusingStore>(g.store, appends), recorded_topics(), {.batch_events = 7 + appends}, fixed_now);
        ASSERT_TRUE(recorder.open());
        while (recorder.turn()) {
        }
    }
    const auto recorder = g.recorder();
    RecordedGround::drain(*recorder);
    EXPECT_EQ(events_of(g.rows("predictions", "EURUSD", only_event)), expected);
    EXPECT_GT(recorder->counts().known, 0U) << "some came again";
}

TEST(HistoryRecorder, histories_that_were_restored_are_brought_up_to_the_journal) {
    RecordedGround g;
    g.open();
    const auto record = [&](std::int64_t from, std::int64_t to) {
        for (std::int64_t i = from; i < to; ++i) {
            Event event = prediction_event(i);
            if (i == 25) event.data = "nothing";
            g.publish("models.predictions", event);
        }
        const auto recorder = g.recorder();
        RecordedGround::drain(*recorder);
    };
    record(0, 20);
    g.store.reset();
    const auto copy = g.folder() / "copy";
    std::filesystem::copy(g.histories(), copy, std::filesystem::copy_options::recursive);
    g.open_store();
    record(20, 40);
    ASSERT_EQ(g.rows("predictions", "EURUSD", only_event).size(), 39U);
    g.store.reset();
    std::filesystem::remove_all(g.histories());
    std::filesystem::rename(copy, g.histories());
    g.open_store();
    EXPECT_EQ(g.rows("predictions", "EURUSD", only_event).size(), 20U);
    record(40, 45);
    const auto rows = events_of(g.rows("predictions", "EURUSD", only_event));
    EXPECT_EQ(rows.size(), 44U);
    EXPECT_EQ(std::set<std::string>(rows.begin(), rows.end()).size(), 44U);
}

TEST(HistoryRecorder, a_new_journal_begins_again_and_loses_nothing) {
    RecordedGround g;
    g.open();
    for (std::int64_t i = 0; i < 20; ++i) g.publish("models.predictions", prediction_event(i));
    RecordedGround::drain(*g.recorder());
    g.bus.reset();
    std::filesystem::remove_all(g.folder() / "journal");
    g.open_bus();
    for (std::int64_t i = 20; i < 30; ++i) g.publish("models.predictions", prediction_event(i));
    RecordedGround::drain(*g.recorder());
    EXPECT_EQ(g.rows("predictions", "EURUSD", only_event).size(), 30U);
}

/// A life that publishes and records at once, until it is killed.
[[noreturn]] void live(const RecordedGround& ground, std::int64_t from) {
    RecordedGround& g = const_cast<RecordedGround&>(ground);
    g.open();
    HistoryService service(*g.bus, [&]() -> Result<std::shared_ptr<ports::HistoryStore>> { return g.store; }, {}, {.recorder = {.batch_events = 9}, .pause = std::chrono::milliseconds(1)}, fixed_now);
    if (!service.start()) ::_exit(1);
    for (std::int64_t i = from;; ++i) {
        const bool fine = g.bus->publish_and_wait("models.predictions", {prediction_event(i)}).has_value() && g.bus->publish_and_wait("market.bars", {bar_event(i, 1.1 + 0.001 * static_cast<double>(i % 7))}).has_value();
        if (!fine || !service.ready()) ::_exit(2);
    }
}

TEST(HistoryRecorder, kill_9_at_any_moment_leaves_a_row_for_each_event) {
    if (sanitized) GTEST_SKIP() << "forked children under a sanitizer take minutes; release builds run this";
    RecordedGround g;
    SplitMix64 random(3);
    std::set<std::string> expected;
    for (int life = 0; life < 6; ++life) {
        const pid_t child = ::fork();
        if (child == 0) live(g, life * 100'000);
        ::usleep(static_cast<unsigned>(150'000 + random.next() % 250'000));
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        EXPECT_TRUE(WIFSIGNALED(status)) << "it ended by itself: " << status;
    }
    g.open();
    const auto recorder = g.recorder();
    RecordedGround::drain(*recorder);
    for (int p = 0; p < 4; ++p)
        for (std::int64_t next = 1;;) {
            const auto some = g.bus->read("models.predictions", {p, next}, {.events_max = 10'000});
            ASSERT_TRUE(some);
            if (some->empty()) break;
            for (const auto& d : *some) expected.insert(d.event.id.text());
            next = some->back().position.offset + 1;
        }
    const auto rows = events_of(g.rows("predictions", "EURUSD", only_event));
    EXPECT_GT(rows.size(), 20U);
    EXPECT_EQ(rows.size(), expected.size()) << "each once";
    EXPECT_EQ(std::set<std::string>(rows.begin(), rows.end()), expected);
    EXPECT_TRUE(g.store->verify());
}

}  // namespace
}  // namespace aitrading::proving

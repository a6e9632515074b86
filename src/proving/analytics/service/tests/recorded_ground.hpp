#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <string>

#include "base/uuid.hpp"
#include "engines/event_bus/journal/journal.hpp"
#include "engines/series_store/histories/parquet_histories.hpp"
#include "proving/analytics/history_tables.hpp"
#include "proving/analytics/service/history_recorder.hpp"

namespace aitrading::proving {

inline UnixNanos fixed_now() { return {1'600'000'000'000'000'000}; }

/// A journal and histories in a folder of one test.
class RecordedGround {
  public:
    RecordedGround() { std::filesystem::remove_all(folder_); }
    ~RecordedGround() {
        bus.reset();
        store.reset();
        std::filesystem::remove_all(folder_);
    }
    RecordedGround(const RecordedGround&) = delete;
    RecordedGround& operator=(const RecordedGround&) = delete;

    void open_bus() { bus = engines::open_journal({folder_ / "journal", {}, {}}).value(); }
    void open_store(std::int64_t part_rows = 50) { store = engines::open_parquet_histories({.folder = histories(), .part_rows = part_rows}).value(); }
    void open() {
        open_bus();
        open_store();
    }
    void close() {
        bus.reset();
        store.reset();
    }
    std::filesystem::path histories() const { return folder_ / "histories"; }
    std::filesystem::path folder() const { return folder_; }

    void publish(const std::string& topic, const Event& event) const {
        ASSERT_TRUE(bus->create_topic(topic, {}));
        ASSERT_TRUE(bus->publish_and_wait(topic, {event}));
    }
    /// A recorder that is open.
    std::unique_ptr<HistoryRecorder> recorder() const {
        auto out = std::make_unique<HistoryRecorder>(*bus, store, recorded_topics(), HistoryRecorder::Options{.batch_events = 7}, fixed_now);
        const auto opened = out->open();
        EXPECT_TRUE(opened) << opened.error().text;
        return out;
    }
    static void drain(HistoryRecorder& recorder) {
        for (int turns = 0; turns < 100'000; ++turns) {
            const auto events = recorder.turn();
            ASSERT_TRUE(events) << events.error().text;
            if (*events == 0) return;
        }
        FAIL() << "it never comes to an end";
    }
    std::vector<ports::HistoryRow> rows(const std::string& history, const std::string& symbol, const std::vector<std::string>& columns = {}, const std::string& tenant = "default") const {
        std::vector<ports::HistoryRow> out;
        ports::HistoryQuery query{.symbol = symbol, .columns = columns};
        do {
            const auto page = store->read(tenant, history, query);
            EXPECT_TRUE(page) << page.error().text;
            if (!page) return out;
            out.insert(out.end(), page->rows.begin(), page->rows.end());
            query.page = page->next;
        } while (!query.page.empty());
        return out;
    }

    std::unique_ptr<ports::EventBus> bus;
    std::shared_ptr<ports::HistoryStore> store;

  private:
    inline static std::atomic<int> made_{0};
    std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) / ("recorded." + std::to_string(::getpid()) + "." + std::to_string(made_++));
};

/// The prediction of a model at the i-th hour.
Event prediction_event(std::int64_t i, const std::string& symbol = "EURUSD", const std::string& tenant = "default", double p_up = 0.55);
Event bar_event(std::int64_t i, double close, const std::string& symbol = "EURUSD");

}  // namespace aitrading::proving

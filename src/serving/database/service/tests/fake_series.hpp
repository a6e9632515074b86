#pragma once

#include <map>

#include "ports/series_store/series_store.hpp"

namespace aitrading::serving {

/// Bars and ticks in memory, given out in batches of a few rows; nothing can be written.
class FakeSeries final : public ports::SeriesStore {
  public:
    std::map<SeriesKey, BarColumns> bars;
    std::map<SeriesKey, TickColumns> ticks;

    Result<void> replace_bars(const BarColumns&) override { return no(); }
    Result<BarColumns> read_bars(const SeriesKey&, TimeRange) const override { return no(); }
    Result<void> stream_bars(const SeriesKey&, TimeRange, std::size_t, const ports::BarSink&) const override { return no(); }
    Result<std::unique_ptr<ports::TickWriter>> replace_ticks(const SeriesKey&, int) override { return no(); }
    Result<void> stream_ticks(const SeriesKey&, TimeRange, std::size_t, const ports::TickSink&) const override { return no(); }
    Result<std::unique_ptr<ports::Cursor<BarColumns>>> open_bars(const SeriesKey& key, TimeRange range, std::size_t) const override {
        if (!bars.contains(key)) return fail(ErrorCode::not_found, "no series " + to_string(key));
        return std::make_unique<Batches<BarColumns>>(bars.at(key), range);
    }
    Result<std::unique_ptr<ports::Cursor<TickColumns>>> open_ticks(const SeriesKey& key, TimeRange range, std::size_t) const override {
        if (!ticks.contains(key)) return fail(ErrorCode::not_found, "no series " + to_string(key));
        return std::make_unique<Batches<TickColumns>>(ticks.at(key), range);
    }
    Result<void> put_note(const SeriesKey&, std::string_view, std::string_view) override { return no(); }
    Result<std::string> read_note(const SeriesKey&, std::string_view) const override { return no(); }
    Result<std::vector<SeriesInfo>> list() const override {
        std::vector<SeriesInfo> out;
        out.reserve(bars.size() + 1);
        for (const auto& [key, rows] : bars) out.push_back({.key = key, .rows = static_cast<std::int64_t>(rows.size()), .first = rows.time.front(), .last = rows.time.back(), .gaps = 2});
        out.push_back({.key = {"BOOK", Timeframe{255}}, .first = {}, .last = {}});
        return out;
    }
    Result<SeriesInfo> describe(const SeriesKey&) const override { return no(); }
    Result<void> remove(const SeriesKey&) override { return no(); }

  private:
    static std::unexpected<Error> no() { return fail(ErrorCode::failed, "not in this store"); }

    template <class Columns>
    class Batches final : public ports::Cursor<Columns> {
      public:
        Batches(Columns all, TimeRange range) : all_(std::move(all)), range_(range) {}
        Result<bool> next(Columns& batch) override {
            Columns out;
            out.key = all_.key;
            for (; at_ < all_.size() && out.size() < 7; ++at_)
                if (range_.contains(all_.time[at_])) append(out);
            batch = std::move(out);
            return batch.size() > 0;
        }

      private:
        void append(BarColumns& out) {
            out.append(all_.bar(at_));
            if (!all_.has_ask()) return;
            out.ask_open.push_back(all_.ask_open[at_]);
            out.ask_high.push_back(all_.ask_high[at_]);
            out.ask_low.push_back(all_.ask_low[at_]);
            out.ask_close.push_back(all_.ask_close[at_]);
        }
        void append(TickColumns& out) { out.append(all_.tick(at_)); }
        Columns all_;
        TimeRange range_;
        std::size_t at_ = 0;
    };
};

}  // namespace aitrading::serving

#include "apps/aitrading/event_source.hpp"

#include "apps/aitrading/home_bus.hpp"

namespace aitrading::apps {
namespace {

using engines::PartitionExtent;
using ports::Delivery;

class FileSource final : public EventSource {
  public:
    explicit FileSource(engines::JournalView view) : view_(std::move(view)) {}
    Result<std::vector<PartitionExtent>> extents() override { return view_.extents(); }
    Result<std::vector<Delivery>> read(const PartitionExtent& extent, std::int64_t from, const ports::PollLimits& limits) override { return view_.read(extent, from, limits); }

  private:
    engines::JournalView view_;
};

class BusSource final : public EventSource {
  public:
    explicit BusSource(ports::EventBus& bus) : bus_(&bus) {}
    explicit BusSource(std::unique_ptr<ports::EventBus> bus) : own_(std::move(bus)), bus_(own_.get()) {}
    Result<std::vector<PartitionExtent>> extents() override {
        TRY(const std::vector<std::string> topics, bus_->topics());
        std::vector<PartitionExtent> out;
        for (const std::string& topic : topics) {
            TRY(const std::vector<std::int64_t> firsts, bus_->firsts(topic));
            TRY(const std::vector<std::int64_t> ends, bus_->ends(topic));
            for (std::size_t p = 0; p < ends.size(); ++p) out.push_back({topic, static_cast<int>(p), firsts[p], ends[p]});
        }
        return out;
    }
    Result<std::vector<Delivery>> read(const PartitionExtent& extent, std::int64_t from, const ports::PollLimits& limits) override {
        auto some = bus_->read(extent.topic, {extent.partition, from}, limits);
        if (!some && some.error().code == ErrorCode::not_found) return std::vector<Delivery>{};  // retention came by
        if (some) std::erase_if(*some, [&](const Delivery& d) { return d.position.offset > extent.last; });
        return some;
    }

  private:
    std::unique_ptr<ports::EventBus> own_;
    ports::EventBus* bus_;
};

}  // namespace

std::unique_ptr<EventSource> source_of(ports::EventBus& bus) { return std::make_unique<BusSource>(bus); }

Result<std::unique_ptr<EventSource>> open_event_source(const Context& context) {
    TRY(const bool kafka, home_is_on_kafka(context));
    if (kafka) {
        TRY(auto bus, open_home_bus(context));
        return std::make_unique<BusSource>(std::move(bus));
    }
    TRY(auto view, engines::JournalView::open(context.home / "journal"));
    return std::make_unique<FileSource>(std::move(view));
}

}  // namespace aitrading::apps

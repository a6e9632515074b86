#include "kit/lifecycle/settings_follower.hpp"

#include <gtest/gtest.h>

#include "aitrading/v1/oversight.pb.h"
#include "base/uuid.hpp"
#include "kit/contracts/contracts.hpp"

namespace aitrading::kit {
namespace {

/// A topic that can be read and nothing else.
class ReadableBus final : public ports::EventBus {
  public:
    std::vector<std::vector<Event>> partitions{2};

    Result<std::vector<ports::Delivery>> read(std::string_view, ports::Position from, const ports::PollLimits&) override {
        std::vector<ports::Delivery> out;
        const auto& events = partitions[static_cast<std::size_t>(from.partition)];
        for (auto i = static_cast<std::size_t>(from.offset); i <= events.size(); ++i)
            out.push_back({events[i - 1], {from.partition, static_cast<std::int64_t>(i)}, 1});
        return out;
    }
    Result<std::vector<std::int64_t>> ends(std::string_view) override {
        std::vector<std::int64_t> out;
        out.reserve(partitions.size());
        for (const auto& p : partitions) out.push_back(static_cast<std::int64_t>(p.size()));
        return out;
    }
    Result<void> create_topic(std::string_view, ports::TopicOptions) override { return {}; }
    Result<std::vector<std::string>> topics() override { return none(); }
    Result<void> publish(std::string_view, std::vector<Event>, ports::Acknowledge, std::chrono::milliseconds) override { return none(); }
    Result<std::unique_ptr<ports::Subscription>> subscribe(std::string_view, std::string_view, ports::SubscribeOptions) override { return none(); }
    Result<std::vector<std::int64_t>> firsts(std::string_view) override { return none(); }
    Result<std::vector<std::string>> groups(std::string_view) override { return none(); }
    Result<std::vector<std::int64_t>> committed(std::string_view, std::string_view) override { return none(); }
    Result<void> start_over(std::string_view, std::string_view) override { return none(); }
    Result<std::vector<ports::DeadLetter>> dead_letters(std::string_view, std::string_view) override { return none(); }
    Result<std::int64_t> retain(std::string_view, const ports::RetentionRule&) override { return none(); }
    Result<void> health() override { return {}; }

  private:
    static std::unexpected<Error> none() { return fail(ErrorCode::failed, "not of this bus"); }
};

TEST(settings_follower, events_change_hot_settings_and_bad_ones_change_nothing) {
    ReadableBus bus;
    const auto log = *Log::open({});
    std::vector<SettingSpec> specs{{.name = "LEVEL", .fallback = "info", .hot = true}, {.name = "COLD"}, {.name = "SHARE", .kind = SettingKind::number, .fallback = "1", .hot = true}};
    const auto settings = *Settings::load(specs, [](const std::string&) { return std::nullopt; }, {});
    UuidMaker ids(1);
    const auto publish = [&](const std::string& key, const std::string& value) {
        v1::SettingChanged change;
        change.set_key(key);
        change.set_new_value(value);
        bus.partitions[key.size() % 2].push_back(*pack(change, {.id = ids.next({1}), .source = "/test", .tenant = "default", .time = {1}, .trace = std::nullopt}));
    };
    publish("LEVEL", "debug");
    publish("SHARE", "much");
    publish("COLD", "x");
    publish("UNKNOWN", "x");
    SettingsFollower follower(bus, *settings, *log);
    EXPECT_EQ(follower.follow(), 1);
    EXPECT_EQ(settings->text("LEVEL"), "debug");
    EXPECT_EQ(settings->text("SHARE"), "1");
    EXPECT_EQ(settings->text("COLD"), "");
    EXPECT_EQ(follower.follow(), 0);
    publish("SHARE", "0.5");
    EXPECT_EQ(follower.follow(), 1);
    EXPECT_EQ(settings->number("SHARE"), 0.5);
}

}  // namespace
}  // namespace aitrading::kit

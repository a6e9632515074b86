#include "kit/requests/watchers.hpp"

#include <gtest/gtest.h>

#include "aitrading/v1/status.pb.h"

namespace aitrading::kit {
namespace {

/// Counts what is sent to it.
class Counted final : public ReplyStream {
  public:
    bool send(const google::protobuf::Message&) override {
        ++sent;
        return !slow;
    }
    void on_close(std::function<void()> call) override {
        if (gone) call();
        else close = std::move(call);
    }
    void end() override { ended = true; }
    int sent = 0;
    bool slow = false, gone = false, ended = false;
    std::function<void()> close;
};

v1::GetStatusReply of(const char* service) {
    v1::GetStatusReply out;
    out.add_services()->set_service(service);
    return out;
}

Watchers::Wants only(const std::string& service) {
    return [service](const google::protobuf::Message& reply) { return static_cast<const v1::GetStatusReply&>(reply).services(0).service() == service; };
}

TEST(Watchers, send_to_those_who_asked_and_let_the_slow_and_the_gone_go) {
    Watchers watchers;
    const auto a = std::make_shared<Counted>(), b = std::make_shared<Counted>(), slow = std::make_shared<Counted>();
    slow->slow = true;
    ASSERT_TRUE(watchers.add(only("a"), a) && watchers.add(only("b"), b) && watchers.add(only("a"), slow));
    watchers.send(of("a"));
    EXPECT_EQ(std::tuple(a->sent, b->sent, slow->sent), std::tuple(1, 0, 1));
    EXPECT_EQ(watchers.size(), 2U);
    a->close();
    watchers.send(of("a"));
    EXPECT_EQ(a->sent, 1);
    EXPECT_EQ(watchers.size(), 1U);
}

TEST(Watchers, are_bounded_and_end_once) {
    Watchers watchers(2);
    const auto stays = std::make_shared<Counted>(), gone = std::make_shared<Counted>(), third = std::make_shared<Counted>();
    gone->gone = true;
    ASSERT_TRUE(watchers.add(only("a"), stays) && watchers.add(only("a"), gone));
    ASSERT_TRUE(watchers.add(only("a"), third)) << "who has gone makes room";
    const auto refused = watchers.add(only("a"), std::make_shared<Counted>());
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().retry_helps);
    watchers.end();
    EXPECT_TRUE(stays->ended && third->ended && !gone->ended);
    EXPECT_FALSE(watchers.add(only("a"), stays));
    watchers.send(of("a"));
    EXPECT_EQ(stays->sent, 0);
}

}  // namespace
}  // namespace aitrading::kit

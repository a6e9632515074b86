#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "aitrading/v1/inference.pb.h"
#include "kit/rpc/sent_replies.hpp"

namespace aitrading::kit {
namespace {

/// gRPC's side as it behaves: writes end on another thread, one at a time, and after the end nothing comes.
class Wire final : public RpcOut {
  public:
    explicit Wire(std::size_t bytes_max) : replies(std::make_shared<SentReplies>(static_cast<RpcOut&>(*this), bytes_max)), thread_([this] { run(); }) {}
    ~Wire() override {
        thread_.join();
        replies->gone();
    }
    void write(std::string bytes) override {
        EXPECT_FALSE(writing_.exchange(true)) << "two writes at once";
        EXPECT_FALSE(finished_);
        v1::WatchPredictionsReply reply;
        EXPECT_TRUE(reply.ParseFromString(bytes));
        seen.push_back(static_cast<int>(reply.missed()));
    }
    void finish(const RpcEnd& end) override {
        code = end.code;
        EXPECT_FALSE(finished_.exchange(true)) << "finished twice";
    }
    std::shared_ptr<SentReplies> replies;
    std::vector<int> seen;  ///< of whoever writes: one at a time
    std::atomic<RpcCode> code = RpcCode::unknown;

  private:
    void run() {
        while (!finished_) {
            if (writing_.exchange(false)) replies->written(true);
            else std::this_thread::yield();
        }
    }
    std::atomic<bool> writing_{false}, finished_{false};
    std::thread thread_;
};

v1::WatchPredictionsReply numbered(int i) {
    v1::WatchPredictionsReply reply;
    reply.set_missed(i);
    return reply;
}

TEST(sent_replies, many_senders_and_a_slow_wire_keep_each_senders_order) {
    std::vector<int> seen;
    {
        Wire wire(std::size_t{1} << 20);
        std::vector<std::thread> senders;
        senders.reserve(4);
        for (int s = 0; s < 4; ++s)
            senders.emplace_back([&, s] {
                for (int i = 0; i < 500; ++i) EXPECT_TRUE(wire.replies->send(numbered(s * 1'000 + i + 1)));
            });
        for (std::thread& sender : senders) sender.join();
        wire.replies->end();
        while (wire.code == RpcCode::unknown) std::this_thread::yield();
        seen = wire.seen;
    }
    EXPECT_EQ(seen.size(), 2'000U);
    for (int s = 0; s < 4; ++s) {
        int last = 0;
        for (const int i : seen) {
            if (i / 1'000 != s) continue;
            EXPECT_GT(i, std::exchange(last, i));
        }
    }
}

TEST(sent_replies, a_reader_who_leaves_meanwhile_is_told_of_once) {
    for (int round = 0; round < 50; ++round) {
        std::atomic<int> told = 0;
        {
            Wire wire(1'000);
            wire.replies->on_close([&] { ++told; });
            std::thread sender([replies = wire.replies] {
                for (int i = 0; i < 100 && replies->send(numbered(i)); ++i) {
                }
                replies->end();
            });
            wire.replies->cancelled();
            sender.join();
            EXPECT_FALSE(wire.replies->send(numbered(1)));
        }
        EXPECT_EQ(told, 1);
    }
}

TEST(open_streams, all_are_ended_once_and_none_comes_late) {
    for (int round = 0; round < 20; ++round) {
        OpenStreams streams;
        std::vector<std::unique_ptr<Wire>> wires;
        wires.reserve(8);
        for (int i = 0; i < 8; ++i) wires.push_back(std::make_unique<Wire>(1'000));
        std::thread entering([&] {
            for (const auto& wire : wires)
                if (!streams.enter(wire->replies)) wire->replies->finish({RpcCode::unavailable, "late"});
        });
        streams.end_all();
        entering.join();
        streams.end_all();
        for (const auto& wire : wires) streams.leave(wire->replies.get());
    }
}

}  // namespace
}  // namespace aitrading::kit

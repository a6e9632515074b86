#include "serving/journal/service/journal_requests.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>

#include "aitrading/v1/journal.pb.h"
#include "aitrading/v1/risk.pb.h"
#include "engines/event_bus/journal/journal.hpp"
#include "kit/contracts/contracts.hpp"

namespace aitrading::serving {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

constexpr const char* topic = "risk.commands";

/// What a reader of a stream has heard.
class Heard final : public kit::ReplyStream {
  public:
    bool send(const google::protobuf::Message& reply) override {
        const std::lock_guard lock(mutex_);
        events_.push_back(static_cast<const v1::StoredEvent&>(reply));
        came_.notify_all();
        return true;
    }
    void on_close(std::function<void()> call) override { close_ = std::move(call); }
    void end() override {
        const std::lock_guard lock(mutex_);
        ended = true;
        came_.notify_all();
    }
    std::vector<v1::StoredEvent> wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        came_.wait_for(lock, std::chrono::seconds(20), [&] { return events_.size() >= count || ended; });
        return events_;
    }
    void leave() { close_(); }
    bool ended = false;

  private:
    std::mutex mutex_;
    std::condition_variable came_;
    std::vector<v1::StoredEvent> events_;
    std::function<void()> close_;
};

class JournalOnRequest : public testing::Test {
  protected:
    JournalOnRequest() {
        std::filesystem::remove_all(folder);
        bus = engines::open_journal({.folder = folder, .limits = {}, .file_system = {}}).value();
        for (const char* name : {topic, "ops.load", "orders.events"}) EXPECT_TRUE(bus->create_topic(name, {}));
        requests = std::make_unique<JournalRequests>(*bus, JournalRequests::Options{.may_publish = [](const std::string& name) { return name != "orders.commands"; },
                                                                                   .checks = [] { return std::vector<kit::StandingCheck::Found>{{"market.bars", {.checked = {5}, .compared = 7, .different = 1, .first_difference = "subject EURUSD"}}}; },
                                                                                   .now = [this] { return UnixNanos{++time}; },
                                                                                   .seed = 4});
        requests->add_to(handlers);
        requests->start();
    }
    ~JournalOnRequest() override {
        requests->stop();
        bus.reset();
        std::filesystem::remove_all(folder);
    }
    static kit::Call call(const std::string& tenant) { return {tenant, Deadline::after(std::chrono::steady_clock::now(), std::chrono::seconds(20)), {}}; }
    template <class Reply>
    Result<Reply> ask(const std::string& name, const google::protobuf::Message& request, const std::string& tenant = "default") {
        TRY(const auto reply, handlers.all().find("aitrading.v1.JournalService/" + name)->second.answer(request, call(tenant)));
        return static_cast<const Reply&>(*reply);
    }
    static v1::EventEnvelope envelope(const std::string& account, const std::string& type = "EngageKillSwitch") {
        v1::EventEnvelope out;
        out.set_type(type);
        out.set_data_json("{\"account\":\"" + account + "\",\"reason\":\"drill\"}");
        return out;
    }
    Result<v1::PublishEventsReply> publish(std::initializer_list<v1::EventEnvelope> events, const std::string& tenant = "default", const std::string& to = topic) {
        v1::PublishEventsRequest request;
        request.set_topic(to);
        for (const auto& event : events) *request.add_events() = event;
        return ask<v1::PublishEventsReply>("PublishEvents", request, tenant);
    }
    std::vector<std::string> subjects(const std::string& tenant, const std::string& only = "") {
        std::vector<std::string> out;
        for (int p = 0; p < 4; ++p) {
            v1::ReadEventsRequest request;
            request.set_topic(topic);
            request.set_partition(p);
            request.set_subject(only);
            const auto reply = ask<v1::ReadEventsReply>("ReadEvents", request, tenant).value();
            for (const auto& e : reply.events()) out.push_back(e.event().subject());
        }
        return out;
    }

    std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / ("journal_requests." + std::to_string(::getpid()));
    std::int64_t time = 1'700'000'000 * nanos_per_second;
    std::unique_ptr<ports::EventBus> bus;
    std::unique_ptr<JournalRequests> requests;
    kit::RequestHandlers handlers;
};

TEST_F(JournalOnRequest, takes_commands_of_the_callers_tenant_and_shows_them_to_it_alone) {
    const auto told = publish({envelope("main"), envelope("second")});
    ASSERT_TRUE(told) << told.error().text;
    EXPECT_EQ(told->receipts_size(), 2);
    ASSERT_TRUE(publish({envelope("theirs")}, "acme"));
    EXPECT_THAT(subjects("default"), UnorderedElementsAre("main", "second"));
    EXPECT_THAT(subjects("default", "main"), ElementsAre("main"));
    EXPECT_THAT(subjects("acme"), ElementsAre("theirs"));
    EXPECT_THAT(subjects("nobody"), ElementsAre());
    const int partition = partition_of("theirs", 4);
    v1::ReadEventsRequest request;
    request.set_topic(topic);
    request.set_partition(partition);
    request.set_as_json(true);
    const auto event = ask<v1::ReadEventsReply>("ReadEvents", request, "acme")->events(0).event();
    EXPECT_EQ(event.tenant(), "acme");
    EXPECT_EQ(event.source(), "/outside/acme");
    EXPECT_THAT(event.data_json(), HasSubstr("drill"));
}

TEST_F(JournalOnRequest, the_same_id_has_one_effect) {
    auto one = envelope("main");
    one.set_id(UuidMaker(8).next({time}).text());
    one.set_source("/desk/7");
    const auto first = publish({one}), again = publish({one});
    ASSERT_TRUE(first && again);
    EXPECT_FALSE(first->receipts(0).duplicate());
    EXPECT_TRUE(again->receipts(0).duplicate());
    EXPECT_EQ(first->receipts(0).position().offset(), again->receipts(0).position().offset());
    EXPECT_EQ(subjects("default").size(), 1U);
}

TEST_F(JournalOnRequest, refuses_what_may_not_come_from_outside) {
    const auto code = [](const auto& result) { return result ? std::string("taken") : std::string(name(result.error().code)) + ": " + result.error().text; };
    EXPECT_THAT(code(publish({envelope("main")}, "default", "orders.commands")), HasSubstr("gate_refused: events of orders.commands are not taken from outside"));
    EXPECT_THAT(code(publish({envelope("main", "TradingExecuted")}, "default", "orders.events")), HasSubstr("gate_refused: event 1: type 'TradingExecuted' says what happened"));
    EXPECT_THAT(code(publish({envelope("main", "TradingExecuted")})), HasSubstr("bad_input: event 1: type 'TradingExecuted': the contracts have no such event on risk.commands"));
    EXPECT_THAT(code(publish({envelope("main", "Nothing")})), HasSubstr("bad_input"));
    EXPECT_THAT(code(publish({envelope("main"), envelope("")})), HasSubstr("bad_input: event 2"));
    auto theirs = envelope("main");
    theirs.set_tenant("acme");
    EXPECT_THAT(code(publish({theirs})), HasSubstr("gate_refused: event 1: the event is of tenant 'acme', the caller is 'default'"));
    auto other = envelope("main");
    other.set_subject("second");
    EXPECT_THAT(code(publish({other})), HasSubstr("bad_input: event 1: subject 'second'"));
    auto old = envelope("main");
    old.set_id("00000000-0000-4000-8000-000000000001");
    EXPECT_THAT(code(publish({old})), HasSubstr("version 7"));
    EXPECT_THAT(code(publish({})), HasSubstr("bad_input"));
    EXPECT_THAT(subjects("default"), ElementsAre()) << "a publication is stored as a whole or not at all";
}

TEST_F(JournalOnRequest, takes_the_made_up_events_of_a_load) {
    v1::EventEnvelope event;
    event.set_type("ops.load.appended");
    event.set_subject("load-0");
    event.set_data("{\"n\":1}");
    ASSERT_TRUE(publish({event}, "default", "ops.load"));
    EXPECT_EQ(bus->read("ops.load", {partition_of("load-0", 4), 1}, {})->front().event.data, "{\"n\":1}");
}

TEST_F(JournalOnRequest, goes_on_where_the_last_reply_ended) {
    for (int i = 0; i < 25; ++i) ASSERT_TRUE(publish({envelope("main"), envelope("main")}, i % 2 == 0 ? "default" : "acme"));
    v1::ReadEventsRequest request;
    request.set_topic(topic);
    request.set_partition(partition_of("main", 4));
    request.set_events_max(7);
    std::size_t seen = 0;
    std::int64_t last = 0;
    for (int i = 0; i < 10; ++i) {
        const auto reply = ask<v1::ReadEventsReply>("ReadEvents", request).value();
        seen += static_cast<std::size_t>(reply.events_size());
        for (const auto& e : reply.events()) {
            EXPECT_GT(e.position().offset(), last);
            last = e.position().offset();
        }
        request.set_from_offset(reply.next_offset());
    }
    EXPECT_EQ(seen, 26U);
    EXPECT_EQ(request.from_offset(), 51);
    request.set_partition(9);
    EXPECT_EQ(ask<v1::ReadEventsReply>("ReadEvents", request).error().code, ErrorCode::not_found);
    request.set_partition(0);
    request.set_events_max(-1);
    EXPECT_EQ(ask<v1::ReadEventsReply>("ReadEvents", request).error().code, ErrorCode::bad_input);
}

TEST_F(JournalOnRequest, lists_topics_with_their_groups_for_the_platform_alone) {
    ASSERT_TRUE(publish({envelope("main")}));
    ASSERT_TRUE(bus->subscribe(topic, "risk", {}));
    const auto topics = ask<v1::ListTopicsReply>("ListTopics", v1::ListTopicsRequest()).value();
    const auto& one = *std::ranges::find_if(topics.topics(), [](const auto& t) { return t.topic() == topic; });
    EXPECT_THAT(one.types(), testing::Contains("EngageKillSwitch"));
    ASSERT_EQ(one.groups_size(), 1);
    EXPECT_EQ(one.groups(0).lag(), 1);
    EXPECT_EQ(one.ends_size(), 4);
    const auto theirs = ask<v1::ListTopicsReply>("ListTopics", v1::ListTopicsRequest(), "acme").value();
    for (const auto& t : theirs.topics()) EXPECT_EQ(t.groups_size(), 0);
}

TEST_F(JournalOnRequest, lists_dead_letters_of_the_caller) {
    ASSERT_TRUE(publish({envelope("main")}));
    {
        const auto member = bus->subscribe(topic, "risk", {.attempts_max = 1}).value();
        const auto some = member->poll({}).value();
        ASSERT_TRUE(member->reject(some[0].position, "no such account", {17}));
    }
    v1::ListDeadLettersRequest request;
    request.set_topic(topic);
    request.set_group("risk");
    const auto letters = ask<v1::ListDeadLettersReply>("ListDeadLetters", request).value();
    ASSERT_EQ(letters.letters_size(), 1);
    EXPECT_EQ(letters.letters(0).reason(), "no such account");
    EXPECT_EQ(letters.letters(0).stored().event().subject(), "main");
    EXPECT_EQ(ask<v1::ListDeadLettersReply>("ListDeadLetters", request, "acme")->letters_size(), 0);
    request.set_group("nobody");
    EXPECT_EQ(ask<v1::ListDeadLettersReply>("ListDeadLetters", request).error().code, ErrorCode::not_found);
}

TEST_F(JournalOnRequest, says_what_the_check_found) {
    const auto checks = ask<v1::ListChecksReply>("ListChecks", v1::ListChecksRequest()).value();
    ASSERT_EQ(checks.checks_size(), 1);
    EXPECT_EQ(checks.checks(0).differences(), 1);
    EXPECT_EQ(checks.checks(0).first_difference(), "subject EURUSD");
    EXPECT_EQ(ask<v1::ListChecksReply>("ListChecks", v1::ListChecksRequest(), "acme")->checks(0).first_difference(), "") << "others' subjects are not told";
}

TEST_F(JournalOnRequest, readers_hear_what_becomes_durable) {
    ASSERT_TRUE(publish({envelope("before")}));
    const auto watch = [&](const std::string& tenant, bool from_start, const std::string& subject) {
        auto heard = std::make_shared<Heard>();
        v1::WatchEventsRequest request;
        request.set_topic(topic);
        request.set_from_start(from_start);
        request.set_subject(subject);
        request.set_as_json(true);
        EXPECT_TRUE(handlers.all().find("aitrading.v1.JournalService/WatchEvents")->second.open(request, call(tenant), heard));
        return heard;
    };
    const auto all = watch("default", true, ""), new_ones = watch("default", false, ""), one = watch("default", true, "second"), theirs = watch("acme", true, "");
    for (const char* account : {"second", "third", "second"}) ASSERT_TRUE(publish({envelope(account)}));
    ASSERT_TRUE(publish({envelope("theirs")}, "acme"));
    EXPECT_EQ(all->wait_for(4).size(), 4U);
    EXPECT_EQ(new_ones->wait_for(3).size(), 3U);
    EXPECT_EQ(one->wait_for(2).size(), 2U);
    ASSERT_EQ(theirs->wait_for(1).size(), 1U);
    EXPECT_EQ(theirs->wait_for(1)[0].event().subject(), "theirs");
    one->leave();
    v1::WatchEventsRequest nowhere;
    nowhere.set_topic("nowhere");
    EXPECT_EQ(handlers.all().find("aitrading.v1.JournalService/WatchEvents")->second.open(nowhere, call("default"), all).error().code, ErrorCode::not_found);
    requests->stop();
    EXPECT_TRUE(all->ended);
}

}  // namespace
}  // namespace aitrading::serving

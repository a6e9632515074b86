#include <thread>

#include "engines/table_store/postgres/tests/cutting_proxy.hpp"
#include "engines/table_store/postgres/tests/postgres_ground.hpp"

namespace aitrading::engines {
namespace {

using namespace ports;
using namespace ports::conformance::tables;

Result<std::unique_ptr<TableStore>> open_store(const PostgresTablesOptions& options) {
    TRY(auto engine, open_postgres_tables(options));
    return TableStore::open(std::move(engine), {steps(), test_cipher()});
}

class PostgresFaults : public testing::Test {
  protected:
    void SetUp() override {
        AIT_NEEDS_POSTGRES();
        ground_ = std::make_unique<PostgresGround>(test_postgres());
        open(ground_->options());
    }
    void open(const PostgresTablesOptions& options) {
        auto store = open_store(options);
        ASSERT_TRUE(store) << store.error().text;
        store_ = std::move(*store);
    }
    std::string users() { return first_of(rows(*store_, "t1", "users").value()); }
    /// The test server's address, with another port.
    PostgresTablesOptions through(int port) const {
        PostgresTablesOptions options = ground_->options();
        const std::size_t colon = options.url.find(':', options.url.find('@')), slash = options.url.find('/', colon);
        options.url.replace(colon + 1, slash - colon - 1, std::to_string(port));
        return options;
    }
    int server_port() const {
        const std::string url = test_postgres();
        return std::stoi(url.substr(url.find(':', url.find('@')) + 1));
    }

    std::unique_ptr<PostgresGround> ground_;
    std::unique_ptr<TableStore> store_;
};

TEST_F(PostgresFaults, a_connection_lost_in_a_transaction_undoes_it_and_the_next_one_goes) {
    auto t = store_->begin("t1", Access::write);
    ASSERT_TRUE(t);
    ASSERT_TRUE(t->put("users", user("a").row()));
    ground_->end_connections();
    const auto lost = t->put("users", user("b").row());
    ASSERT_FALSE(lost);
    EXPECT_TRUE(lost.error().retry_helps) << lost.error().text;
    EXPECT_EQ(t->commit().error().text, lost.error().text) << "it is over";
    EXPECT_EQ(users(), "");
    ASSERT_TRUE(store_->apply("t1", {{.table = "users", .values = user("c").row()}}));
    EXPECT_EQ(users(), "c");
}

TEST_F(PostgresFaults, connections_lost_while_nobody_used_them_are_replaced_unnoticed) {
    {
        const auto one = store_->begin("t1", Access::read), two = store_->begin("t1", Access::read), three = store_->begin("t1", Access::read);
        ASSERT_TRUE(one && two && three);
    }
    ground_->end_connections();
    const auto went = store_->apply("t1", {{.table = "users", .values = user("a").row()}});
    EXPECT_TRUE(went) << went.error().text;
    EXPECT_EQ(users(), "a");
}

TEST_F(PostgresFaults, a_commit_whose_answer_was_lost_is_asked_for) {
    CuttingProxy proxy(server_port());
    open(through(proxy.port()));
    proxy.cut_at(CuttingProxy::Cut::after);
    const auto done = store_->apply("t1", {{.table = "users", .values = user("a").row()}});
    EXPECT_TRUE(proxy.has_cut());
    EXPECT_TRUE(done) << done.error().text;
    EXPECT_EQ(users(), "a");
    proxy.cut_at(CuttingProxy::Cut::before);
    const auto undone = store_->apply("t1", {{.table = "users", .values = user("b").row()}});
    EXPECT_TRUE(proxy.has_cut());
    ASSERT_FALSE(undone) << "it never reached the server";
    EXPECT_TRUE(undone.error().retry_helps) << undone.error().text;
    EXPECT_EQ(users(), "a");
    proxy.cut_at(CuttingProxy::Cut::before);
    ASSERT_TRUE(put(*store_, "t1", "users", user("c").row())) << "in_transaction runs it again";
    EXPECT_EQ(users(), "a c");
    store_.reset();
}

TEST_F(PostgresFaults, of_two_that_contradict_each_other_one_is_told_to_run_again) {
    for (const char* id : {"a", "b"}) ASSERT_TRUE(put(*store_, "t1", "users", user(id, 1).row()));
    auto first = store_->begin("t1", Access::write), second = store_->begin("t1", Access::write);
    ASSERT_TRUE(first && second);
    for (Transaction* t : {&*first, &*second}) ASSERT_EQ(t->scan("users", {.index = "by_logins", .equal = {std::int64_t{1}}})->rows.size(), 2U);
    ASSERT_TRUE(first->put("users", user("a", 0).row()));
    ASSERT_TRUE(first->commit());
    auto late = second->put("users", user("b", 0).row()).has_value() ? second->commit() : Result<void>(fail(ErrorCode::failed, "refused earlier", true));
    ASSERT_FALSE(late);
    EXPECT_TRUE(late.error().retry_helps) << late.error().text;
}

TEST_F(PostgresFaults, a_lock_is_not_waited_for_without_end) {
    PostgresTablesOptions options = ground_->options();
    options.statement_wait = std::chrono::milliseconds(150);
    open(options);
    auto holder = store_->begin("t1", Access::write);
    ASSERT_TRUE(holder && holder->put("users", user("a").row()));
    const auto blocked = store_->apply("t1", {{.table = "users", .values = user("a").row()}});
    ASSERT_FALSE(blocked);
    EXPECT_TRUE(blocked.error().retry_helps) << blocked.error().text;
    ASSERT_TRUE(holder->commit());
}

TEST_F(PostgresFaults, what_somebody_else_changed_is_found) {
    ASSERT_TRUE(store_->verify());
    ASSERT_TRUE(ground_->run("ALTER TABLE \"" + ground_->options().schema + "\".usage DROP COLUMN amount"));
    EXPECT_EQ(store_->verify().error().code, ErrorCode::gate_refused);
}

TEST(PostgresTables, says_what_cannot_be_reached_without_its_password) {
    const auto refused = open_postgres_tables({.url = "postgresql://me:hush@127.0.0.1:1/db"});
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().retry_helps);
    EXPECT_EQ(refused.error().text.find("hush"), std::string::npos) << refused.error().text;
    EXPECT_EQ(open_postgres_tables({.url = "", .schema = "a\"b"}).error().code, ErrorCode::usage);
}

}  // namespace
}  // namespace aitrading::engines

#include <cstdlib>

#include "aitrading/v1/database.pb.h"
#include "engines/key_value/redis/redis_store.hpp"
#include "engines/table_store/postgres/link.hpp"
#include "engines/table_store/postgres/postgres_tables.hpp"
#include "serving/database/service/tests/served.hpp"

namespace aitrading::serving {
namespace {

/// The same requests over the engines of a split platform; each test has a schema and a space of its own.
struct OnServers : testing::Test {
    const char* postgres = std::getenv("AITRADING_TEST_POSTGRES");
    const char* redis = std::getenv("AITRADING_TEST_REDIS");
    const std::string schema = "test_database_" + std::to_string(::getpid());
    Served served;

    void SetUp() override {
        if (postgres == nullptr || redis == nullptr) GTEST_SKIP() << "no PostgreSQL or Redis server: AITRADING_TEST_POSTGRES, AITRADING_TEST_REDIS; ./dev test --with-servers sets them";
        open();
    }
    void TearDown() override {
        served.state->close();
        if (postgres == nullptr) return;
        const auto link = engines::postgres::Link::open({.url = postgres});
        ASSERT_TRUE(link);
        EXPECT_TRUE((*link)->run("DROP SCHEMA IF EXISTS \"" + schema + "\" CASCADE"));
    }
    void open() {
        served.state->close();
        DatabaseStores stores = served.stores();
        auto engine = engines::open_postgres_tables({.url = postgres, .schema = schema, .pool = {}});
        ASSERT_TRUE(engine) << error_of(engine);
        auto tables = ports::TableStore::open(*std::move(engine), {.migrations = test_steps(), .cipher = ports::conformance::tables::test_cipher()});
        ASSERT_TRUE(tables) << error_of(tables);
        stores.tables = *std::move(tables);
        auto values = engines::open_redis_store({.address = redis, .space = "test-database-" + std::to_string(::getpid())});
        ASSERT_TRUE(values) << error_of(values);
        stores.values = *std::move(values);
        served.state->open(std::move(stores));
    }
};

TEST_F(OnServers, rows_are_written_once_and_read_by_page_also_after_a_new_start) {
    v1::WriteRowsRequest request;
    for (int i = 0; i < 5; ++i) {
        v1::RowWrite& write = *request.add_writes();
        write.set_table("notes");
        auto& cells = *write.mutable_put()->mutable_cells();
        cells["id"].set_text("n" + std::to_string(i));
        cells["number"].set_integer(i);
    }
    request.set_idempotency_key("k");
    for (int round = 0; round < 2; ++round) {
        const auto written = served.ask<v1::WriteRowsReply>("TableService/WriteRows", request);
        ASSERT_TRUE(written) << error_of(written);
        EXPECT_EQ(written->written(), 5);
        open();
    }
    v1::ListRowsRequest list;
    list.set_table("notes");
    list.set_rows_max(2);
    std::string seen;
    do {
        const auto page = served.ask<v1::ListRowsReply>("TableService/ListRows", list);
        ASSERT_TRUE(page) << error_of(page);
        for (const v1::TableRow& row : page->rows()) seen += row.cells().at("id").text() + " ";
        list.set_page(page->next_page());
    } while (!list.page().empty());
    EXPECT_EQ(seen, "n0 n1 n2 n3 n4 ");
}

TEST_F(OnServers, values_and_their_quota_are_seen_by_a_second_process) {
    served.state->set_limits({.values_max = 3});
    v1::PutValueRequest put;
    put.set_value("v");
    for (int i = 0; i < 3; ++i) {
        put.set_key("k" + std::to_string(i));
        ASSERT_TRUE(served.ask<v1::PutValueReply>("KeyValueService/PutValue", put)->stored());
    }
    Served second({.values_max = 3});
    second.state->close();
    DatabaseStores stores = second.stores();
    stores.values = (*served.state->stores())->values;
    second.state->open(std::move(stores));
    put.set_key("k3");
    EXPECT_EQ(code_of(second.ask<v1::PutValueReply>("KeyValueService/PutValue", put)), ErrorCode::gate_refused) << "it counts what is there";
    v1::DeleteValueRequest remove;
    for (int i = 0; i < 3; ++i) {
        remove.set_key("k" + std::to_string(i));
        EXPECT_TRUE(served.ask<v1::DeleteValueReply>("KeyValueService/DeleteValue", remove)->removed());
    }
    second.pass(std::chrono::seconds(3));
    EXPECT_TRUE(second.ask<v1::PutValueReply>("KeyValueService/PutValue", put)->stored());
    remove.set_key("k3");
    EXPECT_TRUE(second.ask<v1::DeleteValueReply>("KeyValueService/DeleteValue", remove)->removed());
}

TEST_F(OnServers, labels_of_objects_lie_in_the_tables) {
    v1::PutObjectRequest put;
    put.set_content("a report");
    put.set_label("reports/1");
    put.set_last(true);
    ASSERT_TRUE(served.ask<v1::PutObjectReply>("ArchiveService/PutObject", put));
    v1::ListObjectsRequest list;
    list.set_label_prefix("reports/");
    const auto listed = served.ask<v1::ListObjectsReply>("ArchiveService/ListObjects", list);
    ASSERT_TRUE(listed) << error_of(listed);
    ASSERT_EQ(listed->objects_size(), 1);
    EXPECT_EQ(listed->objects(0).label(), "reports/1");
}

}  // namespace
}  // namespace aitrading::serving

#include <gmock/gmock.h>

#include "aitrading/v1/database.pb.h"
#include "serving/database/service/tests/served.hpp"

namespace aitrading::serving {
namespace {

using testing::HasSubstr;

v1::RowWrite put_note(const std::string& id, std::int64_t number) {
    v1::RowWrite write;
    write.set_table("notes");
    auto& cells = *write.mutable_put()->mutable_cells();
    cells["id"].set_text(id);
    cells["number"].set_integer(number);
    return write;
}

v1::RowWrite remove_note(const std::string& id) {
    v1::RowWrite write;
    write.set_table("notes");
    write.mutable_remove()->add_cells()->set_text(id);
    return write;
}

v1::WriteRowsRequest writes(const std::vector<v1::RowWrite>& all, const std::string& key = {}) {
    v1::WriteRowsRequest request;
    for (const v1::RowWrite& one : all) *request.add_writes() = one;
    request.set_idempotency_key(key);
    return request;
}

struct Tables : testing::Test {
    Served served;
    Result<v1::WriteRowsReply> write(const v1::WriteRowsRequest& request, const std::string& tenant = "default") { return served.ask<v1::WriteRowsReply>("TableService/WriteRows", request, tenant); }
    Result<v1::GetRowReply> get(const std::string& table, const std::string& id, const std::string& tenant = "default") {
        v1::GetRowRequest request;
        request.set_table(table);
        request.add_key()->set_text(id);
        return served.ask<v1::GetRowReply>("TableService/GetRow", request, tenant);
    }
    Result<v1::ListRowsReply> list(const v1::ListRowsRequest& request, const std::string& tenant = "default") { return served.ask<v1::ListRowsReply>("TableService/ListRows", request, tenant); }
};

TEST_F(Tables, list_what_there_is_and_what_may_be_written) {
    const auto reply = served.ask<v1::ListTablesReply>("TableService/ListTables", v1::ListTablesRequest());
    ASSERT_TRUE(reply);
    std::string seen;
    for (const v1::TableSummary& table : reply->tables()) seen += table.table() + (table.writable() ? "+ " : " ");
    EXPECT_EQ(seen, "accounts+ notes+ usage ") << "the service's own are not shown";
    const v1::TableSummary& accounts = reply->tables(0);
    EXPECT_TRUE(accounts.columns(2).secret());
    EXPECT_EQ(accounts.columns(2).type(), v1::CELL_TYPE_TEXT);
    EXPECT_EQ(accounts.key(0), "id");
    EXPECT_TRUE(accounts.indexes(0).unique());
}

TEST_F(Tables, rows_come_back_as_written_in_every_type) {
    v1::RowWrite write = put_note("a", -7);
    (*write.mutable_put()->mutable_cells())["share"].set_real(0.25);
    ASSERT_EQ(write.put().cells_size(), 3);
    const auto written = this->write(writes({write}));
    ASSERT_TRUE(written) << error_of(written);
    EXPECT_EQ(written->written(), 1);
    const auto row = get("notes", "a");
    ASSERT_TRUE(row && row->found());
    EXPECT_EQ(row->row().cells().at("number").integer(), -7);
    EXPECT_EQ(row->row().cells().at("share").real(), 0.25);
    EXPECT_EQ(row->row().cells().at("body").value_case(), v1::Cell::VALUE_NOT_SET) << "not known";
    EXPECT_GT(row->row().version(), 0);
    EXPECT_FALSE(get("notes", "b")->found());
}

TEST_F(Tables, writes_are_one_step) {
    v1::RowWrite impossible = put_note("c", 1);
    impossible.set_condition(v1::RowWrite::CONDITION_PRESENT);
    const auto refused = write(writes({put_note("a", 1), impossible}));
    EXPECT_EQ(code_of(refused), ErrorCode::gate_refused);
    EXPECT_THAT(error_of(refused), HasSubstr("write 2:"));
    EXPECT_FALSE(get("notes", "a")->found());
    EXPECT_EQ(write(writes({put_note("a", 1), remove_note("nobody")}))->written(), 1);
}

TEST_F(Tables, conditions_and_versions_hold) {
    v1::RowWrite absent = put_note("a", 1);
    absent.set_condition(v1::RowWrite::CONDITION_ABSENT);
    EXPECT_TRUE(write(writes({absent})));
    EXPECT_EQ(code_of(write(writes({absent}))), ErrorCode::gate_refused);
    const std::int64_t version = get("notes", "a")->row().version();
    v1::RowWrite next = put_note("a", 2);
    next.set_expected_version(version);
    EXPECT_TRUE(write(writes({next})));
    EXPECT_EQ(code_of(write(writes({next}))), ErrorCode::gate_refused) << "it has another version now";
    next.set_condition(v1::RowWrite::CONDITION_PRESENT);
    EXPECT_THAT(error_of(write(writes({next}))), HasSubstr("not both"));
}

TEST_F(Tables, a_repeated_call_has_no_second_effect) {
    EXPECT_EQ(write(writes({put_note("a", 1), put_note("b", 2)}, "k1"))->written(), 2);
    EXPECT_TRUE(write(writes({put_note("a", 5)})));
    EXPECT_EQ(write(writes({put_note("a", 1), put_note("b", 2)}, "k1"))->written(), 2) << "the answer of the first";
    EXPECT_EQ(get("notes", "a")->row().cells().at("number").integer(), 5) << "and no effect";
    EXPECT_THAT(error_of(write(writes({put_note("a", 9)}, "k1"))), HasSubstr("used for other writes"));
    EXPECT_TRUE(write(writes({put_note("a", 9)}, "k1"), "other")) << "another tenant's keys are its own";
    const auto failed = write(writes({put_note("c", 1), put_note("", 1), v1::RowWrite()}, "k2"));
    EXPECT_FALSE(failed);
    EXPECT_TRUE(write(writes({put_note("c", 1)}, "k2"))) << "what failed took no key";
    served.pass(std::chrono::hours(24 * 8));
    EXPECT_EQ(write(writes({put_note("a", 1), put_note("b", 2)}, "k1"))->written(), 2);
    EXPECT_EQ(get("notes", "a")->row().cells().at("number").integer(), 1) << "a week later it is another call";
}

TEST_F(Tables, old_idempotency_keys_are_removed_by_new_ones) {
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(write(writes({put_note("a", i)}, "k" + std::to_string(i))));
    served.pass(std::chrono::hours(24 * 8));
    for (int i = 0; i < 4; ++i) ASSERT_TRUE(write(writes({put_note("a", i)}, "n" + std::to_string(i))));
    auto transaction = (*served.state->stores())->tables->begin("default", ports::Access::read);
    ASSERT_TRUE(transaction);
    EXPECT_EQ(transaction->scan("service_writes", {.equal = {}, .from = {}, .to = {}, .after = {}})->rows.size(), 4U);
}

TEST_F(Tables, only_open_tables_are_written_and_the_services_own_are_not_there) {
    v1::RowWrite write;
    write.set_table("usage");
    (*write.mutable_put()->mutable_cells())["day"].set_integer(1);
    const auto refused = this->write(writes({write}));
    EXPECT_EQ(code_of(refused), ErrorCode::gate_refused);
    EXPECT_THAT(error_of(refused), HasSubstr("read only"));
    for (const char* hidden : {"service_writes", "object_labels", "nothing", ""}) {
        EXPECT_EQ(code_of(get(hidden, "a")), ErrorCode::not_found) << hidden;
        v1::ListRowsRequest request;
        request.set_table(hidden);
        EXPECT_EQ(code_of(list(request)), ErrorCode::not_found) << hidden;
        write.set_table(hidden);
        EXPECT_EQ(code_of(this->write(writes({write}))), ErrorCode::not_found) << hidden;
    }
}

TEST_F(Tables, secrets_are_kept_and_never_given_out) {
    v1::RowWrite write;
    write.set_table("accounts");
    auto& cells = *write.mutable_put()->mutable_cells();
    cells["id"].set_text("u");
    cells["email"].set_text("a@b");
    cells["password"].set_text("hunter2");
    ASSERT_TRUE(this->write(writes({write})));
    const auto row = get("accounts", "u");
    ASSERT_TRUE(row->found());
    EXPECT_FALSE(row->row().cells().contains("password"));
    EXPECT_EQ(row->SerializeAsString().find("hunter2"), std::string::npos);
    v1::ListRowsRequest all;
    all.set_table("accounts");
    EXPECT_EQ(list(all)->SerializeAsString().find("hunter2"), std::string::npos);
    const auto stored = [&] {
        auto transaction = (*served.state->stores())->tables->begin("default", ports::Access::read);
        return transaction->get("accounts", {std::string("u")}).value()->row;
    };
    cells.erase("password");
    cells["email"].set_text("c@d");
    ASSERT_TRUE(this->write(writes({write})));
    EXPECT_EQ(stored()[2], ports::Value(std::string("hunter2"))) << "a row that is read, changed and written back keeps it";
    cells["password"].Clear();
    ASSERT_TRUE(this->write(writes({write})));
    EXPECT_EQ(stored()[2], ports::Value()) << "named and not known: removed";
}

TEST_F(Tables, pages_go_on_behind_the_one_before) {
    std::vector<v1::RowWrite> all;
    all.reserve(25);
    for (int i = 0; i < 25; ++i) all.push_back(put_note("n" + std::to_string(100 + i), i % 5));
    ASSERT_TRUE(write(writes(all)));
    v1::ListRowsRequest request;
    request.set_table("notes");
    request.set_index("by_number");
    request.add_prefix()->set_integer(3);
    request.set_rows_max(2);
    std::string ids;
    for (int page = 0; page < 3; ++page) {
        const auto reply = list(request);
        ASSERT_TRUE(reply) << error_of(reply);
        for (const v1::TableRow& row : reply->rows()) ids += row.cells().at("id").text() + " ";
        EXPECT_EQ(reply->next_page().empty(), page == 2);
        request.set_page(reply->next_page());
    }
    EXPECT_EQ(ids, "n103 n108 n113 n118 n123 ");
}

TEST_F(Tables, marks_of_others_and_damaged_ones_are_refused) {
    for (int i = 0; i < 5; ++i) {
        ASSERT_TRUE(write(writes({put_note("n" + std::to_string(i), i)})));
        ASSERT_TRUE(write(writes({put_note("n" + std::to_string(i), i)}), "other"));
    }
    v1::ListRowsRequest request;
    request.set_table("notes");
    request.set_rows_max(2);
    const std::string mark = list(request)->next_page();
    ASSERT_FALSE(mark.empty());
    request.set_page(mark);
    EXPECT_TRUE(list(request));
    EXPECT_EQ(code_of(list(request, "other")), ErrorCode::bad_input) << "another tenant's";
    request.set_descending(true);
    EXPECT_FALSE(list(request)) << "of another order";
    request.set_descending(false);
    for (std::size_t i = 0; i < mark.size(); i += 3) {
        std::string damaged = mark;
        damaged[i] = static_cast<char>(damaged[i] ^ 4);
        request.set_page(damaged);
        EXPECT_EQ(code_of(list(request)), ErrorCode::bad_input) << i;
    }
}

TEST_F(Tables, what_does_not_fit_is_named) {
    v1::RowWrite unknown = put_note("a", 1);
    (*unknown.mutable_put()->mutable_cells())["colour"].set_text("red");
    EXPECT_THAT(error_of(write(writes({unknown}))), HasSubstr("write 1: table notes has no column 'colour'"));
    v1::RowWrite wrong = put_note("a", 1);
    (*wrong.mutable_put()->mutable_cells())["number"].set_text("seven");
    EXPECT_THAT(error_of(write(writes({wrong}))), HasSubstr("column number"));
    v1::RowWrite list_of_numbers = put_note("a", 1);
    (*list_of_numbers.mutable_put()->mutable_cells())["share"].mutable_reals()->add_values(1);
    EXPECT_THAT(error_of(write(writes({list_of_numbers}))), HasSubstr("histories"));
    EXPECT_THAT(error_of(write(writes({}))), HasSubstr("there are none"));
    EXPECT_THAT(error_of(write(writes({put_note("a", 1)}, std::string(201, 'k')))), HasSubstr("200 bytes"));
    EXPECT_EQ(code_of(write(writes({put_note(std::string(600, 'x'), 1)}))), ErrorCode::bad_input);
    v1::RowWrite huge = put_note("a", 1);
    (*huge.mutable_put()->mutable_cells())["body"].set_text(std::string((1 << 20) + 1, 'x'));
    EXPECT_THAT(error_of(write(writes({huge}))), HasSubstr("1 MiB"));
    v1::ListRowsRequest request;
    request.set_table("notes");
    request.set_rows_max(20'000);
    EXPECT_THAT(error_of(list(request)), HasSubstr("rows_max: 1 to 10000"));
    request.set_rows_max(-1);
    EXPECT_EQ(code_of(list(request)), ErrorCode::bad_input);
    request.set_rows_max(0);
    request.set_index("by_colour");
    EXPECT_FALSE(list(request));
    EXPECT_EQ(code_of(get("notes", "a", "no/tenant")), ErrorCode::usage);
}

TEST_F(Tables, a_deadline_that_has_passed_does_nothing) {
    const auto late = served.ask<v1::WriteRowsReply>("TableService/WriteRows", writes({put_note("a", 1)}), "default", std::chrono::milliseconds(0));
    EXPECT_EQ(code_of(late), ErrorCode::failed);
    EXPECT_TRUE(late.error().retry_helps);
    EXPECT_FALSE(get("notes", "a")->found());
}

TEST_F(Tables, a_page_is_bounded_in_bytes) {
    for (int i = 0; i < 8; ++i) {
        v1::RowWrite large = put_note("n" + std::to_string(i), i);
        (*large.mutable_put()->mutable_cells())["body"].set_text(std::string(700'000, 'x'));
        ASSERT_TRUE(write(writes({large})));
    }
    v1::ListRowsRequest request;
    request.set_table("notes");
    const auto page = list(request);
    ASSERT_TRUE(page);
    EXPECT_LT(page->ByteSizeLong(), std::size_t{3} << 20);
    EXPECT_FALSE(page->next_page().empty());
}

}  // namespace
}  // namespace aitrading::serving

#include <gtest/gtest.h>

#include "aitrading/v1/database.pb.h"
#include "serving/database/service/tests/served.hpp"

namespace aitrading::serving {
namespace {

using ports::HistoryType;

struct Histories : testing::Test {
    Served served;
    Histories() {
        EXPECT_TRUE(served.histories->define({"said", {{"word", HistoryType::text}, {"share", HistoryType::real}, {"list", HistoryType::reals}, {"at", HistoryType::time}}}));
        ports::HistoryBatch batch{"bus/said", {{0, 60}}, {}};
        for (std::int64_t i = 1; i <= 60; ++i) {
            ports::HistoryRow row{i % 3 == 0 ? "GOLD" : "EURUSD", {i * 100}, {"w" + std::to_string(i), 0.5, std::vector<double>{0.25, 0.75}, UnixNanos{i}}};
            if (i == 1) row.values[1] = std::monostate{};
            batch.entries.push_back({i <= 45 ? "default" : "acme", std::move(row), {0, i}});
        }
        EXPECT_TRUE(served.histories->append("said", batch));
        EXPECT_TRUE(served.histories->compact());
    }
    Result<v1::ReadHistoryReply> read(const v1::ReadHistoryRequest& request, const std::string& tenant = "default") { return served.ask<v1::ReadHistoryReply>("SeriesService/ReadHistory", request, tenant); }
    static v1::ReadHistoryRequest request_of(const std::string& symbol) {
        v1::ReadHistoryRequest request;
        request.set_history("said");
        request.set_symbol(symbol);
        return request;
    }
};

TEST_F(Histories, come_page_by_page_with_every_type_of_cell) {
    for (const int rows_max : {1, 7, 29, 30, 0}) {
        v1::ReadHistoryRequest request = request_of("EURUSD");
        request.set_rows_max(rows_max);
        std::vector<std::int64_t> known;
        do {
            const auto reply = read(request);
            ASSERT_TRUE(reply) << error_of(reply);
            for (const v1::TableRow& row : reply->rows()) {
                const auto& cells = row.cells();
                known.push_back(cells.at("known_at").instant_ns());
                EXPECT_EQ(cells.at("symbol").text(), "EURUSD");
                EXPECT_EQ(cells.at("word").text(), "w" + std::to_string(known.back() / 100));
                EXPECT_EQ(cells.at("at").instant_ns(), known.back() / 100);
                EXPECT_EQ(cells.at("list").reals().values_size(), 2);
                EXPECT_EQ(cells.at("share").value_case(), known.back() == 100 ? v1::Cell::VALUE_NOT_SET : v1::Cell::kReal);
            }
            request.set_page(reply->next_page());
        } while (!request.page().empty());
        EXPECT_EQ(known.size(), 30U);
        EXPECT_TRUE(std::ranges::is_sorted(known));
    }
}

TEST_F(Histories, a_span_and_some_columns_are_asked_for) {
    v1::ReadHistoryRequest request = request_of("GOLD");
    request.set_from_ns(300);
    request.set_to_ns(900);
    request.add_columns("list");
    const auto reply = read(request);
    ASSERT_TRUE(reply) << error_of(reply);
    ASSERT_EQ(reply->rows_size(), 2);
    EXPECT_EQ(reply->rows(0).cells_size(), 3);
}

TEST_F(Histories, no_tenant_reads_anothers) {
    EXPECT_EQ(read(request_of("GOLD"), "acme")->rows_size(), 5);
    EXPECT_EQ(read(request_of("GOLD"), "nobody")->rows_size(), 0);
    v1::ReadHistoryRequest request = request_of("GOLD");
    request.set_rows_max(1);
    request.set_page(read(request)->next_page());
    EXPECT_EQ(code_of(read(request, "acme")), ErrorCode::bad_input) << "another's page";
    const auto reply = served.ask<v1::ListHistoriesReply>("SeriesService/ListHistories", v1::ListHistoriesRequest(), "acme");
    ASSERT_TRUE(reply);
    ASSERT_EQ(reply->histories_size(), 1);
    EXPECT_EQ(reply->histories(0).columns(2).type(), v1::CELL_TYPE_REALS);
    ASSERT_EQ(reply->histories(0).symbols_size(), 2);
    EXPECT_EQ(reply->histories(0).symbols(1).rows(), 5);
    EXPECT_EQ(reply->histories(0).symbols(1).first_ns(), 4'800);
}

TEST_F(Histories, what_is_asked_wrongly_is_told) {
    v1::ReadHistoryRequest request = request_of("");
    EXPECT_EQ(code_of(read(request)), ErrorCode::bad_input);
    request = request_of("GOLD");
    request.set_history("none");
    EXPECT_EQ(code_of(read(request)), ErrorCode::not_found);
    request = request_of("GOLD");
    request.add_columns("none");
    EXPECT_EQ(code_of(read(request)), ErrorCode::bad_input);
    request = request_of("GOLD");
    request.set_page("no page");
    EXPECT_EQ(code_of(read(request)), ErrorCode::bad_input);
    request.clear_page();
    request.set_rows_max(-1);
    EXPECT_EQ(code_of(read(request)), ErrorCode::bad_input);
}

}  // namespace
}  // namespace aitrading::serving

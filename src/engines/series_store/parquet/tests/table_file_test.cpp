// Read back through DuckDB itself, which knows nothing of the writer.
#include "engines/series_store/parquet/table_file.hpp"

#include <duckdb.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "engines/series_store/parquet/tests/home_folder.hpp"

namespace aitrading::engines {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::int64_t hour_nanos = 3'600'000'000'000;

/// The first column of the first row of a query, as text.
std::string ask(const std::string& sql) {
    duckdb_database database = nullptr;
    duckdb_connection connection = nullptr;
    duckdb_result result;
    EXPECT_EQ(duckdb_open(nullptr, &database), DuckDBSuccess);
    EXPECT_EQ(duckdb_connect(database, &connection), DuckDBSuccess);
    const bool ok = duckdb_query(connection, ("SELECT (" + sql + ")::VARCHAR").c_str(), &result) == DuckDBSuccess;
    std::string out = ok ? "NULL" : duckdb_result_error(&result);
    if (char* text = ok ? duckdb_value_varchar(&result, 0, 0) : nullptr; text != nullptr) {
        out = text;
        duckdb_free(text);
    }
    duckdb_destroy_result(&result);
    duckdb_disconnect(&connection);
    duckdb_close(&database);
    return out;
}

class TableFileTest : public testing::Test {
  protected:
    TableFileTest() { std::filesystem::create_directories(folder_.path()); }
    std::filesystem::path out() const { return folder_.path() / "out.parquet"; }
    std::string read() const { return fmt::format("read_parquet('{}')", out().string()); }

    HomeFolder folder_;
};

/// Row i: time i hours after the epoch, `first` i, `second` i / 3 but missing at every fourth row.
TableSource counted(std::size_t rows, std::size_t at_once) {
    return [=, done = std::size_t{0}](TableBlock& block) mutable -> Result<std::size_t> {
        const std::size_t count = std::min({at_once, block.capacity(), rows - done});
        for (std::size_t i = 0; i < count; ++i, ++done) {
            block.time_nanos[i] = static_cast<std::int64_t>(done) * hour_nanos;
            block.columns[0][i] = static_cast<double>(done);
            block.columns[1][i] = done % 4 == 0 ? (done % 8 == 0 ? std::numeric_limits<double>::quiet_NaN()
                                                                 : std::numeric_limits<double>::infinity())
                                                : static_cast<double>(done) / 3;
        }
        return count;
    };
}

TEST_F(TableFileTest, another_reader_finds_every_value_and_nulls_where_none_is_known) {
    for (const std::size_t at_once : {1'000UZ, 5'000'000UZ}) {
        const auto rows = write_parquet_table(out(), {{"first", "rsi(14)"}, "{\"it's\": 1}"}, counted(10'000, at_once));
        ASSERT_TRUE(rows.has_value()) << rows.error().text;
        EXPECT_EQ(*rows, 10'000);
        EXPECT_THAT(folder_.files(), ElementsAre("out.parquet"));
        EXPECT_EQ(ask("SELECT count(*) FROM " + read()), "10000");
        EXPECT_EQ(ask("SELECT string_agg(column_name || ' ' || column_type, ', ') FROM (DESCRIBE SELECT * FROM " + read() + ")"),
                  "time TIMESTAMP_NS, first DOUBLE, rsi(14) DOUBLE");
        EXPECT_EQ(ask("SELECT time FROM " + read() + " WHERE first = 8761"), "1971-01-01 01:00:00");
        EXPECT_EQ(ask("SELECT count(*) FROM " + read() + " WHERE \"rsi(14)\" IS NULL"), "2500");
        EXPECT_EQ(ask("SELECT count(*) FROM " + read() + " WHERE first % 4 = 0 AND \"rsi(14)\" IS NULL"), "2500");
        EXPECT_EQ(ask("SELECT count(*) FROM " + read() + " WHERE \"rsi(14)\" = first / 3"), "7500");
        // Rows stand in the order in which they came.
        EXPECT_EQ(ask("SELECT count(*) FROM (SELECT first, file_row_number AS n FROM read_parquet('" + out().string() +
                      "', file_row_number = true)) WHERE first <> n"), "0");
        EXPECT_EQ(ask("SELECT decode(value) FROM parquet_kv_metadata('" + out().string() + "') WHERE decode(key) = 'aitrading'"),
                  "{\"it's\": 1}");
        EXPECT_EQ(ask("SELECT string_agg(DISTINCT compression) FROM parquet_metadata('" + out().string() + "')"), "ZSTD");
    }
}

TEST_F(TableFileTest, wide_tables_have_small_row_groups) {
    std::vector<std::string> names;
    names.reserve(104);
    for (int i = 0; i < 104; ++i) names.push_back(fmt::format("f{}", i));
    std::size_t left = 100'000;
    const auto rows = write_parquet_table(out(), {names, ""}, [&](TableBlock& block) -> Result<std::size_t> {
        const std::size_t count = std::min(left, block.capacity());
        left -= count;
        for (std::size_t i = 0; i < count; ++i) block.time_nanos[i] = 0;
        for (auto& column : block.columns) std::ranges::fill(column, 1.5);
        return count;
    });
    ASSERT_TRUE(rows.has_value()) << rows.error().text;
    EXPECT_EQ(ask("SELECT max(row_group_num_rows) FROM parquet_metadata('" + out().string() + "')"), "18432");
    EXPECT_EQ(ask("SELECT sum(f0 + f103) FROM " + read()), "300000.0");
}

TEST_F(TableFileTest, a_table_without_rows_keeps_its_columns) {
    ASSERT_EQ(*write_parquet_table(out(), {{"a"}, ""}, [](TableBlock&) { return Result<std::size_t>(0); }), 0);
    EXPECT_EQ(ask("SELECT count(*) FROM " + read()), "0");
    EXPECT_EQ(ask("SELECT count(*) FROM (DESCRIBE SELECT * FROM " + read() + ")"), "2");
}

TEST_F(TableFileTest, a_source_that_fails_leaves_what_was_there) {
    ASSERT_TRUE(write_parquet_table(out(), {{"first", "second"}, ""}, counted(10, 10)).has_value());
    int calls = 0;
    const auto stopped = write_parquet_table(out(), {{"a"}, ""}, [&](TableBlock& block) -> Result<std::size_t> {
        if (++calls > 30) return fail(ErrorCode::interrupted, "stopped on request");
        std::ranges::fill(block.time_nanos, 0);
        std::ranges::fill(block.columns[0], 1.0);
        return block.capacity();
    });
    ASSERT_FALSE(stopped.has_value());
    EXPECT_EQ(stopped.error().code, ErrorCode::interrupted);
    EXPECT_EQ(stopped.error().text, "stopped on request");
    EXPECT_THAT(folder_.files(), ElementsAre("out.parquet"));
    EXPECT_EQ(ask("SELECT count(*) FROM " + read()), "10");
}

TEST_F(TableFileTest, a_place_that_takes_no_file_is_named_with_a_remedy) {
    const auto none = write_parquet_table(folder_.path() / "no" / "out.parquet", {{"first", "second"}, ""}, counted(5, 5));
    ASSERT_FALSE(none.has_value());
    EXPECT_EQ(none.error().code, ErrorCode::failed);
    EXPECT_THAT(none.error().text, HasSubstr("no/out.parquet"));
    EXPECT_THAT(none.error().text, HasSubstr("--out"));
    const auto folder = write_parquet_table(folder_.path(), {{"first", "second"}, ""}, counted(5, 5));
    ASSERT_FALSE(folder.has_value());
    EXPECT_THAT(folder.error().text, HasSubstr("no file"));
}

}  // namespace
}  // namespace aitrading::engines

#include "engines/series_store/parquet/duck.hpp"

#include <duckdb.h>
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstring>
#include <optional>

#include "base/check.hpp"

namespace aitrading::engines {

struct Duck::Handles {
    duckdb_database database = nullptr;
    ~Handles() { duckdb_close(&database); }
};

namespace {

/// One connection, closed at the end of its scope. Connections of one database may be used by several threads.
class Connection {
  public:
    explicit Connection(duckdb_database database) {
        CHECK(duckdb_connect(database, &connection_) == DuckDBSuccess);
    }
    ~Connection() { duckdb_disconnect(&connection_); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    operator duckdb_connection() const { return connection_; }

    Result<void> run(const std::string& sql) const {
        duckdb_result result;
        const bool ok = duckdb_query(connection_, sql.c_str(), &result) == DuckDBSuccess;
        std::string text = ok ? "" : duckdb_result_error(&result);
        duckdb_destroy_result(&result);
        if (!ok) return fail(ErrorCode::failed, std::move(text));
        return {};
    }

  private:
    duckdb_connection connection_ = nullptr;
};

std::string quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'') out += '\'';
        out += c;
    }
    return out + "'";
}

Result<void> append_columns(duckdb_appender appender, const std::vector<std::span<const std::int64_t>>& columns) {
    duckdb_logical_type bigint = duckdb_create_logical_type(DUCKDB_TYPE_BIGINT);
    std::vector<duckdb_logical_type> types(columns.size(), bigint);
    duckdb_data_chunk chunk = duckdb_create_data_chunk(types.data(), types.size());
    const std::size_t rows = columns.front().size(), step = duckdb_vector_size();
    bool ok = true;
    for (std::size_t from = 0; from < rows && ok; from += step) {
        const std::size_t count = std::min(step, rows - from);
        for (std::size_t c = 0; c < columns.size(); ++c)
            std::memcpy(duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, c)), columns[c].data() + from,
                        count * sizeof(std::int64_t));
        duckdb_data_chunk_set_size(chunk, count);
        ok = duckdb_append_data_chunk(appender, chunk) == DuckDBSuccess;
    }
    duckdb_destroy_data_chunk(&chunk);
    duckdb_destroy_logical_type(&bigint);  // one handle, named once a column
    if (!ok) return fail(ErrorCode::failed, duckdb_appender_error(appender));
    return {};
}

/// A table function without arguments whose rows come from a TableSource. Lives as long as the query.
struct PulledTable {
    const std::vector<std::string>& names;
    const TableSource& source;
    std::optional<Error> error;
    std::int64_t rows = 0;

    static void bind(duckdb_bind_info info) {
        const auto& table = *static_cast<const PulledTable*>(duckdb_bind_get_extra_info(info));
        duckdb_logical_type time = duckdb_create_logical_type(DUCKDB_TYPE_TIMESTAMP_NS);
        duckdb_logical_type number = duckdb_create_logical_type(DUCKDB_TYPE_DOUBLE);
        duckdb_bind_add_result_column(info, "time", time);
        for (const std::string& name : table.names) duckdb_bind_add_result_column(info, name.c_str(), number);
        duckdb_destroy_logical_type(&time);
        duckdb_destroy_logical_type(&number);
    }
    static void init(duckdb_init_info info) { duckdb_init_set_max_threads(info, 1); }
    static void fill(duckdb_function_info info, duckdb_data_chunk chunk) {
        auto& table = *static_cast<PulledTable*>(duckdb_function_get_extra_info(info));
        const std::size_t capacity = duckdb_vector_size();
        const auto vector = [&](std::size_t column) { return duckdb_data_chunk_get_vector(chunk, column); };
        TableBlock block{{static_cast<std::int64_t*>(duckdb_vector_get_data(vector(0))), capacity}, {}};
        block.columns.reserve(table.names.size());
        for (std::size_t c = 1; c <= table.names.size(); ++c)
            block.columns.emplace_back(static_cast<double*>(duckdb_vector_get_data(vector(c))), capacity);
        const Result<std::size_t> got = table.source(block);
        if (!got) {
            table.error = got.error();
            duckdb_function_set_error(info, got.error().text.c_str());
            return;
        }
        CHECK(*got <= capacity);
        for (std::size_t c = 0; c < block.columns.size(); ++c) mark_missing(vector(c + 1), block.columns[c].first(*got));
        table.rows += static_cast<std::int64_t>(*got);
        duckdb_data_chunk_set_size(chunk, *got);
    }
    static void mark_missing(duckdb_vector vector, std::span<const double> values) {
        std::uint64_t* validity = nullptr;
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (std::isfinite(values[i])) continue;
            if (validity == nullptr) {
                duckdb_vector_ensure_validity_writable(vector);
                validity = duckdb_vector_get_validity(vector);
            }
            duckdb_validity_set_row_invalid(validity, i);
        }
    }
};

}  // namespace

Duck::~Duck() = default;

void* Duck::raw() const { return handles_->database; }

Result<std::unique_ptr<Duck>> Duck::open() {
    duckdb_config config = nullptr;
    CHECK(duckdb_create_config(&config) == DuckDBSuccess);
    // One thread keeps file order and leaves the cores to the caller; extensions would be looked for in the network;
    // an empty temp directory forbids spilling into the working directory.
    constexpr std::array<std::array<const char*, 2>, 5> settings{{{"threads", "1"},
                                                                  {"memory_limit", "1GB"},
                                                                  {"autoinstall_known_extensions", "false"},
                                                                  {"autoload_known_extensions", "false"},
                                                                  {"temp_directory", ""}}};
    for (const auto& [name, value] : settings) CHECK(duckdb_set_config(config, name, value) == DuckDBSuccess);
    std::unique_ptr<Duck> duck(new Duck);
    duck->handles_ = std::make_unique<Handles>();
    char* message = nullptr;
    const bool ok = duckdb_open_ext(nullptr, &duck->handles_->database, config, &message) == DuckDBSuccess;
    duckdb_destroy_config(&config);
    if (ok) return duck;
    std::string text = message != nullptr ? message : "DuckDB did not start";
    duckdb_free(message);
    return fail(ErrorCode::failed, std::move(text));
}

Result<void> Duck::write(const std::filesystem::path& file, const std::vector<std::string>& names,
                         const std::vector<std::span<const std::int64_t>>& columns) {
    CHECK(!columns.empty() && names.size() == columns.size());
    const Connection connection(handles_->database);
    std::string declared;
    for (const auto& name : names) declared += (declared.empty() ? "" : ", ") + name + " BIGINT NOT NULL";
    TRY_VOID(connection.run("CREATE TEMP TABLE part(" + declared + ")"));
    duckdb_appender appender = nullptr;
    if (duckdb_appender_create(connection, nullptr, "part", &appender) != DuckDBSuccess) {
        std::string text = duckdb_appender_error(appender);
        duckdb_appender_destroy(&appender);
        return fail(ErrorCode::failed, std::move(text));
    }
    auto appended = append_columns(appender, columns);
    if (duckdb_appender_destroy(&appender) != DuckDBSuccess && appended)
        appended = fail(ErrorCode::failed, "DuckDB could not take the rows");
    TRY_VOID(std::move(appended));
    // Without dictionaries version 2 of the format stores every column as DELTA_BINARY_PACKED.
    return connection.run(fmt::format("COPY part TO {} (FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2, "
                                      "DICTIONARY_SIZE_LIMIT 0, ROW_GROUP_SIZE 122880, USE_TMP_FILE false)",
                                      quoted(file.string())));
}

Result<std::int64_t> Duck::write_table(const std::filesystem::path& file, const std::vector<std::string>& names,
                                       const std::string& note, std::size_t group_rows, const TableSource& source) const {
    const Connection connection(handles_->database);
    PulledTable table{names, source, {}, 0};
    // Functions are seen by all connections: two tables written at once need two names.
    const std::string function = fmt::format("pulled_{}", reinterpret_cast<std::uintptr_t>(&table));
    duckdb_table_function handle = duckdb_create_table_function();
    duckdb_table_function_set_name(handle, function.c_str());
    duckdb_table_function_set_extra_info(handle, &table, nullptr);
    duckdb_table_function_set_bind(handle, PulledTable::bind);
    duckdb_table_function_set_init(handle, PulledTable::init);
    duckdb_table_function_set_function(handle, PulledTable::fill);
    const bool known = duckdb_register_table_function(connection, handle) == DuckDBSuccess;
    duckdb_destroy_table_function(&handle);
    if (!known) return fail(ErrorCode::failed, "DuckDB does not take the table's columns");
    const auto copied = connection.run(
        fmt::format("COPY (SELECT * FROM {}()) TO {} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {}, "
                    "KV_METADATA {{aitrading: {}}}, USE_TMP_FILE false)",
                    function, quoted(file.string()), group_rows, quoted(note)));
    if (table.error) return std::unexpected(*std::move(table.error));
    if (!copied) return std::unexpected(copied.error());
    return table.rows;
}

Result<void> Duck::copy(const std::string& select, const std::filesystem::path& file) const {
    const Connection connection(handles_->database);
    return connection.run(fmt::format("COPY ({}) TO {} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)", select,
                                      quoted(file.string())));
}

struct Duck::Rows::Query {
    explicit Query(duckdb_database database) : connection(database) {}
    ~Query() {
        duckdb_destroy_data_chunk(&chunk);
        duckdb_destroy_result(&result);
        duckdb_destroy_pending(&pending);
        duckdb_destroy_prepare(&statement);
    }
    Connection connection;
    duckdb_prepared_statement statement = nullptr;
    duckdb_pending_result pending = nullptr;
    duckdb_result result{};
    duckdb_data_chunk chunk = nullptr;
    std::size_t columns = 0;
};

Duck::Rows::~Rows() = default;

Result<std::unique_ptr<Duck::Rows>> Duck::rows(const std::string& file, const std::vector<std::string>& names,
                                               TimeRange range, std::int64_t time_unit) const {
    const auto ceiling = [&](std::int64_t nanos) { return nanos / time_unit + (nanos % time_unit > 0 ? 1 : 0); };
    const std::string sql =
        fmt::format("SELECT {} FROM read_parquet({}) WHERE time >= {} AND time < {}", fmt::join(names, ", "),
                    quoted(file), ceiling(range.from.value), ceiling(range.to.value));
    std::unique_ptr<Rows> out(new Rows);
    out->query_ = std::make_unique<Rows::Query>(handles_->database);
    Rows::Query& query = *out->query_;
    query.columns = names.size();
    if (duckdb_prepare(query.connection, sql.c_str(), &query.statement) != DuckDBSuccess)
        return fail(ErrorCode::failed, duckdb_prepare_error(query.statement));
    if (duckdb_pending_prepared_streaming(query.statement, &query.pending) != DuckDBSuccess)
        return fail(ErrorCode::failed, duckdb_pending_error(query.pending));
    if (duckdb_execute_pending(query.pending, &query.result) != DuckDBSuccess)
        return fail(ErrorCode::failed, duckdb_result_error(&query.result));
    return out;
}

Result<std::size_t> Duck::Rows::next(std::vector<const std::int64_t*>& columns) {
    columns.resize(query_->columns);
    while (true) {
        duckdb_destroy_data_chunk(&query_->chunk);
        query_->chunk = duckdb_fetch_chunk(query_->result);
        if (query_->chunk == nullptr) break;
        const std::size_t rows = duckdb_data_chunk_get_size(query_->chunk);
        if (rows == 0) continue;
        for (std::size_t c = 0; c < columns.size(); ++c)
            columns[c] = static_cast<const std::int64_t*>(
                duckdb_vector_get_data(duckdb_data_chunk_get_vector(query_->chunk, c)));
        return rows;
    }
    if (const char* text = duckdb_result_error(&query_->result); text != nullptr && *text != '\0')
        return fail(ErrorCode::failed, text);
    return 0;
}

}  // namespace aitrading::engines

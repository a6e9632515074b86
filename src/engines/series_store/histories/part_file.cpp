#include "engines/series_store/histories/part_file.hpp"

#include <duckdb.h>
#include <fmt/format.h>

#include <array>
#include <atomic>
#include <cstring>

#include "base/check.hpp"

namespace aitrading::engines::histories {
namespace {

using ports::HistoryColumn;
using ports::HistoryType;
using ports::HistoryValue;

constexpr std::size_t fixed_columns = 3;  // symbol, known_at, number

duckdb_database database_of(const Duck& duck) { return static_cast<duckdb_database>(duck.raw()); }

class Connection {
  public:
    explicit Connection(duckdb_database database) { CHECK(duckdb_connect(database, &connection_) == DuckDBSuccess); }
    ~Connection() { duckdb_disconnect(&connection_); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    duckdb_connection get() const { return connection_; }

  private:
    duckdb_connection connection_ = nullptr;
};

duckdb_logical_type type_of(HistoryType type) {
    switch (type) {
        case HistoryType::text: return duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
        case HistoryType::integer:
        case HistoryType::time: return duckdb_create_logical_type(DUCKDB_TYPE_BIGINT);
        case HistoryType::real: return duckdb_create_logical_type(DUCKDB_TYPE_DOUBLE);
        case HistoryType::boolean: return duckdb_create_logical_type(DUCKDB_TYPE_BOOLEAN);
        case HistoryType::reals: break;
    }
    duckdb_logical_type number = duckdb_create_logical_type(DUCKDB_TYPE_DOUBLE);
    const duckdb_logical_type list = duckdb_create_list_type(number);
    duckdb_destroy_logical_type(&number);
    return list;
}

std::string marked(std::string_view text, char mark) {
    std::string out(1, mark);
    for (const char c : text) out.append(c == mark ? 2 : 1, c);
    return out + mark;
}

template <class T>
T* data_of(duckdb_vector vector) {
    return static_cast<T*>(duckdb_vector_get_data(vector));
}

/// Appends a list to the child of a vector; its entry names the place.
void put_list(duckdb_vector vector, std::size_t row, const std::vector<double>& list) {
    const std::size_t before = duckdb_list_vector_get_size(vector);
    CHECK(duckdb_list_vector_reserve(vector, before + list.size()) == DuckDBSuccess);
    CHECK(duckdb_list_vector_set_size(vector, before + list.size()) == DuckDBSuccess);
    if (!list.empty()) std::memcpy(data_of<double>(duckdb_list_vector_get_child(vector)) + before, list.data(), list.size() * sizeof(double));
    data_of<duckdb_list_entry>(vector)[row] = {before, list.size()};
}

void put_value(duckdb_vector vector, std::size_t row, const HistoryValue& value, HistoryType type) {
    if (std::holds_alternative<std::monostate>(value)) {
        duckdb_vector_ensure_validity_writable(vector);
        duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vector), row);
        if (type == HistoryType::reals) data_of<duckdb_list_entry>(vector)[row] = {duckdb_list_vector_get_size(vector), 0};
        return;
    }
    switch (type) {
        case HistoryType::text: {
            const auto& text = std::get<std::string>(value);
            return duckdb_vector_assign_string_element_len(vector, row, text.data(), text.size());
        }
        case HistoryType::integer: data_of<std::int64_t>(vector)[row] = std::get<std::int64_t>(value); return;
        case HistoryType::real: data_of<double>(vector)[row] = std::get<double>(value); return;
        case HistoryType::boolean: data_of<bool>(vector)[row] = std::get<bool>(value); return;
        case HistoryType::time: data_of<std::int64_t>(vector)[row] = std::get<UnixNanos>(value).value; return;
        case HistoryType::reals: return put_list(vector, row, std::get<std::vector<double>>(value));
    }
}

/// A table function without arguments whose rows come from a RowSource. Lives as long as the query.
struct PulledRows {
    const std::vector<HistoryColumn>& columns;
    const RowSource& source;
    std::optional<Error> error;
    std::int64_t rows = 0;
    StoredRow row;

    static void bind(duckdb_bind_info info) {
        const auto& table = *static_cast<const PulledRows*>(duckdb_bind_get_extra_info(info));
        const auto add = [&](const char* name, HistoryType type) {
            duckdb_logical_type logical = type_of(type);
            duckdb_bind_add_result_column(info, name, logical);
            duckdb_destroy_logical_type(&logical);
        };
        add("symbol", HistoryType::text);
        add("known_at", HistoryType::integer);
        add("number", HistoryType::integer);
        for (const HistoryColumn& column : table.columns) add(column.name.c_str(), column.type);
    }
    static void init(duckdb_init_info info) { duckdb_init_set_max_threads(info, 1); }
    static void fill(duckdb_function_info info, duckdb_data_chunk chunk) {
        auto& table = *static_cast<PulledRows*>(duckdb_function_get_extra_info(info));
        std::size_t count = 0;
        for (const std::size_t capacity = duckdb_vector_size(); count < capacity; ++count) {
            const auto more = table.source(table.row);
            if (!more) {
                table.error = more.error();
                return duckdb_function_set_error(info, more.error().text.c_str());
            }
            if (!*more) break;
            table.put(chunk, count);
        }
        table.rows += static_cast<std::int64_t>(count);
        duckdb_data_chunk_set_size(chunk, count);
    }
    void put(duckdb_data_chunk chunk, std::size_t at) {
        const auto vector = [&](std::size_t column) { return duckdb_data_chunk_get_vector(chunk, column); };
        duckdb_vector_assign_string_element_len(vector(0), at, row.symbol.data(), row.symbol.size());
        data_of<std::int64_t>(vector(1))[at] = row.known_at;
        data_of<std::int64_t>(vector(2))[at] = row.number;
        static const HistoryValue unknown;
        for (std::size_t c = 0; c < columns.size(); ++c) put_value(vector(c + fixed_columns), at, c < row.values.size() ? row.values[c] : unknown, columns[c].type);
    }
};

HistoryValue value_at(duckdb_vector vector, std::size_t row, HistoryType type) {
    std::uint64_t* validity = duckdb_vector_get_validity(vector);
    if (validity != nullptr && !duckdb_validity_row_is_valid(validity, row)) return {};
    switch (type) {
        case HistoryType::text: {
            auto& text = data_of<duckdb_string_t>(vector)[row];
            return std::string(duckdb_string_t_data(&text), duckdb_string_t_length(text));
        }
        case HistoryType::integer: return data_of<std::int64_t>(vector)[row];
        case HistoryType::real: return data_of<double>(vector)[row];
        case HistoryType::boolean: return data_of<bool>(vector)[row];
        case HistoryType::time: return UnixNanos{data_of<std::int64_t>(vector)[row]};
        case HistoryType::reals: break;
    }
    const duckdb_list_entry entry = data_of<duckdb_list_entry>(vector)[row];
    const double* child = data_of<double>(duckdb_list_vector_get_child(vector));
    return std::vector<double>(child + entry.offset, child + entry.offset + entry.length);
}

}  // namespace

Result<std::int64_t> write_part(const Duck& duck, const std::filesystem::path& file, const std::vector<HistoryColumn>& columns, std::size_t group_rows,
                                const RowSource& source) {
    const Connection connection(database_of(duck));
    PulledRows rows{columns, source, {}, 0, {}};
    // Functions are seen by all connections, and a name is used once: two parts may be written at the same time.
    static std::atomic<std::uint64_t> made{0};
    const std::string function = fmt::format("history_rows_{}", ++made);
    duckdb_table_function handle = duckdb_create_table_function();
    duckdb_table_function_set_name(handle, function.c_str());
    duckdb_table_function_set_extra_info(handle, &rows, nullptr);
    duckdb_table_function_set_bind(handle, PulledRows::bind);
    duckdb_table_function_set_init(handle, PulledRows::init);
    duckdb_table_function_set_function(handle, PulledRows::fill);
    const bool known = duckdb_register_table_function(connection.get(), handle) == DuckDBSuccess;
    duckdb_destroy_table_function(&handle);
    if (!known) return fail(ErrorCode::failed, "DuckDB does not take the history's columns");
    const std::string sql = fmt::format("COPY (SELECT * FROM {}()) TO {} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {}, USE_TMP_FILE false)", function,
                                        marked(file.string(), '\''), group_rows);
    duckdb_result result;
    const bool ok = duckdb_query(connection.get(), sql.c_str(), &result) == DuckDBSuccess;
    std::string text = ok ? "" : duckdb_result_error(&result);
    duckdb_destroy_result(&result);
    if (rows.error) return std::unexpected(*std::move(rows.error));
    if (!ok) return fail(ErrorCode::failed, fmt::format("cannot write {}: {}", file.string(), text));
    return rows.rows;
}

struct PartRows::Query {
    Query(duckdb_database database, std::vector<HistoryColumn> asked) : connection(database), columns(std::move(asked)) {}
    ~Query() {
        duckdb_destroy_data_chunk(&chunk);
        duckdb_destroy_result(&result);
        duckdb_destroy_pending(&pending);
        duckdb_destroy_prepare(&statement);
    }
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;

    Result<void> begin(const std::string& sql) {
        if (duckdb_prepare(connection.get(), sql.c_str(), &statement) != DuckDBSuccess) return fail(ErrorCode::failed, duckdb_prepare_error(statement));
        if (duckdb_pending_prepared_streaming(statement, &pending) != DuckDBSuccess) return fail(ErrorCode::failed, duckdb_pending_error(pending));
        if (duckdb_execute_pending(pending, &result) != DuckDBSuccess) return fail(ErrorCode::failed, duckdb_result_error(&result));
        return {};
    }
    /// False at the end.
    Result<bool> fetch() {
        if (ended) return false;
        at = 0;
        do {
            duckdb_destroy_data_chunk(&chunk);
            chunk = duckdb_fetch_chunk(result);
            rows = chunk == nullptr ? 0 : duckdb_data_chunk_get_size(chunk);
        } while (chunk != nullptr && rows == 0);
        ended = chunk == nullptr;
        if (!ended) return true;
        const char* message = duckdb_result_error(&result);
        if (message != nullptr && *message != '\0') return fail(ErrorCode::failed, message);
        return false;
    }

    Connection connection;
    std::vector<HistoryColumn> columns;
    duckdb_prepared_statement statement = nullptr;
    duckdb_pending_result pending = nullptr;
    duckdb_result result{};
    duckdb_data_chunk chunk = nullptr;
    std::size_t at = 0, rows = 0;
    bool ended = false;
};

PartRows::PartRows() = default;
PartRows::~PartRows() = default;

Result<std::unique_ptr<PartRows>> PartRows::open(const Duck& duck, const std::string& file, std::vector<HistoryColumn> columns, const PartFilter& filter) {
    std::string names = "symbol, known_at, number";
    for (const HistoryColumn& column : columns) names += ", " + marked(column.name, '"');
    std::string sql = fmt::format("SELECT {} FROM read_parquet({}) WHERE true", names, marked(file, '\''));
    // The ends of time are left out: DuckDB reads them as wider numbers and would not use the file's statistics.
    if (filter.range.from != TimeRange{}.from) sql += fmt::format(" AND known_at >= {}", filter.range.from.value);
    if (filter.range.to != TimeRange{}.to) sql += fmt::format(" AND known_at < {}", filter.range.to.value);
    if (filter.symbol) sql += " AND symbol = " + marked(*filter.symbol, '\'');
    std::unique_ptr<PartRows> out(new PartRows);
    out->query_ = std::make_unique<Query>(database_of(duck), std::move(columns));
    TRY_VOID(out->query_->begin(sql));
    return out;
}

Result<bool> PartRows::next(StoredRow& row) {
    Query& q = *query_;
    if (q.at == q.rows) {
        TRY(const bool more, q.fetch());
        if (!more) return false;
    }
    const auto vector = [&](std::size_t column) { return duckdb_data_chunk_get_vector(q.chunk, column); };
    row.symbol = std::get<std::string>(value_at(vector(0), q.at, HistoryType::text));
    row.known_at = data_of<std::int64_t>(vector(1))[q.at];
    row.number = data_of<std::int64_t>(vector(2))[q.at];
    row.values.resize(q.columns.size());
    for (std::size_t c = 0; c < q.columns.size(); ++c) row.values[c] = value_at(vector(c + fixed_columns), q.at, q.columns[c].type);
    ++q.at;
    return true;
}

}  // namespace aitrading::engines::histories

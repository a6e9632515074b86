#include "models/registry/service/sqlite_file.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <system_error>
#include <utility>

namespace aitrading::models {

struct SqliteFile::Handle {
    std::string path;
    sqlite3* database = nullptr;

    explicit Handle(std::string file) : path(std::move(file)) {}
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle() { sqlite3_close(database); }

    Error error(int code) const;
};

namespace {

constexpr int wait_ms = 60'000;  // longer than any write here takes; a stopped process must not stop the others for ever

/// The kernel's own word where there is one: "No space left on device" says more than "disk I/O error".
std::string reason_of(sqlite3* database) {
    const int system = database == nullptr ? 0 : sqlite3_system_errno(database);
    return system != 0 ? std::system_category().message(system) : database == nullptr ? "out of memory" : sqlite3_errmsg(database);
}

struct Statement {
    sqlite3_stmt* handle = nullptr;
    Statement() = default;
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    ~Statement() { sqlite3_finalize(handle); }
};

int bind(sqlite3_stmt* statement, const SqlRow& parameters) {
    int code = SQLITE_OK;
    for (std::size_t i = 0; i < parameters.size() && code == SQLITE_OK; ++i) {
        const int at = static_cast<int>(i) + 1;
        if (const auto* number = std::get_if<std::int64_t>(&parameters[i])) code = sqlite3_bind_int64(statement, at, *number);
        else if (const auto* text = std::get_if<std::string>(&parameters[i]))
            code = sqlite3_bind_text64(statement, at, text->data(), text->size(), SQLITE_STATIC, SQLITE_UTF8);
    }
    return code;
}

SqlValue value_at(sqlite3_stmt* statement, int column) {
    if (sqlite3_column_type(statement, column) == SQLITE_INTEGER) return std::int64_t{sqlite3_column_int64(statement, column)};
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
    return text == nullptr ? std::string() : std::string(text, size);
}

}  // namespace

Error SqliteFile::Handle::error(int code) const {
    switch (code & 0xFF) {
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_SCHEMA:
        case SQLITE_ERROR:  // the statements are sound: what fails them is the file's doing
        case SQLITE_MISMATCH:
        case SQLITE_CONSTRAINT:
            return {ErrorCode::gate_refused,
                    fmt::format("{}: the file is damaged ({}); restore it from a backup, or move it away: the versions stay, what was promoted is forgotten",
                                path, reason_of(database)), false};
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return {ErrorCode::failed, fmt::format("{}: another process has been writing for {} s; try again", path, wait_ms / 1000), true};
        case SQLITE_FULL:
            return {ErrorCode::failed, fmt::format("{}: cannot write: no space left on the device; nothing was changed", path), true};
        default: return {ErrorCode::failed, fmt::format("{}: cannot be used: {}", path, reason_of(database)), false};
    }
}

SqliteFile::SqliteFile(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
SqliteFile::SqliteFile(SqliteFile&&) noexcept = default;
SqliteFile& SqliteFile::operator=(SqliteFile&&) noexcept = default;
SqliteFile::~SqliteFile() = default;

Result<SqliteFile> SqliteFile::open(const std::filesystem::path& path, Mode mode) {
    std::error_code none;
    if (mode == Mode::existing && !std::filesystem::exists(path, none))
        return fail(ErrorCode::not_found, fmt::format("{}: there is no such file", path.string()));
    auto handle = std::make_unique<Handle>(path.string());
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (mode == Mode::create ? SQLITE_OPEN_CREATE : 0);
    const int code = sqlite3_open_v2(path.c_str(), &handle->database, flags, nullptr);
    if (code != SQLITE_OK) return std::unexpected(handle->error(code));
    sqlite3_busy_timeout(handle->database, wait_ms);
    sqlite3_extended_result_codes(handle->database, 1);
    SqliteFile file(std::move(handle));
    for (const char* setting : {"PRAGMA synchronous=EXTRA", "PRAGMA trusted_schema=OFF", "PRAGMA cell_size_check=ON"})
        if (auto done = file.run(setting); !done) return std::unexpected(done.error());
    return file;
}

Result<std::vector<SqlRow>> SqliteFile::run(std::string_view sql, const SqlRow& parameters) {
    Statement statement;
    int code = sqlite3_prepare_v2(handle_->database, sql.data(), static_cast<int>(sql.size()), &statement.handle, nullptr);
    if (code == SQLITE_OK) code = bind(statement.handle, parameters);
    std::vector<SqlRow> rows;
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(statement.handle);
        if (code != SQLITE_ROW) break;
        SqlRow row;
        for (int column = 0; column < sqlite3_column_count(statement.handle); ++column) row.push_back(value_at(statement.handle, column));
        rows.push_back(std::move(row));
    }
    if (code != SQLITE_DONE) return std::unexpected(handle_->error(code));
    return rows;
}

Result<std::int64_t> SqliteFile::number(std::string_view sql) {
    TRY(const std::vector<SqlRow> rows, run(sql));
    const std::int64_t* value = rows.size() == 1 && rows[0].size() == 1 ? std::get_if<std::int64_t>(rows[0].data()) : nullptr;
    if (value == nullptr) return std::unexpected(handle_->error(SQLITE_CORRUPT));
    return *value;
}

Result<void> SqliteFile::check() {
    TRY(const std::vector<SqlRow> rows, run("PRAGMA integrity_check(1)"));
    const std::string* word = rows.size() == 1 && rows[0].size() == 1 ? std::get_if<std::string>(rows[0].data()) : nullptr;
    if (word != nullptr && *word == "ok") return {};
    return std::unexpected(handle_->error(SQLITE_CORRUPT));
}

Result<SqlTransaction> SqlTransaction::begin(SqliteFile& file) {
    // IMMEDIATE: the turn is taken here, so that nothing read inside can be overtaken before it is written.
    if (auto begun = file.run("BEGIN IMMEDIATE"); !begun) return std::unexpected(begun.error());
    return SqlTransaction(&file);
}

SqlTransaction::SqlTransaction(SqlTransaction&& other) noexcept : file_(std::exchange(other.file_, nullptr)) {}

SqlTransaction::~SqlTransaction() { roll_back(); }

void SqlTransaction::roll_back() {
    // Where this fails too, closing the file, or the next process that opens it, does it.
    SqliteFile* file = std::exchange(file_, nullptr);
    if (file == nullptr) return;
    [[maybe_unused]] const auto done = file->run("ROLLBACK");
}

Result<void> SqlTransaction::commit() {
    if (auto done = file_->run("COMMIT"); !done) return std::unexpected(done.error());
    file_ = nullptr;
    return {};
}

}  // namespace aitrading::models

#include "engines/sqlite/database.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <system_error>
#include <utility>

namespace aitrading::engines::sqlite {
namespace {

constexpr int log_growth_max = 8;       // checkpoints in a row after which the log did not start anew

Error error_of(const std::string& path, const std::string& what, sqlite3* database, int code) {
    const int system = database == nullptr ? 0 : sqlite3_system_errno(database);
    const std::string word = system != 0 ? std::system_category().message(system) : database == nullptr ? "out of memory" : sqlite3_errmsg(database);
    switch (code & 0xFF) {
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_SCHEMA:
        case SQLITE_ERROR:  // the statements are sound: what fails them is the file's doing
            return {ErrorCode::gate_refused, path + ": " + what + " is damaged (" + word + "); restore it from a backup", false};
        case SQLITE_FULL:
            return {ErrorCode::failed, path + ": cannot write, no space is left; make room and start again", false};
        case SQLITE_BUSY:
        case SQLITE_LOCKED: return {ErrorCode::failed, path + ": another process writes " + what, true};
        default: return {ErrorCode::failed, path + ": the disk refused (" + word + "); see to it and start again", false};
    }
}

// EXTRA is FULL, which syncs each commit, plus one: the rollback journal of the moment in which the file becomes a
// write-ahead one is surely gone. Were it found again after a power cut, SQLite would roll the file back to nothing, with
// all that was acknowledged since; the simulated disk found that.
constexpr const char* settings =
    "PRAGMA synchronous=EXTRA; PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-8000;"
    "PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF;";

/// As SQLite takes a path among options: what has a meaning in an address is written as its number.
std::string untouched_name(const std::string& path) {
    std::string out = "file:";
    for (const char c : path) {
        if (c == '?' || c == '#' || c == '%') out += c == '?' ? "%3f" : c == '#' ? "%23" : "%25";
        else out += c;
    }
    return out + "?immutable=1";
}

}  // namespace

Statement::Statement(Database& database, std::string_view sql) : database_(&database) {
    database.note(sqlite3_prepare_v3(database.handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &handle_, nullptr));
}

Statement::Statement(Statement&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)), handle_(std::exchange(other.handle_, nullptr)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
    std::swap(database_, other.database_);
    std::swap(handle_, other.handle_);
    return *this;
}

Statement::~Statement() { sqlite3_finalize(handle_); }

Statement& Statement::bind(int at, std::int64_t value) {
    if (handle_ != nullptr) database_->note(sqlite3_bind_int64(handle_, at, value));
    return *this;
}

Statement& Statement::bind(int at, std::string_view text) {
    if (handle_ != nullptr) database_->note(sqlite3_bind_text64(handle_, at, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8));
    return *this;
}

Statement& Statement::bind_real(int at, double value) {
    if (handle_ != nullptr) database_->note(sqlite3_bind_double(handle_, at, value));
    return *this;
}

Statement& Statement::bind_bytes(int at, std::string_view bytes) {
    // An empty view may have no address, which SQLite would take for NULL.
    const char* data = bytes.empty() ? "" : bytes.data();
    if (handle_ != nullptr) database_->note(sqlite3_bind_blob64(handle_, at, data, bytes.size(), SQLITE_STATIC));
    return *this;
}

Statement& Statement::bind_null(int at) {
    if (handle_ != nullptr) database_->note(sqlite3_bind_null(handle_, at));
    return *this;
}

bool Statement::step() {
    if (handle_ == nullptr) return false;
    const int code = sqlite3_step(handle_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) database_->note(code);
    sqlite3_reset(handle_);
    return false;
}

bool Statement::run() {
    while (step()) {
    }
    return !database_->broken_;
}

void Statement::reset() { sqlite3_reset(handle_); }

std::int64_t Statement::number(int column) const { return sqlite3_column_int64(handle_, column); }

double Statement::real(int column) const { return sqlite3_column_double(handle_, column); }

std::string Statement::text(int column) const {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle_, column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
    return bytes == nullptr ? std::string() : std::string(bytes, size);
}

bool Statement::is_null(int column) const { return sqlite3_column_type(handle_, column) == SQLITE_NULL; }

Result<std::unique_ptr<Database>> Database::open(const std::string& path, const Access& access) {
    const Mode mode = access.mode;
    sqlite3* handle = nullptr;
    const bool makes = mode == Mode::writer || mode == Mode::copy;
    const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (makes ? SQLITE_OPEN_CREATE : 0) |
                      (mode == Mode::untouched ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI : SQLITE_OPEN_READWRITE);
    const std::string name = mode == Mode::untouched ? untouched_name(path) : path;
    const int code = sqlite3_open_v2(name.c_str(), &handle, flags, access.file_system.empty() ? nullptr : access.file_system.c_str());
    auto database = std::unique_ptr<Database>(new Database(path, access.what, handle));
    database->note(code);
    sqlite3_busy_timeout(handle, access.busy_ms);
    database->execute(settings);
    if (mode == Mode::writer) {
        const auto count = [](void* pages, sqlite3*, const char*, int now) {
            *static_cast<int*>(pages) = now;
            return SQLITE_OK;
        };
        sqlite3_wal_hook(handle, count, &database->log_pages_);
    }
    if (mode == Mode::writer && access.gives_back && database->is_new()) database->execute("PRAGMA auto_vacuum=INCREMENTAL;");
    if (mode == Mode::writer) database->execute("PRAGMA page_size=8192; PRAGMA journal_mode=WAL;");
    if (mode == Mode::copy) database->execute("PRAGMA journal_mode=OFF;");
    if (mode == Mode::reader) database->execute("PRAGMA query_only=ON;");
    if (mode == Mode::reader) sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    if (database->broken_) return std::unexpected(*database->broken_);
    return database;
}

Database::~Database() { close(true); }

void Database::note(int code) {
    if (code != SQLITE_OK && code != SQLITE_ROW && code != SQLITE_DONE && !broken_) broken_ = error_of(path_, what_, handle_, code);
}

bool Database::execute(const char* sql) {
    note(sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr));
    return !broken_;
}

void Database::set_busy_ms(int milliseconds) { sqlite3_busy_timeout(handle_, milliseconds); }

Result<void> Database::copy_into(Database& other) {
    sqlite3_backup* copy = sqlite3_backup_init(other.handle_, "main", handle_, "main");
    if (copy == nullptr) {
        other.note(sqlite3_errcode(other.handle_));
        return other.sound();
    }
    // All pages in one step: one snapshot, which in WAL mode hinders no writer. In smaller steps each foreign commit would
    // make the copy begin anew.
    const int code = sqlite3_backup_step(copy, -1);
    sqlite3_backup_finish(copy);
    if (code != SQLITE_DONE) other.note(code);
    return other.sound();
}

/// Whether the file has no page yet: the word is for those alone, and would be written into others anew with each opening.
bool Database::is_new() {
    Statement count(*this, "PRAGMA page_count");
    return count.step() && count.number(0) == 0;
}

void Database::give_back(std::int64_t kept, std::int64_t at_once) {
    Statement count(*this, "PRAGMA freelist_count");
    const std::int64_t free = count.step() ? count.number(0) : 0;
    count.reset();
    if (free <= kept) return;
    execute(("PRAGMA incremental_vacuum(" + std::to_string(std::min(free - kept, at_once)) + ")").c_str());
}

std::int64_t Database::changes() const { return sqlite3_changes64(handle_); }

Result<void> Database::checkpoint_when_due() {
    copied_pages_ = std::min(copied_pages_, log_pages_);  // the log began anew
    if (log_pages_ - copied_pages_ < checkpoint_pages_) return {};
    // Readers are short; RESTART waits for them where their turns have kept the log from starting anew for long.
    const int mode = log_pages_ < log_growth_max * checkpoint_pages_ ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_RESTART;
    const int code = sqlite3_wal_checkpoint_v2(handle_, nullptr, mode, nullptr, nullptr);
    copied_pages_ = log_pages_;
    if ((code & 0xFF) != SQLITE_BUSY) note(code);
    return sound();
}

Result<void> Database::copy_log(bool wait_for_readers) {
    const int code = sqlite3_wal_checkpoint_v2(handle_, nullptr, wait_for_readers ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    if ((code & 0xFF) != SQLITE_BUSY) note(code);
    return sound();
}

void Database::close(bool copy_log) {
    if (handle_ == nullptr) return;
    // A journal that stopped leaves its files as they are: a sync that failed is not tried again behind its back.
    if (!copy_log || broken_) sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    sqlite3_close_v2(std::exchange(handle_, nullptr));
}

std::optional<Error> Database::take_broken() { return std::exchange(broken_, std::nullopt); }

Result<void> Database::sound() const {
    if (broken_) return std::unexpected(*broken_);
    return {};
}

}  // namespace aitrading::engines::sqlite

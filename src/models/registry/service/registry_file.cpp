#include "models/registry/service/registry_file.hpp"

#include <fmt/format.h>

#include <system_error>
#include <utility>

#include "base/hash.hpp"
#include "kit/atomic_file.hpp"
#include "models/registry/service/writer_lock.hpp"

namespace aitrading::models {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view file_name = "registry.sqlite";
constexpr std::string_view part_name = ".registry-part.sqlite";
constexpr std::int64_t application = 0x61697452;  // "aitR"
constexpr std::int64_t format_version = 1;
constexpr std::size_t version_columns = 3, change_columns = 15;

/// Over every value and its kind.
std::string sum_of(const SqlRow& values) {
    Fingerprint print;
    for (const SqlValue& value : values) {
        print.add(static_cast<std::uint64_t>(value.index()));
        if (const auto* number = std::get_if<std::int64_t>(&value)) print.add(*number);
        else print.add(std::string_view(std::get<std::string>(value)));
    }
    return print.hex();
}

SqlRow sealed(SqlRow values) {
    values.emplace_back(sum_of(values));
    return values;
}

/// Takes the sum off a row; false where it does not fit.
bool unseal(SqlRow& row, std::size_t columns) {
    if (row.size() != columns + 1) return false;
    const SqlValue sum = std::move(row.back());
    row.pop_back();
    return sum == SqlValue(sum_of(row));
}

SqlRow row_of(const KnownVersion& v) { return {v.name, std::int64_t{v.version}, v.content}; }

SqlRow row_of(const Change& c) {
    return {c.id, c.time.value, std::string(name(c.kind)), c.key.series.symbol, std::string(name(c.key.series.timeframe)), c.key.label,
            c.name, std::int64_t{c.version}, c.content, c.before, std::int64_t{c.forced}, c.reason, c.gates, c.command_line,
            std::string("local")};  // the last one is who, once there are users
}

/// Reads a row's values one after the other; the sum has vouched for their kinds.
class RowReader {
  public:
    explicit RowReader(SqlRow row) : row_(std::move(row)) {}
    std::int64_t number() { return take<std::int64_t>(); }
    std::string text() { return take<std::string>(); }
    bool sound() const { return sound_; }

  private:
    template <class T>
    T take() {
        T* value = at_ < row_.size() ? std::get_if<T>(&row_[at_]) : nullptr;
        ++at_;
        sound_ = sound_ && value != nullptr;
        return value == nullptr ? T{} : std::move(*value);
    }
    SqlRow row_;
    std::size_t at_ = 0;
    bool sound_ = true;
};

std::optional<Change> change_of(SqlRow row) {
    RowReader in(std::move(row));
    Change c;
    c.id = in.number();
    c.time = {in.number()};
    const std::string kind = in.text();
    c.kind = kind == name(ChangeKind::rollback) ? ChangeKind::rollback : ChangeKind::promotion;
    c.key.series.symbol = in.text();
    const auto timeframe = parse_timeframe(in.text());
    c.key.label = in.text();
    c.name = in.text();
    c.version = static_cast<int>(in.number());
    c.content = in.text();
    c.before = in.number();
    c.forced = in.number() != 0;
    c.reason = in.text();
    c.gates = in.text();
    c.command_line = in.text();
    if (!in.sound() || !timeframe || kind != name(c.kind)) return std::nullopt;
    c.key.series.timeframe = *timeframe;
    return c;
}

Result<void> write_schema(const fs::path& path) {
    TRY(SqliteFile file, SqliteFile::open(path, SqliteFile::Mode::create));
    constexpr const char* versions_table = R"(CREATE TABLE versions(name TEXT NOT NULL, version INTEGER NOT NULL, content TEXT NOT NULL,
        sum TEXT NOT NULL, PRIMARY KEY(name, version)) WITHOUT ROWID)";
    constexpr const char* changes_table = R"(CREATE TABLE changes(id INTEGER PRIMARY KEY, time INTEGER NOT NULL, kind TEXT NOT NULL, symbol TEXT NOT NULL,
        timeframe TEXT NOT NULL, label TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL, content TEXT NOT NULL, before INTEGER NOT NULL,
        forced INTEGER NOT NULL, reason TEXT NOT NULL, gates TEXT NOT NULL, command TEXT NOT NULL, who TEXT NOT NULL, sum TEXT NOT NULL))";
    const std::string statements[] = {"BEGIN IMMEDIATE", versions_table, changes_table, fmt::format("PRAGMA application_id={}", application),
                                      fmt::format("PRAGMA user_version={}", format_version), "COMMIT"};
    for (const std::string& statement : statements)
        if (auto done = file.run(statement); !done) return std::unexpected(done.error());
    return {};
}

/// Makes the file aside and moves it into place, where a killed process leaves none or a whole one.
Result<void> create(const fs::path& models) {
    TRY(const WriterLock lock, WriterLock::take(models, ".registry.lock"));
    std::error_code error;
    if (fs::exists(models / file_name, error)) return {};
    const fs::path part = models / part_name;
    fs::remove(part, error);
    fs::remove(fs::path(part) += "-journal", error);
    if (auto made = write_schema(part); !made) {
        fs::remove(part, error);
        return made;
    }
    fs::rename(part, models / file_name, error);
    if (error) return fail(ErrorCode::failed, fmt::format("{}: cannot put in place: {}", (models / file_name).string(), error.message()));
    return kit::sync_folder(models);
}

Result<void> check_format(SqliteFile& file, const std::string& path) {
    TRY(const std::int64_t kind, file.number("PRAGMA application_id"));
    TRY(const std::int64_t format, file.number("PRAGMA user_version"));
    if (kind == application && format > format_version)
        return fail(ErrorCode::bad_input, fmt::format("{}: format {} is newer than this build knows ({}); use a newer aitrading", path, format, format_version));
    if (kind != application || format != format_version)
        return fail(ErrorCode::gate_refused, fmt::format("{}: the file is damaged (it is no registry of this program); restore it from a backup, or move it "
                                                         "away: the versions stay, what was promoted is forgotten", path));
    return file.check();
}

}  // namespace

std::unexpected<Error> RegistryFile::damaged(const std::string& line) const {
    return fail(ErrorCode::gate_refused, fmt::format("{}: the file is damaged ({}); restore it from a backup, or move it away: the versions stay, what was "
                                                     "promoted is forgotten", path_, line));
}

Result<std::optional<RegistryFile>> RegistryFile::open_existing(const fs::path& models) {
    const fs::path path = models / file_name;
    auto file = SqliteFile::open(path, SqliteFile::Mode::existing);
    if (!file && file.error().code == ErrorCode::not_found) return std::nullopt;
    if (!file) return std::unexpected(file.error());
    TRY_VOID(check_format(*file, path.string()));
    RegistryFile registry(*std::move(file), path.string());
    // SQLite reads a page that was cut short as zeros, which may pass its own check: every line is looked at, also by a
    // writer that needs none of them, so that nothing is built on damage.
    if (auto versions = registry.versions(); !versions) return std::unexpected(versions.error());
    if (auto changes = registry.changes(); !changes) return std::unexpected(changes.error());
    return registry;
}

Result<RegistryFile> RegistryFile::open_or_create(const fs::path& models) {
    TRY(std::optional<RegistryFile> file, open_existing(models));
    if (!file) {
        TRY_VOID(create(models));
        TRY(file, open_existing(models));
    }
    if (!file) return fail(ErrorCode::failed, fmt::format("{}: went away while it was opened; try again", (models / file_name).string()), true);
    return *std::move(file);
}

Result<std::vector<KnownVersion>> RegistryFile::versions() {
    TRY(std::vector<SqlRow> rows, file_.run("SELECT name, version, content, sum FROM versions ORDER BY name, version"));
    std::vector<KnownVersion> out;
    for (SqlRow& row : rows) {
        if (!unseal(row, version_columns)) return damaged(fmt::format("version line {}", out.size() + 1));
        RowReader in(std::move(row));
        std::string name = in.text();
        const int version = static_cast<int>(in.number());
        out.push_back({std::move(name), version, in.text()});
        if (!in.sound()) return damaged(fmt::format("version line {}", out.size()));
    }
    return out;
}

Result<std::vector<Change>> RegistryFile::changes() {
    TRY(std::vector<SqlRow> rows, file_.run("SELECT id, time, kind, symbol, timeframe, label, name, version, content, before, forced, reason, gates, command, "
                                            "who, sum FROM changes ORDER BY id"));
    std::vector<Change> out;
    for (SqlRow& row : rows) {
        std::optional<Change> change;
        if (unseal(row, change_columns)) change = change_of(std::move(row));
        // Ids count without a gap: a line that went missing is seen.
        if (!change || change->id != static_cast<std::int64_t>(out.size()) + 1) return damaged(fmt::format("change {}", out.size() + 1));
        out.push_back(*std::move(change));
    }
    return out;
}

Result<void> RegistryFile::add(const KnownVersion& version) {
    auto done = file_.run("INSERT OR IGNORE INTO versions VALUES(?,?,?,?)", sealed(row_of(version)));
    if (!done) return std::unexpected(done.error());
    return {};
}

Result<Change> RegistryFile::add(Change change) {
    TRY(const std::int64_t last, file_.number("SELECT coalesce(max(id), 0) FROM changes"));
    change.id = last + 1;
    if (auto done = file_.run("INSERT INTO changes VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", sealed(row_of(change))); !done)
        return std::unexpected(done.error());
    return change;
}

}  // namespace aitrading::models

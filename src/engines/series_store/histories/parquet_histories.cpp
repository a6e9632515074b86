#include "engines/series_store/histories/parquet_histories.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>

#include "domain/tenant.hpp"
#include "engines/series_store/histories/compaction.hpp"
#include "engines/series_store/histories/reading.hpp"
#include "engines/sqlite/store_file.hpp"

namespace aitrading::engines {
namespace fs = std::filesystem;
namespace {

using histories::History;
using histories::Pile;
using ports::HistoryAppended;
using ports::HistoryBatch;
using ports::HistoryEntry;
using ports::HistoryMark;
using ports::HistorySchema;
using ports::HistorySymbol;
using sqlite::Database;

constexpr const char* database_name = "histories.sqlite";
constexpr const char* database_word = "the histories";
constexpr int busy_ms = 10'000;

/// Rows of a batch that are new, and what they add to each symbol.
struct Taken {
    HistoryAppended told;
    std::map<std::pair<std::string, std::string>, HistorySymbol> symbols;  // by tenant and symbol
    std::map<std::string, std::pair<std::int64_t, std::int64_t>> piles;    // rows and bytes by tenant
};

class ParquetHistories final : public ports::HistoryStore {
  public:
    ParquetHistories(HistoriesOptions options, std::unique_ptr<sqlite::StoreFile> file)
        : options_(std::move(options)), file_(std::move(file)), parts_(options_.folder), compaction_(*file_, parts_, options_.step),
          reading_([this](const auto& work) { return file_->read(work); }, parts_, options_.folder / database_name) {}

    /// Takes up what an earlier life left.
    Result<void> begin() {
        std::error_code ignored;
        fs::create_directories(options_.folder, ignored);
        TRY_VOID(compaction_.sweep());
        return file_->read([&](Database& database) -> Result<void> {
            for (const Pile& pile : histories::piles_of_waiting(database)) {
                const histories::Waiting waiting = histories::waiting_in(database, pile);
                piles_[pile] = {waiting.rows, waiting.bytes};
            }
            return {};
        });
    }

    Result<std::vector<HistorySchema>> histories() override { return reading_.histories(); }
    Result<std::vector<HistorySymbol>> symbols(std::string_view tenant, std::string_view history) override { return reading_.symbols(tenant, history); }
    Result<ports::HistoryPage> read(std::string_view tenant, std::string_view history, const ports::HistoryQuery& query) override { return reading_.read(tenant, history, query); }
    Result<void> verify() override { return reading_.verify(); }

    Result<void> define(const HistorySchema& schema) override {
        TRY_VOID(ports::check_history_schema(schema));
        const auto known = find(schema.name);
        if (known && known->schema == schema) return {};
        return file_->write([&](Database& database) -> Result<void> {
            const auto found = histories::find_history(database, schema.name);
            if (found) TRY_VOID(ports::check_history_growth(found->schema, schema));
            histories::put_history(database, {0, schema});
            return {};
        });
    }

    Result<HistoryAppended> append(std::string_view name, const HistoryBatch& batch) override {
        TRY(const History history, find(name));
        TRY_VOID(ports::check_history_batch(history.schema, batch));
        TRY_VOID(step("append"));
        TRY(const Taken taken, file_->write([&](Database& database) { return put(database, history, batch); }));
        TRY_VOID(step("appended"));
        for (const auto& [tenant, more] : taken.piles) compact_when_due({history.id, tenant}, more.first, more.second);
        return taken.told;
    }

    Result<std::vector<HistoryMark>> marks(std::string_view name, std::string_view origin) override {
        return file_->read([&](Database& database) -> Result<std::vector<HistoryMark>> {
            TRY(const History history, histories::find_history(database, name));
            return histories::marks_of(database, history.id, origin);
        });
    }

    Result<std::vector<std::string>> tenants(std::string_view name) override {
        return file_->read([&](Database& database) -> Result<std::vector<std::string>> {
            TRY(const History history, histories::find_history(database, name));
            return histories::tenants_of(database, history.id);
        });
    }

    Result<void> compact() override {
        std::vector<Pile> piles;
        TRY_VOID(file_->read([&](Database& database) -> Result<void> {
            piles = histories::piles_of_waiting(database);
            return {};
        }));
        for (const Pile& pile : piles) TRY_VOID(compact(pile));
        return {};
    }

    Result<void> health() override {
        TRY_VOID(file_->health());
        const std::lock_guard lock(mutex_);
        if (trouble_) return std::unexpected(*trouble_);
        return {};
    }

  private:
    struct Open {
        std::int64_t rows = 0, bytes = 0;
    };

    Result<void> step(std::string_view what) { return options_.step ? options_.step(what) : Result<void>{}; }

    Result<History> find(std::string_view name) {
        return file_->read([&](Database& database) { return histories::find_history(database, name); });
    }

    static Result<Taken> put(Database& database, const History& history, const HistoryBatch& batch) {
        std::map<int, std::int64_t> known;
        for (const HistoryMark& mark : histories::marks_of(database, history.id, batch.origin)) known[mark.partition] = mark.offset;
        Taken taken;
        histories::WaitingWriter writer(database);
        for (const HistoryEntry& entry : batch.entries) {
            const auto mark = known.find(entry.made_of.partition);
            if (mark != known.end() && entry.made_of.offset <= mark->second) {
                ++taken.told.known;
                continue;
            }
            ++taken.told.added;
            const std::int64_t bytes = writer.add(history.id, entry.tenant, entry.row);
            auto& pile = taken.piles[entry.tenant];
            ++pile.first;
            pile.second += bytes;
            HistorySymbol fresh{entry.row.symbol, 0, entry.row.known_at, entry.row.known_at};
            HistorySymbol& symbol = taken.symbols.try_emplace({entry.tenant, entry.row.symbol}, std::move(fresh)).first->second;
            ++symbol.rows;
            symbol.first = std::min(symbol.first, entry.row.known_at);
            symbol.last = std::max(symbol.last, entry.row.known_at);
        }
        for (const auto& [whose, symbol] : taken.symbols) histories::add_to_symbol(database, {history.id, whose.first}, symbol);
        for (const HistoryMark& mark : batch.up_to) histories::put_mark(database, history.id, batch.origin, mark);
        return taken;
    }

    /// What was appended is durable whatever comes of this: trouble is told by `health`, and tried again when as much has come again.
    void compact_when_due(const Pile& pile, std::int64_t rows, std::int64_t bytes) {
        {
            const std::lock_guard lock(mutex_);
            Open& open = piles_[pile];
            open.rows += rows;
            open.bytes += bytes;
            if (open.rows < options_.part_rows && open.bytes < options_.part_bytes) return;
        }
        const auto done = compact(pile);
        const std::lock_guard lock(mutex_);
        trouble_.reset();
        if (!done) trouble_ = done.error();
    }

    Result<void> compact(const Pile& pile) {
        {
            const std::lock_guard lock(mutex_);
            piles_[pile] = {};
        }
        return compaction_.run(pile);
    }

    HistoriesOptions options_;
    std::unique_ptr<sqlite::StoreFile> file_;
    histories::PartFolder parts_;
    histories::Compaction compaction_;
    histories::Reading reading_;
    std::mutex mutex_;  ///< over what follows
    std::map<Pile, Open> piles_;
    std::optional<Error> trouble_;
};

/// Another process's histories: one connection, one look at a time.
class HistoriesBeside final : public ports::HistoryReader {
  public:
    HistoriesBeside(const fs::path& folder, std::unique_ptr<Database> database)
        : database_(std::move(database)), parts_(folder), reading_([this](const auto& work) { return look(work); }, parts_, folder / database_name) {}

    Result<std::vector<HistorySchema>> histories() override { return reading_.histories(); }
    Result<std::vector<HistorySymbol>> symbols(std::string_view tenant, std::string_view history) override { return reading_.symbols(tenant, history); }
    Result<ports::HistoryPage> read(std::string_view tenant, std::string_view history, const ports::HistoryQuery& query) override { return reading_.read(tenant, history, query); }
    Result<void> verify() override { return reading_.verify(); }

  private:
    Result<void> look(const std::function<Result<void>(Database&)>& work) {
        const std::lock_guard lock(mutex_);
        database_->execute("BEGIN");
        Result<void> done = work(*database_);
        if (const auto broken = database_->take_broken()) done = std::unexpected(*broken);
        database_->execute("ROLLBACK");
        [[maybe_unused]] const auto ended = database_->take_broken();  // there may be none to end
        return done;
    }

    std::mutex mutex_;
    std::unique_ptr<Database> database_;
    histories::PartFolder parts_;
    histories::Reading reading_;
};

}  // namespace

Result<std::unique_ptr<ports::HistoryStore>> open_parquet_histories(HistoriesOptions options) {
    const bool real = options.file_system.empty();
    TRY(auto file, sqlite::StoreFile::open({.file = real ? options.folder / database_name : fs::path(database_name),
                                            .file_system = options.file_system,
                                            .what = database_word,
                                            .format = histories::catalog_format,
                                            .checkpoint_pages = options.checkpoint_pages},
                                           histories::catalog_schema));
    auto store = std::make_unique<ParquetHistories>(std::move(options), std::move(file));
    TRY_VOID(store->begin());
    return store;
}

Result<std::unique_ptr<ports::HistoryReader>> read_parquet_histories(const fs::path& folder) {
    const fs::path file = folder / database_name;
    std::error_code error;
    if (!fs::exists(file, error)) return fail(ErrorCode::not_found, folder.string() + ": no histories are kept here yet; `aitrading up` keeps them");
    TRY(auto database, Database::open(file.string(), {Database::Mode::reader, {}, database_word, busy_ms}));
    TRY_VOID(database->sound());
    {
        sqlite::Statement format(*database, "PRAGMA user_version");
        if (format.step() && format.number(0) != histories::catalog_format)
            return fail(ErrorCode::gate_refused, file.string() + ": has format " + std::to_string(format.number(0)) + ", this program reads " + std::to_string(histories::catalog_format));
    }
    return std::make_unique<HistoriesBeside>(folder, std::move(database));
}

Result<FileHandle> keep_history_files(const fs::path& folder) { return histories::PartFolder::keep_files(folder); }

}  // namespace aitrading::engines

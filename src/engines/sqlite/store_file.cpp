#include "engines/sqlite/store_file.hpp"

#include <chrono>
#include <tuple>

namespace aitrading::engines::sqlite {
namespace {

constexpr int busy_ms = 10'000;
constexpr std::chrono::seconds reader_wait{30};

}  // namespace

Result<std::unique_ptr<StoreFile>> StoreFile::open(StoreFileOptions options, const char* schema) {
    auto store = std::unique_ptr<StoreFile>(new StoreFile(std::move(options)));
    const StoreFileOptions& chosen = store->options_;
    if (chosen.file_system.empty()) {
        if (chosen.file.has_parent_path()) TRY_VOID(make_folder(chosen.file.parent_path()));
        TRY(store->lock_, lock_file(chosen.file.string() + ".lock", 0));
    }
    TRY(store->writer_, store->connect(Database::Mode::writer));
    store->writer_->set_checkpoint_pages(chosen.checkpoint_pages);
    TRY_VOID(store->found(schema));
    return store;
}

StoreFile::~StoreFile() {
    idle_.clear();
    // After a failure the log stays as it is: what failed is not tried again behind anybody's back.
    if (writer_ && stopped_) writer_->close(false);
}

Result<void> StoreFile::found(const char* schema) {
    std::int64_t format = 0;
    {
        Statement statement(*writer_, "PRAGMA user_version");
        if (statement.step()) format = statement.number(0);
    }
    TRY_VOID(writer_->sound());
    if (format != 0 && format != options_.format)
        return fail(ErrorCode::gate_refused, options_.file.string() + ": has format " + std::to_string(format) + ", this program reads " +
                                                 std::to_string(options_.format) + "; use the program that wrote it");
    return write([&](Database& database) -> Result<void> {
        database.execute(schema);
        database.execute(("PRAGMA user_version=" + std::to_string(options_.format)).c_str());
        return {};
    });
}

Result<void> StoreFile::begin_write() {
    if (stopped_) return std::unexpected(*stopped_);
    if (writer_->execute("BEGIN IMMEDIATE")) return {};
    stopped_ = writer_->take_broken();
    return std::unexpected(*stopped_);
}

Result<void> StoreFile::end_write(bool keep) {
    if (!writer_->broken()) writer_->execute(keep ? "COMMIT" : "ROLLBACK");
    if (writer_->broken()) {
        stopped_ = writer_->take_broken();
        writer_->execute("ROLLBACK");
        (void)writer_->take_broken();  // it may be rolled back already
        return std::unexpected(*stopped_);
    }
    // What was committed is durable in the log; a copy that fails stops what comes after.
    if (keep && !writer_->checkpoint_when_due()) stopped_ = writer_->take_broken();
    return {};
}

Result<std::unique_ptr<Database>> StoreFile::lease() {
    std::unique_ptr<Database> reader;
    {
        std::unique_lock lock(reading_);
        if (!freed_.wait_for(lock, reader_wait, [&] { return leased_ < options_.readers_max; }))
            return fail(ErrorCode::failed, options_.file.string() + ": every reader is busy; try again", true);
        ++leased_;
        if (!idle_.empty()) {
            reader = std::move(idle_.back());
            idle_.pop_back();
        }
    }
    std::optional<Error> broken;
    if (!reader) {
        auto opened = connect(Database::Mode::reader);
        if (opened) reader = std::move(*opened);
        else broken = opened.error();
    }
    if (!broken && !reader->execute("BEGIN")) broken = reader->take_broken();
    if (!broken) return reader;
    std::ignore = give_back(nullptr);
    return std::unexpected(std::move(*broken));
}

Result<void> StoreFile::give_back(std::unique_ptr<Database> reader) {
    std::optional<Error> broken;
    if (reader) {
        if (!reader->broken()) reader->execute("COMMIT");
        broken = reader->take_broken();
        if (broken) reader.reset();
    }
    {
        const std::lock_guard lock(reading_);
        --leased_;
        if (reader) idle_.push_back(std::move(reader));
    }
    freed_.notify_one();
    if (broken) return std::unexpected(std::move(*broken));
    return {};
}

Result<std::unique_ptr<Database>> StoreFile::connect(Database::Mode mode) const {
    return Database::open(options_.file.string(), {mode, options_.file_system, options_.what, busy_ms});
}

Result<void> StoreFile::verify() {
    return read([&](Database& database) -> Result<void> {
        Statement check(database, "PRAGMA integrity_check(5)");
        std::string report;
        while (check.step()) report += (report.empty() ? "" : ", ") + check.text(0);
        if (report == "ok") return {};
        return fail(ErrorCode::gate_refused, options_.file.string() + ": " + options_.what + " is damaged (" + report + "); restore it from a backup");
    });
}

Result<void> StoreFile::health() {
    const std::lock_guard lock(writing_);
    if (stopped_) return std::unexpected(*stopped_);
    return {};
}

}  // namespace aitrading::engines::sqlite

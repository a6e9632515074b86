#include "engines/series_store/histories/compaction.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <system_error>
#include <tuple>

namespace aitrading::engines::histories {
namespace fs = std::filesystem;

using ports::HistorySchema;
using sqlite::Database;

namespace {

/// Rows of a group, so that one takes about 8 MB: DuckDB holds a whole one in memory, and reads no less.
std::size_t group_rows(std::int64_t rows, std::int64_t bytes) {
    constexpr std::int64_t group_bytes = 8 << 20, vector = 2'048, most = 60;
    const std::int64_t each = bytes / std::max<std::int64_t>(rows, 1) + 64;
    return static_cast<std::size_t>(std::clamp<std::int64_t>(group_bytes / each / vector, 1, most) * vector);
}

}  // namespace

struct Compaction::Output {
    HistorySchema schema;
    std::string file;
    int level = 0;
    std::int64_t rows = 0, raw_bytes = 0;
    UnixNanos first, last;
};

Result<HistorySchema> Compaction::schema_of(const Pile& pile) {
    return file_.read([&](Database& database) -> Result<HistorySchema> {
        TRY(auto all, all_histories(database));
        for (History& one : all)
            if (one.id == pile.history) return std::move(one.schema);
        return fail(ErrorCode::failed, "history " + std::to_string(pile.history) + " is not there");
    });
}

Result<void> Compaction::run(const Pile& pile) {
    const std::lock_guard lock(running_);
    TRY_VOID(flush(pile));
    while (true) {
        TRY(const bool merged, merge_one(pile));
        if (!merged) return {};
    }
}

Result<void> Compaction::flush(const Pile& pile) {
    TRY(const HistorySchema schema, schema_of(pile));
    // The rows are read within one moment while others are appended; those have greater numbers.
    Waiting waiting;
    Output output{.schema = schema};
    TRY(const Part part, file_.read([&](Database& database) -> Result<Part> {
        waiting = waiting_in(database, pile);
        if (waiting.rows == 0) return Part{};
        output.file = fmt::format("part-{}-{}.parquet", waiting.last_number, waiting.rows);
        output.rows = waiting.rows;
        output.raw_bytes = waiting.bytes;
        output.first = waiting.first;
        output.last = waiting.last;
        auto rows = WaitingRows::of_pile(database, pile, waiting.last_number);
        const RowSource source = [&](StoredRow& row) -> Result<bool> { return rows.next(row); };
        return make_part(pile, output, source);
    }));
    if (waiting.rows == 0) return {};
    return name_part(pile, part, [&](Database& writer) { remove_waiting(writer, pile, waiting.last_number); });
}

Result<bool> Compaction::merge_one(const Pile& pile) {
    TRY(const HistorySchema schema, schema_of(pile));
    TRY(const std::vector<Part> all, file_.read([&](Database& database) -> Result<std::vector<Part>> { return parts_of(database, pile); }));
    std::vector<Part> chosen;
    for (int level = 0; level < level_max && chosen.size() < parts_merged; ++level) {
        chosen.clear();
        for (const Part& part : all)
            if (part.level == level && chosen.size() < parts_merged) chosen.push_back(part);
    }
    if (chosen.size() < parts_merged) return false;
    const fs::path folder = parts_.folder(pile.tenant, schema.name);
    TRY(const Duck* const duck, parts_.duck());
    Output output{.schema = schema, .level = chosen.front().level + 1, .first = chosen.front().first, .last = chosen.front().last};
    struct Input {
        FileHandle file;
        std::unique_ptr<PartRows> rows;
        StoredRow next;
        bool more = false;
    };
    std::vector<Input> inputs(chosen.size());
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        const Part& part = chosen[i];
        const fs::path path = folder / part.file;
        TRY(inputs[i].file, parts_.open(path));
        if (!inputs[i].file) return fail(ErrorCode::gate_refused, path.string() + ": is missing; restore it from a backup");
        TRY_VOID(parts_.check(inputs[i].file, path, part));  // damage is not carried on into a sound file
        const std::vector<ports::HistoryColumn> columns(schema.columns.begin(), schema.columns.begin() + static_cast<std::ptrdiff_t>(std::min(part.columns, schema.columns.size())));
        TRY(inputs[i].rows, PartRows::open(*duck, fmt::format("/proc/self/fd/{}", inputs[i].file.get()), columns, {}));
        TRY(inputs[i].more, inputs[i].rows->next(inputs[i].next));
        output.rows += part.rows;
        output.raw_bytes += part.raw_bytes;
        output.first = std::min(output.first, part.first);
        output.last = std::max(output.last, part.last);
    }
    output.file = fmt::format("merged-{}-{}.parquet", output.level, chosen.back().id);
    const RowSource source = [&](StoredRow& row) -> Result<bool> {
        Input* first = nullptr;
        for (Input& input : inputs) {
            const auto key = [](const StoredRow& r) { return std::tie(r.symbol, r.known_at, r.number); };
            if (input.more && (first == nullptr || key(input.next) < key(first->next))) first = &input;
        }
        if (first == nullptr) return false;
        std::swap(row, first->next);
        TRY(first->more, first->rows->next(first->next));
        return true;
    };
    TRY(const Part made, make_part(pile, output, source));
    TRY_VOID(name_part(pile, made, [&](Database& writer) {
        for (const Part& part : chosen) remove_part(writer, part.id);
    }));
    inputs.clear();
    TRY(const std::vector<Part> left, file_.read([&](Database& database) -> Result<std::vector<Part>> { return parts_of(database, pile); }));
    TRY_VOID(sweep_folder(folder, left));
    return true;
}

Result<Part> Compaction::make_part(const Pile& pile, const Output& output, const RowSource& source) {
    const fs::path folder = parts_.folder(pile.tenant, output.schema.name), path = folder / output.file, unfinished = path.string() + ".new";
    TRY_VOID(make_folder(folder));
    TRY(const Duck* const duck, parts_.duck());
    TRY_VOID(step("write part"));
    TRY(const std::int64_t rows, write_part(*duck, unfinished, output.schema.columns, group_rows(output.rows, output.raw_bytes), source));
    if (rows != output.rows) return fail(ErrorCode::failed, fmt::format("{}: {} rows came, not {}", path.string(), rows, output.rows));
    Part part{.file = output.file, .level = output.level, .rows = rows, .raw_bytes = output.raw_bytes, .first = output.first, .last = output.last, .columns = output.schema.columns.size()};
    TRY_VOID(step("sync part"));
    TRY_VOID(sync_path(unfinished));
    {
        TRY(const FileHandle file, parts_.open(unfinished));
        TRY(part.sum, PartFolder::sum_of(file, unfinished));
    }
    std::error_code error;
    part.bytes = static_cast<std::int64_t>(fs::file_size(unfinished, error));
    TRY_VOID(step("rename part"));
    if (!error) fs::rename(unfinished, path, error);
    if (error) return std::unexpected(disk_error("write", path, error.value()));
    TRY_VOID(step("sync folder"));
    TRY_VOID(sync_path(folder));
    return part;
}

Result<void> Compaction::name_part(const Pile& pile, const Part& part, const std::function<void(Database&)>& take_out) {
    TRY_VOID(step("name part"));
    return file_.write([&](Database& database) -> Result<void> {
        add_part(database, pile, part);
        take_out(database);
        return {};
    });
}

Result<void> Compaction::sweep_folder(const fs::path& folder, const std::vector<Part>& named) {
    const FileHandle lock = parts_.try_removing();
    if (!lock) return {};
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        const std::string file = entry.path().filename().string();
        if (std::ranges::find(named, file, &Part::file) != named.end()) continue;
        TRY_VOID(step("remove file"));
        fs::remove(entry.path(), error);
    }
    return {};  // what could not be removed is in nobody's way, and is tried again at the next opening
}

Result<void> Compaction::sweep() {
    const std::lock_guard lock(running_);
    std::map<fs::path, std::vector<Part>> named;
    TRY_VOID(file_.read([&](Database& database) -> Result<void> {
        TRY(const auto all, all_histories(database));
        for (const Pile& pile : piles_of_parts(database))
            for (const History& history : all)
                if (history.id == pile.history) named[parts_.folder(pile.tenant, history.schema.name)] = parts_of(database, pile);
        return {};
    }));
    std::error_code error;
    for (const auto& tenant : fs::directory_iterator(parts_.root() / "tenants", error)) {
        std::error_code inner;
        for (const auto& history : fs::directory_iterator(tenant.path(), inner)) TRY_VOID(sweep_folder(history.path(), named[history.path()]));
    }
    return {};
}

}  // namespace aitrading::engines::histories

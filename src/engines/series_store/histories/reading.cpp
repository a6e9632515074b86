#include "engines/series_store/histories/reading.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "domain/tenant.hpp"

namespace aitrading::engines::histories {
namespace fs = std::filesystem;

using ports::HistoryPage;
using ports::HistoryPlace;
using ports::HistoryQuery;
using ports::HistoryRow;
using ports::HistorySchema;
using ports::HistorySymbol;
using ports::HistoryValue;
using sqlite::Database;
using sqlite::Statement;

namespace {

constexpr int attempts_max = 20;  // a part may be merged and removed between the look and the opening

struct OpenPart {
    Part part;
    fs::path path;
    FileHandle file;
};

Error missing(const fs::path& path) { return {ErrorCode::gate_refused, path.string() + ": is missing; restore it from a backup", false}; }

}  // namespace

/// What a page is made of, as of one moment.
struct Reading::Moment {
    HistorySchema schema;
    std::vector<std::size_t> chosen;
    HistoryPlace after{{INT64_MIN}, 0};
    std::vector<OpenPart> parts;
    std::vector<StoredRow> waiting;  ///< with the chosen values; enough for a page
};

/// Rows in order, with the next one at hand.
struct Reading::Source {
    std::unique_ptr<PartRows> rows;      ///< none: `waiting`
    std::vector<std::size_t> place_of;   ///< where the values of the part go in the row
    std::size_t width = 0;
    std::vector<StoredRow>* waiting = nullptr;
    std::size_t at = 0;
    fs::path path;
    StoredRow next;
    bool more = false;

    Result<void> advance() {
        if (waiting != nullptr) {
            more = at < waiting->size();
            if (more) next = std::move((*waiting)[at++]);
            return {};
        }
        StoredRow row;
        const auto got = rows->next(row);
        if (!got) return fail(ErrorCode::gate_refused, path.string() + ": " + got.error().text + "; restore it from a backup");
        more = *got;
        next = {std::move(row.symbol), row.known_at, row.number, std::vector<HistoryValue>(width)};
        for (std::size_t i = 0; i < place_of.size() && more; ++i) next.values[place_of[i]] = std::move(row.values[i]);
        return {};
    }
};

Result<std::vector<HistorySchema>> Reading::histories() {
    std::vector<HistorySchema> out;
    TRY_VOID(look_([&](Database& database) -> Result<void> {
        TRY(auto all, all_histories(database));
        for (History& one : all) out.push_back(std::move(one.schema));
        return {};
    }));
    return out;
}

Result<std::vector<HistorySymbol>> Reading::symbols(std::string_view tenant, std::string_view history) {
    TRY_VOID(check_tenant(tenant));
    std::vector<HistorySymbol> out;
    TRY_VOID(look_([&](Database& database) -> Result<void> {
        TRY(const History found, find_history(database, history));
        out = symbols_of(database, {found.id, std::string(tenant)});
        return {};
    }));
    return out;
}

Error Reading::named(Error error) const {
    if (error.code == ErrorCode::gate_refused) error.text = database_file_.string() + ": " + error.text + "; restore it from a backup";
    return error;
}

/// False: a part went meanwhile; look again.
Result<bool> Reading::see(std::string_view tenant, std::string_view history, const HistoryQuery& query, Moment& moment) {
    bool complete = true;
    TRY_VOID(look_([&](Database& database) -> Result<void> {
        TRY(History found, find_history(database, history));
        TRY(moment.chosen, ports::check_history_query(found.schema, query));
        if (!query.page.empty()) {
            TRY(moment.after, ports::parse_page(query.page, tenant, history, query.symbol));
        }
        const Pile pile{found.id, std::string(tenant)};
        for (Part& part : parts_of(database, pile)) {
            if (part.last < std::max(query.range.from, moment.after.known_at) || part.first >= query.range.to) continue;
            fs::path path = parts_.folder(pile.tenant, found.schema.name) / part.file;
            TRY(FileHandle file, parts_.open(path));
            complete = complete && file;
            moment.parts.push_back({std::move(part), std::move(path), std::move(file)});
        }
        auto rows = WaitingRows::of_symbol(database, pile, query.symbol, query.range, moment.after);
        std::size_t bytes = 0;
        for (StoredRow row; moment.waiting.size() <= query.rows_max && bytes <= query.bytes_max;) {
            const auto more = rows.next(row);
            if (!more) return std::unexpected(named(more.error()));
            if (!*more) break;
            row.values.resize(found.schema.columns.size());
            StoredRow chosen{std::move(row.symbol), row.known_at, row.number, {}};
            for (const std::size_t at : moment.chosen) chosen.values.push_back(std::move(row.values[at]));
            bytes += ports::size_bytes({chosen.symbol, {chosen.known_at}, chosen.values});
            moment.waiting.push_back(std::move(chosen));
        }
        moment.schema = std::move(found.schema);
        return {};
    }));
    return complete;
}

Result<std::vector<Reading::Source>> Reading::sources_of(Moment& moment, const HistoryQuery& query) {
    std::vector<Source> out;
    for (const OpenPart& open : moment.parts) {
        TRY_VOID(parts_.check(open.file, open.path, open.part));
        TRY(const Duck* const duck, parts_.duck());
        Source source;
        std::vector<ports::HistoryColumn> columns;
        for (std::size_t i = 0; i < moment.chosen.size(); ++i) {
            if (moment.chosen[i] >= open.part.columns) continue;  // added later: not known here
            columns.push_back(moment.schema.columns[moment.chosen[i]]);
            source.place_of.push_back(i);
        }
        const TimeRange range{std::max(query.range.from, moment.after.known_at), query.range.to};
        auto rows = PartRows::open(*duck, fmt::format("/proc/self/fd/{}", open.file.get()), std::move(columns), {query.symbol, range});
        if (!rows) return fail(ErrorCode::gate_refused, open.path.string() + ": " + rows.error().text + "; restore it from a backup");
        source.rows = *std::move(rows);
        source.width = moment.chosen.size();
        source.path = open.path;
        do {
            TRY_VOID(source.advance());
        } while (source.more && source.next.place() <= moment.after);
        if (source.more) out.push_back(std::move(source));
    }
    Source waiting;
    waiting.waiting = &moment.waiting;
    TRY_VOID(waiting.advance());
    if (waiting.more) out.push_back(std::move(waiting));
    return out;
}

Result<HistoryPage> Reading::read(std::string_view tenant, std::string_view history, const HistoryQuery& query) {
    TRY_VOID(check_tenant(tenant));
    Moment moment;
    for (int attempt = 0;; ++attempt) {
        moment = {};
        TRY(const bool complete, see(tenant, history, query, moment));
        if (complete) break;
        if (attempt < attempts_max) continue;
        for (const OpenPart& open : moment.parts)
            if (!open.file) return std::unexpected(missing(open.path));
    }
    HistoryPage page;
    for (const std::size_t at : moment.chosen) page.columns.push_back(moment.schema.columns[at]);
    TRY(std::vector<Source> sources, sources_of(moment, query));
    HistoryPlace last;
    std::size_t bytes = 0;
    while (!sources.empty()) {
        const auto first = std::ranges::min_element(sources, {}, [](const Source& source) { return source.next.place(); });
        HistoryRow row{first->next.symbol, {first->next.known_at}, std::move(first->next.values)};
        bytes += ports::size_bytes(row);
        if (page.rows.size() == query.rows_max || (bytes > query.bytes_max && !page.rows.empty())) {
            page.next = ports::page_after(last, tenant, history, query.symbol);
            break;
        }
        last = first->next.place();
        page.rows.push_back(std::move(row));
        TRY_VOID(first->advance());
        if (!first->more) sources.erase(first);
    }
    return page;
}

Result<void> Reading::verify_database(Database& database) const {
    {
        Statement check(database, "PRAGMA integrity_check(3)");
        std::string said;
        while (check.step()) said += (said.empty() ? "" : ", ") + check.text(0);
        if (said != "ok" && !database.broken()) return fail(ErrorCode::gate_refused, database_file_.string() + ": damaged (" + said + "); restore it from a backup");
    }
    for (const Pile& pile : piles_of_waiting(database)) {
        auto rows = WaitingRows::of_pile(database, pile, INT64_MAX);
        for (StoredRow row;;) {
            const auto more = rows.next(row);
            if (!more) return std::unexpected(named(more.error()));
            if (!*more) break;
        }
    }
    Statement count(database,
                    "SELECT (SELECT coalesce(sum(row_count), 0) FROM symbols), (SELECT coalesce(sum(row_count), 0) FROM parts), (SELECT count(*) FROM waiting)");
    if (count.step() && count.number(0) != count.number(1) + count.number(2))
        return fail(ErrorCode::gate_refused, fmt::format("{}: {} rows were appended, {} are there; restore it from a backup", database_file_.string(), count.number(0),
                                                         count.number(1) + count.number(2)));
    return {};
}

Result<bool> Reading::verify_once() {
    bool complete = true;
    const auto work = [&](Database& database) -> Result<void> {
        TRY_VOID(verify_database(database));
        TRY(const auto all, all_histories(database));
        for (const Pile& pile : piles_of_parts(database)) {
            const auto history = std::ranges::find(all, pile.history, &History::id);
            if (history == all.end()) return fail(ErrorCode::gate_refused, database_file_.string() + ": parts of no history; restore it from a backup");
            for (const Part& part : parts_of(database, pile)) {
                const fs::path path = parts_.folder(pile.tenant, history->schema.name) / part.file;
                TRY(const FileHandle file, parts_.open(path));
                complete = complete && file;
                if (!file) continue;
                TRY(const std::uint64_t sum, PartFolder::sum_of(file, path));
                if (sum != part.sum) return fail(ErrorCode::gate_refused, path.string() + ": damaged, its sum does not fit; restore it from a backup");
            }
        }
        return {};
    };
    TRY_VOID(look_(work));
    return complete;
}

Result<void> Reading::verify() {
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
        TRY(const bool complete, verify_once());
        if (complete) return {};
    }
    return fail(ErrorCode::gate_refused, parts_.root().string() + ": files of histories are missing; restore them from a backup");
}

}  // namespace aitrading::engines::histories

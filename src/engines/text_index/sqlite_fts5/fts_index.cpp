#include "engines/text_index/sqlite_fts5/fts_index.hpp"

#include <algorithm>
#include <map>
#include <mutex>

#include "domain/tenant.hpp"
#include "engines/sqlite/store_file.hpp"
#include "engines/text_index/sqlite_fts5/expression.hpp"

namespace aitrading::engines {
namespace {

using ports::TextDocument, ports::TextHit, ports::TextHits, ports::TextSearch;
using sqlite::Database, sqlite::Statement, sqlite::StoreFile;

constexpr int snippet_words = 24;
// A row is a tenant's number times this, plus its own: a tenant has 2^40 documents over its life.
constexpr std::int64_t rows_a_tenant = std::int64_t{1} << 40;
constexpr std::int64_t tenants_max = (std::int64_t{1} << 22) - 1;

constexpr const char* schema =
    "CREATE TABLE IF NOT EXISTS text_indexes (name TEXT PRIMARY KEY, fields TEXT NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS text_tenants (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;";

/// Names of an index are letters, digits and underscores (check_text_index), so that they can be part of a statement.
std::string words_of(std::string_view index) { return "words_" + std::string(index); }
std::string documents_of(std::string_view index) { return "documents_" + std::string(index); }

std::string joined(const std::vector<std::string>& fields) {
    std::string all;
    for (const std::string& field : fields) all += (all.empty() ? "f_" : ", f_") + field;
    return all;
}

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> parts;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find(' ', at), text.size());
        parts.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return parts;
}

class FtsIndex final : public ports::TextIndex {
  public:
    explicit FtsIndex(std::unique_ptr<StoreFile> file) : file_(std::move(file)) {}

    Result<void> load() {
        return file_->read([&](Database& database) -> Result<void> {
            Statement all(database, "SELECT name, fields FROM text_indexes");
            while (all.step()) fields_[all.text(0)] = split(all.text(1));
            return {};
        });
    }

    Result<void> create(std::string_view index, const std::vector<std::string>& fields) override {
        TRY_VOID(ports::check_text_index(index, fields));
        if (auto there = fields_of(index)) {
            if (*there == fields) return {};
            return fail(ErrorCode::usage, "index '" + std::string(index) + "' has other fields; choose another name");
        }
        TRY_VOID(file_->write([&](Database& database) -> Result<void> {
            std::string names;
            for (const std::string& field : fields) names += (names.empty() ? "" : " ") + field;
            const std::string documents = documents_of(index);
            database.execute(("CREATE TABLE " + documents + " (row INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, id TEXT NOT NULL, time INTEGER NOT NULL, "
                              "UNIQUE (tenant, id)) STRICT;"
                              "CREATE INDEX " + documents + "_time ON " + documents + " (tenant, time);"
                              "CREATE VIRTUAL TABLE " + words_of(index) + " USING fts5(" + joined(fields) +
                              ", tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3')").c_str());
            const std::string name(index);
            Statement note(database, "INSERT INTO text_indexes VALUES (?, ?)");
            note.bind(1, std::string_view(name)).bind(2, std::string_view(names)).run();
            return {};
        }));
        const std::lock_guard lock(mutex_);
        fields_[std::string(index)] = fields;
        return {};
    }

    Result<std::vector<std::string>> indexes() override {
        const std::lock_guard lock(mutex_);
        std::vector<std::string> names;
        names.reserve(fields_.size());
        for (const auto& [name, fields] : fields_) names.push_back(name);
        return names;
    }

    Result<void> put(std::string_view tenant, std::string_view index, const std::vector<TextDocument>& documents) override {
        TRY_VOID(check_tenant(tenant));
        TRY(const std::vector<std::string> fields, fields_of(index));
        TRY_VOID(check_text_documents(documents, fields.size()));
        if (documents.empty()) return {};
        return file_->write([&](Database& database) -> Result<void> {
            TRY(const std::int64_t number, number_for(database, tenant));
            std::int64_t next = 0;
            {
                Statement last(database, "SELECT max(row) FROM " + documents_of(index) + " WHERE row BETWEEN ? AND ?");
                last.bind(1, number * rows_a_tenant).bind(2, (number + 1) * rows_a_tenant - 1);
                next = last.step() && !last.is_null(0) ? last.number(0) + 1 : number * rows_a_tenant;
            }
            Statement old(database, "DELETE FROM " + documents_of(index) + " WHERE tenant = ? AND id = ? RETURNING row");
            Statement forget(database, "DELETE FROM " + words_of(index) + " WHERE rowid = ?");
            Statement note(database, "INSERT INTO " + documents_of(index) + " VALUES (?, ?, ?, ?)");
            std::string marks;
            for (std::size_t i = 0; i < fields.size(); ++i) marks += ", ?";
            Statement take(database, "INSERT INTO " + words_of(index) + " (rowid, " + joined(fields) + ") VALUES (?" + marks + ")");
            for (const TextDocument& document : documents) {
                old.bind(1, number).bind(2, std::string_view(document.id));
                while (old.step()) forget.bind(1, old.number(0)).run();
                note.bind(1, next).bind(2, number).bind(3, std::string_view(document.id)).bind(4, document.time.value).run();
                take.bind(1, next++);
                for (std::size_t i = 0; i < fields.size(); ++i) take.bind(static_cast<int>(i) + 2, std::string_view(document.fields[i]));
                if (!take.run()) return {};  // the file says why
            }
            return {};
        });
    }

    Result<TextDocument> get(std::string_view tenant, std::string_view index, std::string_view id) override {
        TRY_VOID(check_tenant(tenant));
        TRY(const std::vector<std::string> fields, fields_of(index));
        return file_->read([&](Database& database) -> Result<TextDocument> {
            const std::string owner(tenant), wanted(id);
            Statement find(database, "SELECT d.time, " + joined(fields) + " FROM " + documents_of(index) + " d JOIN " + words_of(index) +
                                         " w ON w.rowid = d.row WHERE d.tenant = (SELECT number FROM text_tenants WHERE name = ?) AND d.id = ?");
            find.bind(1, std::string_view(owner)).bind(2, std::string_view(wanted));
            if (!find.step()) return fail(ErrorCode::not_found, "index '" + std::string(index) + "' has no document '" + wanted + "'");
            TextDocument document{wanted, {find.number(0)}, {}};
            for (std::size_t i = 0; i < fields.size(); ++i) document.fields.push_back(find.text(static_cast<int>(i) + 1));
            return document;
        });
    }

    Result<std::int64_t> remove(std::string_view tenant, std::string_view index, const std::vector<std::string>& ids) override {
        TRY_VOID(check_tenant(tenant));
        TRY_VOID(fields_of(index));
        if (ids.size() > static_cast<std::size_t>(ports::text_batch_max))
            return fail(ErrorCode::usage, "at most " + std::to_string(ports::text_batch_max) + " documents are removed at once");
        return file_->write([&](Database& database) -> Result<std::int64_t> {
            TRY(const std::int64_t number, number_for(database, tenant));
            Statement old(database, "DELETE FROM " + documents_of(index) + " WHERE tenant = ? AND id = ? RETURNING row");
            Statement forget(database, "DELETE FROM " + words_of(index) + " WHERE rowid = ?");
            std::int64_t removed = 0;
            for (const std::string& id : ids) {
                old.bind(1, number).bind(2, std::string_view(id));
                for (; old.step(); ++removed) forget.bind(1, old.number(0)).run();
            }
            return removed;
        });
    }

    Result<std::int64_t> remove_before(std::string_view tenant, std::string_view index, UnixNanos time) override {
        TRY_VOID(check_tenant(tenant));
        TRY_VOID(fields_of(index));
        return file_->write([&](Database& database) -> Result<std::int64_t> {
            TRY(const std::int64_t number, number_for(database, tenant));
            Statement words(database, "DELETE FROM " + words_of(index) + " WHERE rowid IN (SELECT row FROM " + documents_of(index) + " WHERE tenant = ? AND time < ?)");
            words.bind(1, number).bind(2, time.value).run();
            Statement old(database, "DELETE FROM " + documents_of(index) + " WHERE tenant = ? AND time < ?");
            old.bind(1, number).bind(2, time.value).run();
            return database.changes();
        });
    }

    Result<TextHits> search(std::string_view tenant, std::string_view index, const TextSearch& search) override {
        TRY_VOID(check_tenant(tenant));
        TRY_VOID(ports::check_text_search(search));
        TRY(const std::vector<ports::TextTerm> terms, ports::parse_text_query(search.query));
        TRY(const std::vector<std::string> fields, fields_of(index));
        std::optional<std::string> field;
        if (search.field) {
            if (std::ranges::find(fields, *search.field) == fields.end())
                return fail(ErrorCode::usage, "index '" + std::string(index) + "' has no field '" + *search.field + "'");
            field = "f_" + *search.field;
        }
        return file_->read([&](Database& database) { return found(database, tenant, index, search, text_index::expression_of(terms, field)); });
    }

    Result<void> verify() override {
        TRY_VOID(file_->verify());
        TRY(const std::vector<std::string> names, indexes());
        for (const std::string& name : names)
            TRY_VOID(file_->write([&](Database& database) -> Result<void> {
                // FTS5's own check compares every word with the documents; it is asked as a write, and changes nothing.
                database.execute(("INSERT INTO " + words_of(name) + " (" + words_of(name) + ") VALUES ('integrity-check')").c_str());
                return {};
            }));
        return {};
    }

  private:
    /// @errors not_found
    Result<std::vector<std::string>> fields_of(std::string_view index) {
        const std::lock_guard lock(mutex_);
        const auto found = fields_.find(index);
        if (found == fields_.end()) return fail(ErrorCode::not_found, "there is no text index '" + std::string(index.substr(0, 60)) + "'; create it first");
        return found->second;
    }

    /// A tenant's number; a new one where it has none yet. @errors usage (too many)
    static Result<std::int64_t> number_for(Database& database, std::string_view tenant) {
        const std::string name(tenant);
        Statement find(database, "SELECT number FROM text_tenants WHERE name = ?");
        find.bind(1, std::string_view(name));
        if (find.step()) return find.number(0);
        Statement add(database, "INSERT INTO text_tenants (name) VALUES (?) RETURNING number");
        add.bind(1, std::string_view(name));
        const std::int64_t number = add.step() ? add.number(0) : 0;
        add.run();
        if (number > tenants_max) return fail(ErrorCode::usage, "a text index serves at most 4,194,303 tenants");
        return number;
    }

    static Result<TextHits> found(Database& database, std::string_view tenant, std::string_view index, const TextSearch& search, const std::string& expression) {
        const std::string owner(tenant);
        std::int64_t number = -1;
        {
            Statement find(database, "SELECT number FROM text_tenants WHERE name = ?");
            find.bind(1, std::string_view(owner));
            if (find.step()) number = find.number(0);
        }
        if (number < 0) return TextHits{};
        const std::string words = words_of(index);
        const char* order = search.order == TextSearch::Order::relevance ? "score, d.time DESC, d.id" : "d.time DESC, d.id";
        Statement hits(database, "SELECT d.id, d.time, bm25(" + words + ") AS score, snippet(" + words + ", -1, char(2), char(3), '…', " + std::to_string(snippet_words) +
                                     ") FROM " + words + " JOIN " + documents_of(index) + " d ON d.row = " + words + ".rowid WHERE " + words +
                                     " MATCH ? AND " + words + ".rowid BETWEEN ? AND ? AND d.time >= ? AND d.time < ? ORDER BY " + order + " LIMIT ? OFFSET ?");
        hits.bind(1, std::string_view(expression)).bind(2, number * rows_a_tenant).bind(3, (number + 1) * rows_a_tenant - 1);
        hits.bind(4, search.range.from.value).bind(5, search.range.to.value).bind(6, std::int64_t{search.hits_max} + 1).bind(7, std::int64_t{search.skip});
        TextHits out;
        while (hits.step()) {
            if (out.hits.size() == static_cast<std::size_t>(search.hits_max)) {
                out.more = true;
                break;
            }
            text_index::Marked marked = text_index::unmarked(hits.text(3));
            TextHit hit{hits.text(0), {hits.number(1)}, -hits.real(2), std::move(marked.text), {}};
            for (const auto& [at, size] : marked.places) hit.marks.push_back({at, size});
            out.hits.push_back(std::move(hit));
        }
        return out;
    }

    std::unique_ptr<StoreFile> file_;
    std::mutex mutex_;
    std::map<std::string, std::vector<std::string>, std::less<>> fields_;
};

}  // namespace

Result<std::unique_ptr<ports::TextIndex>> open_fts_index(const FtsIndexOptions& options) {
    TRY(auto file, StoreFile::open({.file = options.file, .file_system = options.file_system, .what = "the text index", .checkpoint_pages = options.checkpoint_pages}, schema));
    auto index = std::make_unique<FtsIndex>(std::move(file));
    TRY_VOID(index->load());
    return index;
}

}  // namespace aitrading::engines

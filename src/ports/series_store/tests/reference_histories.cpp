#include "ports/series_store/tests/reference_histories.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "domain/tenant.hpp"

namespace aitrading::ports {
namespace {

using Fault = HistoryFault;
using History = ReferenceHistories::History;

class ReferenceHistoryStore final : public HistoryStore {
  public:
    ReferenceHistoryStore(Fault fault, std::shared_ptr<ReferenceHistories> kept) : fault_(fault), kept_(std::move(kept)) {}

    Result<std::vector<HistorySchema>> histories() override {
        const std::lock_guard lock(kept_->mutex);
        std::vector<HistorySchema> out;
        for (const auto& [name, history] : kept_->histories) out.push_back(history.schema);
        return out;
    }

    Result<void> define(const HistorySchema& schema) override {
        TRY_VOID(check_history_schema(schema));
        const std::lock_guard lock(kept_->mutex);
        History& history = kept_->histories[schema.name];
        TRY_VOID(check_history_growth(history.schema, schema));
        if (fault_ == Fault::forgets_old_rows && schema.columns.size() > history.schema.columns.size()) history.rows.clear();
        history.schema = schema;
        return {};
    }

    Result<HistoryAppended> append(std::string_view name, const HistoryBatch& batch) override {
        const std::lock_guard lock(kept_->mutex);
        TRY(History* const history, find(name));
        TRY_VOID(check_history_batch(history->schema, batch));
        history->rows_before = history->rows.size();
        history->marks_before = history->marks;
        HistoryAppended told;
        for (const HistoryEntry& entry : batch.entries) {
            const std::pair place{batch.origin, entry.made_of.partition};
            const auto mark = history->marks.find(place);
            bool known = mark != history->marks.end() && entry.made_of.offset <= mark->second;
            if (fault_ == Fault::counts_whole_batches) known = known && std::ranges::find(batch.up_to, HistoryMark{place.second, mark->second}) != batch.up_to.end();
            ++(known ? told.known : told.added);
            if (!known) history->rows.push_back({entry.tenant, stored(entry.row), ++kept_->numbers});
        }
        for (const HistoryMark& mark : batch.up_to) {
            std::int64_t& offset = history->marks[{batch.origin, mark.partition}];
            offset = std::max(offset, mark.offset);
        }
        return told;
    }

    Result<std::vector<HistoryMark>> marks(std::string_view name, std::string_view origin) override {
        const std::lock_guard lock(kept_->mutex);
        TRY(History* const history, find(name));
        std::vector<HistoryMark> out;
        for (const auto& [place, offset] : history->marks)
            if (place.first == origin) out.push_back({place.second, offset});
        return out;
    }

    Result<std::vector<HistorySymbol>> symbols(std::string_view tenant, std::string_view name) override {
        TRY_VOID(check_tenant(tenant));
        const std::lock_guard lock(kept_->mutex);
        TRY(History* const history, find(name));
        std::map<std::string, HistorySymbol> all;
        for (const auto& one : history->rows) {
            if (one.tenant != tenant) continue;
            HistorySymbol& symbol = all.try_emplace(one.row.symbol, HistorySymbol{one.row.symbol, 0, one.row.known_at, one.row.known_at}).first->second;
            ++symbol.rows;
            symbol.first = std::min(symbol.first, one.row.known_at);
            symbol.last = std::max(symbol.last, one.row.known_at);
        }
        std::vector<HistorySymbol> out;
        out.reserve(all.size());
        for (auto& [word, symbol] : all) out.push_back(std::move(symbol));
        return out;
    }

    Result<std::vector<std::string>> tenants(std::string_view name) override {
        const std::lock_guard lock(kept_->mutex);
        TRY(History* const history, find(name));
        std::set<std::string> all;
        for (const auto& one : history->rows) all.insert(one.tenant);
        return std::vector<std::string>(all.begin(), all.end());
    }

    Result<HistoryPage> read(std::string_view tenant, std::string_view name, const HistoryQuery& query) override {
        TRY_VOID(check_tenant(tenant));
        const std::lock_guard lock(kept_->mutex);
        TRY(History* const history, find(name));
        TRY(const auto chosen, check_history_query(history->schema, query));
        HistoryPlace after{{INT64_MIN}, 0};
        if (!query.page.empty()) {
            TRY(after, parse_page(query.page, tenant, name, query.symbol));
        }
        if (history->damaged && fault_ != Fault::gives_what_is_damaged) return fail(ErrorCode::gate_refused, "history " + std::string(name) + " is damaged");
        return page_of(*history, tenant, query, chosen, after);
    }

    Result<void> verify() override {
        const std::lock_guard lock(kept_->mutex);
        for (const auto& [name, history] : kept_->histories)
            if (history.damaged && fault_ != Fault::gives_what_is_damaged) return fail(ErrorCode::gate_refused, "history " + name + " is damaged");
        return {};
    }
    Result<void> compact() override { return {}; }
    Result<void> health() override { return {}; }

  private:
    Result<History*> find(std::string_view name) {
        const auto found = kept_->histories.find(name);
        if (found == kept_->histories.end()) return fail(ErrorCode::not_found, "no history " + std::string(name));
        return &found->second;
    }

    HistoryRow stored(HistoryRow row) const {
        for (HistoryValue& value : row.values)
            if (const auto* real = std::get_if<double>(&value); real != nullptr && std::isnan(*real)) {
                if (fault_ == Fault::takes_unknown_for_zero) value = 0.0;
                else value = std::monostate{};
            }
        return row;
    }

    HistoryPage page_of(const History& history, std::string_view tenant, const HistoryQuery& query, const std::vector<std::size_t>& chosen, const HistoryPlace& after) const {
        const std::string name = history.schema.name;
        std::vector<ReferenceHistories::Row> rows;
        std::size_t seen = history.rows.size();
        if (fault_ == Fault::tells_batches_in_halves) seen -= (seen - history.rows_before) / 2;
        for (std::size_t i = 0; i < seen; ++i) {
            const auto& one = history.rows[i];
            const bool mine = one.tenant == tenant || fault_ == Fault::shares_tenants;
            const bool inside = query.range.contains(one.row.known_at) || (fault_ == Fault::includes_the_end && one.row.known_at == query.range.to);
            if (mine && inside && one.row.symbol == query.symbol && HistoryPlace{one.row.known_at, one.number} > after) rows.push_back(one);
        }
        if (fault_ != Fault::keeps_the_order_of_appending) std::ranges::stable_sort(rows, {}, [](const auto& one) { return one.row.known_at; });
        if (fault_ == Fault::skips_between_pages && !query.page.empty() && !rows.empty()) rows.erase(rows.begin());
        HistoryPage page;
        for (const std::size_t at : chosen) page.columns.push_back(history.schema.columns[at]);
        std::size_t bytes = 0;
        for (auto& one : rows) {
            one.row.values.resize(history.schema.columns.size());
            HistoryRow row{one.row.symbol, one.row.known_at, {}};
            for (const std::size_t at : chosen) row.values.push_back(one.row.values[at]);
            bytes += size_bytes(row);
            const bool full = page.rows.size() == query.rows_max || (bytes > query.bytes_max && !page.rows.empty());
            if (full && fault_ != Fault::ignores_the_bound) {
                page.next = page_after(last_, tenant, name, query.symbol);
                return page;
            }
            last_ = {row.known_at, one.number};
            page.rows.push_back(std::move(row));
        }
        return page;
    }

    Fault fault_;
    std::shared_ptr<ReferenceHistories> kept_;
    mutable HistoryPlace last_;  ///< of the page that is being made
};

}  // namespace

Result<std::unique_ptr<HistoryStore>> ReferenceHistoryGround::open() {
    for (auto& [name, history] : kept_->histories)
        if (fault_ == Fault::forgets_its_marks) history.marks.clear();
    return std::make_unique<ReferenceHistoryStore>(fault_, kept_);
}

void ReferenceHistoryGround::cut(std::unique_ptr<HistoryStore> store) {
    store.reset();
    if (fault_ != Fault::loses_on_a_cut && fault_ != Fault::marks_without_rows) return;
    for (auto& [name, history] : kept_->histories) {
        history.rows.resize(std::min(history.rows.size(), history.rows_before));
        if (fault_ == Fault::loses_on_a_cut) history.marks = history.marks_before;
    }
}

std::string ReferenceHistoryGround::damage(const std::string& /*tenant*/, const std::string& history) {
    kept_->histories[history].damaged = true;
    return history;
}

}  // namespace aitrading::ports

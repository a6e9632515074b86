#include "ports/table_store/tests/reference_engine.hpp"

#include <algorithm>

#include "ports/table_store/connection_pool.hpp"

namespace aitrading::ports {
namespace {

struct Connection {};
using Pool = ConnectionPool<Connection>;

std::vector<Value> first_values(std::vector<Value> values, std::size_t count) {
    values.resize(std::min(count, values.size()));
    return values;
}

std::unexpected<Error> refuse(const std::string& why) { return fail(ErrorCode::gate_refused, why); }

class ReferenceSession final : public TableSession {
  public:
    ReferenceSession(Fault fault, std::shared_ptr<ReferenceShared> shared, Pool::Lease lease, std::string tenant, bool writes)
        : fault_(fault), shared_(std::move(shared)), lease_(std::move(lease)), tenant_(std::move(tenant)), writes_(writes) {
        const std::lock_guard lock(shared_->mutex);
        seen_ = shared_->now;
        if (writes_) own_ = std::make_shared<ReferenceState>(*seen_);
    }
    ~ReferenceSession() override {
        if (writes_ && !over_ && fault_ == Fault::keeps_half) publish();
        end_turn();
    }

    Result<std::optional<StoredRow>> get(const Table& table, const Key& key) override {
        const auto* rows = rows_of(table, tenant_);
        if (rows == nullptr || !rows->contains(key)) return std::nullopt;
        return rows->at(key).stored;
    }

    Result<StoredPage> scan(const ScanPlan& plan) override {
        std::vector<ReferenceState::Held> found;
        const auto& tenants = state().tables.find(plan.table->name);
        if (tenants != state().tables.end())
            for (const auto& [tenant, rows] : tenants->second)
                if (tenant == tenant_ || fault_ == Fault::mixes_tenants)
                    for (const auto& [key, held] : rows)
                        if (inside(plan, held.stored.row)) found.push_back(held);
        const auto by_order = [&](const auto& a, const auto& b) {
            const bool less = ValuesLess{}(plan.table->pick(a.stored.row, plan.order), plan.table->pick(b.stored.row, plan.order));
            return fault_ == Fault::sorts_by_writing ? a.first_written < b.first_written : less;
        };
        std::ranges::stable_sort(found, by_order);
        if (plan.descending) std::ranges::reverse(found);
        StoredPage page;
        std::size_t bytes = 0;
        for (const auto& held : found) {
            bytes += size_bytes(held.stored.row);
            const bool full = page.rows.size() >= static_cast<std::size_t>(plan.rows_max) || (bytes > plan.bytes_max && !page.rows.empty());
            if (full && fault_ != Fault::ignores_the_bound) {
                page.more = true;
                break;
            }
            page.rows.push_back(held.stored);
        }
        return page;
    }

    Result<std::int64_t> put(const Table& table, const Row& row, Expect expect) override {
        auto& rows = own_->tables[table.name][tenant_];
        const auto found = rows.find(table.key_of(row));
        if (auto met = meets(found == rows.end() ? nullptr : &found->second, expect); !met) return std::unexpected(met.error());
        for (const Table::Order& index : table.indexes) {
            if (!index.unique || fault_ == Fault::forgets_uniqueness) continue;
            for (const auto& [key, held] : rows)
                if (key != table.key_of(row) && table.pick(held.stored.row, index.columns) == table.pick(row, index.columns))
                    return refuse("table " + table.name + ", index " + index.name + ": taken");
        }
        const std::int64_t first = found == rows.end() ? own_->version + 1 : found->second.first_written;
        const std::int64_t own_count = found == rows.end() ? 1 : found->second.stored.version + 1;
        ++own_->version;
        const std::int64_t version = fault_ == Fault::reuses_versions ? own_count : own_->version;
        rows[table.key_of(row)] = {{row, version}, first};
        return version;
    }

    Result<bool> erase(const Table& table, const Key& key, Expect expect) override {
        auto& rows = own_->tables[table.name][tenant_];
        const auto found = rows.find(key);
        if (auto met = meets(found == rows.end() ? nullptr : &found->second, expect); !met) return std::unexpected(met.error());
        if (found == rows.end()) return false;
        rows.erase(found);
        return true;
    }

    Result<void> commit() override {
        if (writes_) publish();
        over_ = true;
        end_turn();
        return {};
    }

  private:
    const ReferenceState& state() {
        if (own_) return *own_;
        if (fault_ == Fault::moves_under_readers) {
            const std::lock_guard lock(shared_->mutex);
            seen_ = shared_->now;
        }
        return *seen_;
    }
    const ReferenceState::Rows* rows_of(const Table& table, const std::string& tenant) {
        const auto& tables = state().tables;
        const auto found = tables.find(table.name);
        if (found == tables.end() || !found->second.contains(tenant)) return nullptr;
        return &found->second.at(tenant);
    }
    Result<void> meets(const ReferenceState::Held* held, Expect expect) const {
        if (fault_ == Fault::ignores_versions) return {};
        switch (expect.kind) {
            case Expect::Kind::anything: return {};
            case Expect::Kind::absent: return held == nullptr ? Result<void>{} : refuse("is there");
            case Expect::Kind::present: return held != nullptr ? Result<void>{} : refuse("is not there");
            case Expect::Kind::version: break;
        }
        return held != nullptr && held->stored.version == expect.version ? Result<void>{} : refuse("is another");
    }
    bool inside(const ScanPlan& plan, const Row& row) const {
        const ValuesLess less;
        const std::vector<Value> at = plan.table->pick(row, plan.order);
        const std::vector<Value> rest(at.begin() + static_cast<std::ptrdiff_t>(plan.equal.size()), at.end());
        if (first_values(at, plan.equal.size()) != plan.equal) return false;
        if (less(first_values(rest, plan.from.size()), plan.from)) return false;
        if (!plan.to.empty() && !less(first_values(rest, plan.to.size()), plan.to)) return false;
        if (plan.after.empty()) return true;
        if (fault_ == Fault::repeats_the_mark && at == plan.after) return true;
        return plan.descending ? less(at, plan.after) : less(plan.after, at);
    }
    void publish() {
        const std::lock_guard lock(shared_->mutex);
        if (fault_ != Fault::commits_too_early) shared_->durable = own_;
        shared_->before = shared_->now;
        shared_->now = own_;
    }
    void end_turn() {
        if (!writes_ || turn_ended_ || fault_ == Fault::loses_updates) return;
        turn_ended_ = true;
        const std::lock_guard lock(shared_->mutex);
        shared_->writing = false;
        shared_->turn_over.notify_all();
    }

    Fault fault_;
    std::shared_ptr<ReferenceShared> shared_;
    Pool::Lease lease_;
    std::string tenant_;
    bool writes_, over_ = false, turn_ended_ = false;
    std::shared_ptr<const ReferenceState> seen_;
    std::shared_ptr<ReferenceState> own_;
};

class ReferenceEngine final : public TableEngine {
  public:
    ReferenceEngine(Fault fault, std::shared_ptr<ReferenceShared> shared, PoolOptions pool)
        : fault_(fault), shared_(std::move(shared)), pool_(pool, [] { return Result<std::unique_ptr<Connection>>(std::make_unique<Connection>()); }) {}
    ~ReferenceEngine() override {
        const std::lock_guard lock(shared_->mutex);
        shared_->durable = shared_->now;
    }

    Result<std::unique_ptr<TableSession>> begin(std::string_view tenant, Access access, std::chrono::milliseconds wait) override {
        TRY(auto lease, pool_.take(wait));
        if (access == Access::write && fault_ != Fault::loses_updates) {
            std::unique_lock lock(shared_->mutex);
            if (!shared_->turn_over.wait_for(lock, wait, [&] { return !shared_->writing; })) return fail(ErrorCode::failed, "another writes", true);
            shared_->writing = true;
        }
        return std::make_unique<ReferenceSession>(fault_, shared_, std::move(lease), std::string(tenant), access == Access::write);
    }
    Result<std::vector<AppliedMigration>> applied() override {
        const std::lock_guard lock(shared_->mutex);
        return shared_->now->applied;
    }
    Result<void> migrate(std::size_t done, const Migration& migration, const Catalog& after) override {
        const std::lock_guard lock(shared_->mutex);
        auto next = std::make_shared<ReferenceState>(*shared_->now);
        if (next->applied.size() != done) return fail(ErrorCode::failed, "another migrates", true);
        for (const Change& change : migration.changes) {
            if (auto made = make(*next, change, after); !made) {
                if (fault_ == Fault::migrates_in_pieces) shared_->durable = shared_->now = next;
                return refuse("migration " + migration.name + ": " + made.error().text);
            }
        }
        next->applied.push_back({migration.name, checksum(migration)});
        shared_->durable = shared_->before = shared_->now = next;
        return {};
    }
    Result<void> verify(const Catalog&) override { return {}; }
    Result<void> health() override { return {}; }

  private:
    static Result<void> make(ReferenceState& state, const Change& change, const Catalog& after) {
        if (const auto* drop = std::get_if<DropTable>(&change)) state.tables.erase(drop->table);
        if (const auto* add = std::get_if<AddColumn>(&change))
            for (auto& [tenant, rows] : state.tables[add->table])
                for (auto& [key, held] : rows) held.stored.row.push_back(add->otherwise);
        const auto* add = std::get_if<AddIndex>(&change);
        if (add == nullptr || !add->index.unique) return {};
        const Table& table = after.find(add->table)->second;
        for (auto& [tenant, rows] : state.tables[add->table]) {
            std::vector<std::vector<Value>> all;
            for (auto& [key, held] : rows) all.push_back(table.pick(held.stored.row, table.index(add->index.name)->columns));
            std::ranges::sort(all, ValuesLess{});
            if (std::ranges::adjacent_find(all) != all.end()) return refuse("index " + add->index.name + ": rows are alike");
        }
        return {};
    }

    Fault fault_;
    std::shared_ptr<ReferenceShared> shared_;
    Pool pool_;
};

}  // namespace

bool ValuesLess::operator()(const std::vector<Value>& a, const std::vector<Value>& b) const {
    const auto less = [](const Value& x, const Value& y) {
        if (x.index() != y.index()) return x.index() < y.index();
        const auto unsigned_less = [](const std::string& p, const std::string& q) {
            return std::ranges::lexicographical_compare(p, q, {}, [](char c) { return static_cast<unsigned char>(c); }, [](char c) { return static_cast<unsigned char>(c); });
        };
        if (const auto* text = std::get_if<std::string>(&x)) return unsigned_less(*text, std::get<std::string>(y));
        if (const auto* bytes = std::get_if<Bytes>(&x)) return unsigned_less(bytes->value, std::get<Bytes>(y).value);
        return x < y;
    };
    return std::ranges::lexicographical_compare(a, b, less);
}

Result<std::unique_ptr<TableEngine>> ReferenceGround::open(PoolOptions pool) {
    if (fault_ == Fault::opens_without_bound) pool.connections_max = 1'000'000;
    if (fault_ == Fault::loses_on_restart) shared_->now = shared_->before;
    return std::make_unique<ReferenceEngine>(fault_, shared_, pool);
}

void ReferenceGround::cut(std::unique_ptr<TableStore> store) {
    const auto durable = shared_->durable;
    store.reset();
    shared_->now = shared_->before = shared_->durable = durable;
}

bool ReferenceGround::holds(std::string_view bytes) {
    for (const auto& [name, tenants] : shared_->now->tables)
        for (const auto& [tenant, rows] : tenants)
            for (const auto& [key, held] : rows)
                if (pack(held.stored.row).find(bytes) != std::string::npos) return true;
    return false;
}

}  // namespace aitrading::ports

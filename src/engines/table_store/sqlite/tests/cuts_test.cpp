#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "base/random.hpp"
#include "engines/sqlite/simulated_disk/simulated_disk.hpp"
#include "engines/table_store/sqlite/sqlite_tables.hpp"
#include "ports/table_store/table_store.hpp"

namespace aitrading::engines {
namespace {

using namespace ports;
using Model = std::map<std::string, std::int64_t>;  ///< what table `t` holds

std::vector<Migration> steps(std::size_t count) {
    std::vector<Migration> all{{"0001-t", {CreateTable{{.name = "t", .columns = {{"id", ColumnType::text}, {"n", ColumnType::integer}, {"fill", ColumnType::bytes, true}}, .key = {"id"},
                                                         .indexes = {{"by_n", {"n"}, false}}}}}},
                               {"0002-column", {AddColumn{"t", {"more", ColumnType::text}, std::string("x")}, CreateTable{{.name = "u", .columns = {{"k", ColumnType::integer}}, .key = {"k"}}}}},
                               {"0003-index", {AddIndex{"t", {"by_more", {"more"}, false}}, DropIndex{"t", "by_n"}, DropTable{"u"}}}};
    all.resize(count);
    return all;
}

/// One seeded life on a simulated disk: transactions, steps forward and restarts until a fault ends it; then everything
/// that was committed must be there, and the transaction or step in the middle as a whole or not at all.
class Life {
  public:
    explicit Life(std::uint64_t seed, bool disk_lies) : random_(seed), disk_(derive_seed(seed, 1)) {
        if (disk_lies) disk_.lie();
        const auto step = static_cast<std::int64_t>(1 + random_.next_below(random_.next_below(4) == 0 ? 80 : 500));
        const std::uint64_t kind = random_.next_below(10);
        if (kind < 7) disk_.cut_at(step);
        else if (kind < 9) disk_.fail_sync_at(step);
        else disk_.fill_at(step);
    }

    std::string run() {
        if (open())
            for (int i = 0; i < 60 && broken_.empty() && operate(); ++i) {
            }
        faulted = disk_.faulted();
        if (broken_.empty() && store_ && faulted && store_->health() && may_.size() > 1) broken_ = "the store goes on writing after a fault";
        store_.reset();
        disk_.restart();
        if (broken_.empty()) check();
        store_.reset();
        return broken_;
    }
    bool faulted = false;

  private:
    template <class T>
    bool went(const Result<T>& result, const char* doing) {
        if (!result && !disk_.faulted()) broken_ = std::string(doing) + " was refused without a fault: " + result.error().text;
        return result.has_value();
    }
    bool open() {
        store_.reset();
        auto engine = open_sqlite_tables({"t", {}, disk_.file_system(), static_cast<int>(4 + random_.next_below(60))});
        if (!went(engine, "open")) return false;
        auto store = TableStore::open(std::move(*engine), {steps(steps_)});
        if (!went(store, "migrate")) return false;
        store_ = std::move(*store);
        done_ = steps_;
        return true;
    }
    bool operate() {
        const std::uint64_t kind = random_.next_below(20);
        if (kind < 17) return transact(kind == 16);
        if (kind == 17 && steps_ < 3) ++steps_;
        return open();
    }
    bool transact(bool undone) {
        Model next = may_.front();
        auto t = store_->begin("t1", Access::write);
        if (!went(t, "begin")) return false;
        for (std::uint64_t i = 1 + random_.next_below(6); i > 0; --i) {
            const std::string id = "r" + std::to_string(random_.next_below(30));
            if (random_.next_below(4) == 0) {
                if (!went(t->erase("t", {id}), "erase")) return false;
                next.erase(id);
                continue;
            }
            Row row{id, next[id] += 1 + static_cast<std::int64_t>(random_.next_below(9)), Bytes{std::string(random_.next_below(3'000), 'x')}};
            if (done_ >= 2) row.emplace_back(std::string("y"));
            if (!went(t->put("t", row), "put")) return false;
        }
        if (undone) return true;
        may_.push_back(next);  // from here on it may be there, acknowledged or not
        if (!went(t->commit(), "commit")) return false;
        may_ = {next};
        return true;
    }
    void check() {
        auto engine = open_sqlite_tables({"t", {}, disk_.file_system(), 1'000});
        if (!engine) return void(broken_ = engine.error().text);
        const auto applied = (*engine)->applied();
        if (!applied) return void(broken_ = applied.error().text);
        if (applied->size() < done_ || applied->size() > steps_) return void(broken_ = "a step that was done is lost");
        auto store = TableStore::open(std::move(*engine), {steps(applied->size()), nullptr, false});
        if (!store) return void(broken_ = store.error().text);
        if (const auto sound = (*store)->verify(); !sound) return void(broken_ = sound.error().text);
        if (applied->empty()) return;
        Model found;
        auto t = (*store)->begin("t1", Access::read);
        const auto read = t->each("t", {.rows_max = 7}, [&](const StoredRow& row) {
            found[std::get<std::string>(row.row[0])] = std::get<std::int64_t>(row.row[1]);
            return true;
        });
        if (!read) broken_ = read.error().text;
        else if (std::ranges::find(may_, found) == may_.end()) broken_ = "what is there is not what was committed";
    }

    SplitMix64 random_;
    SimulatedDisk disk_;
    std::size_t steps_ = 1, done_ = 0;
    std::vector<Model> may_{{}};  ///< what is committed; and behind it what a commit that failed may have left
    std::unique_ptr<TableStore> store_;
    std::string broken_;
};

/// AIT_CUT_SEED replays one.
TEST(SqliteTablesCuts, no_seed_loses_or_halves_a_transaction_or_a_step) {
    const char* one = std::getenv("AIT_CUT_SEED");  // NOLINT(concurrency-mt-unsafe): one thread
    const std::uint64_t from = one == nullptr ? 1 : std::strtoull(one, nullptr, 10), count = one == nullptr ? 400 : 1;
    std::uint64_t came = 0;
    for (std::uint64_t seed = from; seed < from + count; ++seed) {
        Life life(seed, false);
        ASSERT_EQ(life.run(), "") << "replay it with AIT_CUT_SEED=" << seed;
        came += life.faulted ? 1 : 0;
    }
    if (one == nullptr) {
        EXPECT_GT(came, count / 2) << "most lives are hit";
    }
}

TEST(SqliteTablesCuts, a_disk_that_lies_about_syncs_is_found_out) {
    int found = 0;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) found += Life(seed, true).run().empty() ? 0 : 1;
    EXPECT_GT(found, 10);
}

}  // namespace
}  // namespace aitrading::engines

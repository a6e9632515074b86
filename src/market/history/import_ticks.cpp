#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "market/history/import_parts.hpp"
#include "market/history/merge_ticks.hpp"
#include "market/history/tick_source.hpp"

namespace aitrading::market {
namespace {

constexpr std::size_t batch_rows = 65'536;

/// One file that is open, with all that reading it needs.
struct OpenTicks {
    OpenTicks(RowStream opened, const ImportOptions& options, const PendingTicks& file)
        : rows(std::move(opened)), report(begin_report(rows, file.path)), source(rows, options, report, &file.report.clock) {
        report.key = file.key;
    }
    RowStream rows;
    ImportReport report;
    TickSource source;
};

/// The files of one pass, one after the other. A file that begins before the one before it ended waits for the next pass.
class TickChain final : public TickInput {
  public:
    TickChain(std::vector<PendingTicks*> files, const ImportOptions& options)
        : files_(std::move(files)), options_(options), counts_(files_.size()) {}

    Result<bool> next() override {
        while (true) {
            if (open_) {
                auto more = open_->source.next();
                if (more && *more) return true;
                if (!more) return refuse(more.error());
                if (auto sound = open_->rows.verdict(); !sound) return refuse(sound.error());
                close();
            }
            if (!open_next()) return false;
        }
    }
    const Tick& current() const override { return open_->source.current(); }
    TickCounts& counts() override { return counts_[at_ - 1]; }
    int digits() const override { return open_ ? std::max(digits_, open_->report.digits) : digits_; }

    /// Files that this pass did not take.
    const std::vector<PendingTicks*>& waiting() const { return waiting_; }
    /// The file that ended the pass by its fault, if one did.
    PendingTicks* refused() const { return refused_; }
    /// Writes the counts into the reports of the files that the pass took.
    void settle() {
        for (std::size_t i = 0; i < done_.size(); ++i) {
            ImportReport& report = done_[i].first->report;
            const TickCounts& counts = counts_[done_[i].second];
            report.rows_stored += counts.stored;
            report.rows_known += counts.known;
            report.rows_conflicting += counts.conflicting;
        }
    }

    std::int64_t stored() const {
        std::int64_t out = 0;
        for (const TickCounts& counts : counts_) out += counts.stored;
        return out;
    }

  private:
    std::unexpected<Error> refuse(const Error& error) {
        refused_ = files_[at_ - 1];
        refused_->error = error;
        open_.reset();
        return std::unexpected(error);
    }
    void close() {
        digits_ = std::max(digits_, open_->report.digits);
        last_ = open_->report.last;
        end_report(open_->rows, open_->rows.defects(), open_->report);
        files_[at_ - 1]->report = std::move(open_->report);
        done_.emplace_back(files_[at_ - 1], at_ - 1);
        open_.reset();
    }
    bool open_next() {
        while (at_ < files_.size()) {
            PendingTicks& file = *files_[at_++];
            if (last_ && file.first <= *last_) {
                waiting_.push_back(&file);
                continue;
            }
            auto rows = RowStream::open(file.path, options_);
            if (!rows) {
                file.error = rows.error();
                continue;
            }
            open_ = std::make_unique<OpenTicks>(*std::move(rows), options_, file);
            return true;
        }
        return false;
    }

    std::vector<PendingTicks*> files_, waiting_;
    const ImportOptions& options_;
    std::unique_ptr<OpenTicks> open_;
    std::vector<TickCounts> counts_;
    std::vector<std::pair<PendingTicks*, std::size_t>> done_;
    PendingTicks* refused_ = nullptr;
    std::optional<UnixNanos> last_;
    std::size_t at_ = 0;
    int digits_ = 0;
};

/// One pass over the stored series. @errors of the store, of a file (see TickChain::refused)
Result<void> merge_pass(TickChain& chain, const SeriesKey& key, bool replace, ports::SeriesStore& store) {
    const auto old = store.describe(key);
    if (!old && old.error().code != ErrorCode::not_found) return std::unexpected(old.error());
    TRY(const auto writer, store.replace_ticks(key, old ? old->digits : 0));
    TickMerge merge(chain, *writer, replace);
    TRY_VOID(merge.begin());
    Result<void> merged;
    if (old) {
        TRY_VOID(store.stream_ticks(key, {}, batch_rows, [&](const TickColumns& batch) {
            for (std::size_t i = 0; i < batch.size() && merged; ++i) merged = merge.take_old(batch.tick(i));
            return merged.has_value();
        }));
    }
    TRY_VOID(std::move(merged));
    TRY_VOID(merge.finish());
    chain.settle();
    return chain.stored() == 0 ? Result<void>{} : writer->commit();
}

/// Reads a file to its end to know whether it can be taken as a whole.
std::optional<Error> fault_of(const PendingTicks& file, const ImportOptions& options) {
    auto rows = RowStream::open(file.path, options);
    if (!rows) return rows.error();
    OpenTicks open(*std::move(rows), options, file);
    while (true) {
        const auto more = open.source.next();
        if (!more) return more.error();
        if (!*more) break;
    }
    if (const auto sound = open.rows.verdict(); !sound) return sound.error();
    return std::nullopt;
}

Result<void> store_passes(std::vector<PendingTicks*> files, const ImportOptions& options, ports::SeriesStore& store) {
    bool examined = false;
    while (!files.empty()) {
        TickChain chain(files, options);
        const auto merged = merge_pass(chain, files[0]->key, options.replace, store);
        if (merged) {
            files = chain.waiting();
            continue;
        }
        if (chain.refused() == nullptr || merged.error().code == ErrorCode::interrupted) return merged;
        // Nothing of this pass was stored. All that is bad is found at once, so that there is one more pass, not many.
        if (!examined)
            for (PendingTicks* file : files)
                if (!file->error) file->error = fault_of(*file, options);
        examined = true;
        std::erase_if(files, [](const PendingTicks* file) { return file->error.has_value(); });
    }
    return {};
}

}  // namespace

Result<PendingTicks> probe_tick_file(RowStream& rows, const ImportOptions& options, const std::filesystem::path& path) {
    if (options.timeframe && *options.timeframe != Timeframe::ticks)
        return fail(ErrorCode::bad_input,
                    fmt::format("{}: holds ticks, not {} bars; import the ticks, then `aitrading data resample {} ticks {}`",
                                path.string(), name(*options.timeframe), rows.symbol(), name(*options.timeframe)));
    PendingTicks out;
    out.path = path;
    ImportReport report;
    report.key = {rows.symbol(), Timeframe::ticks};
    report.path = path;
    TickSource source(rows, options, report);
    TRY(const bool any, source.next());
    out.report.clock = report.clock;
    if (!any) TRY_VOID(rows.verdict());
    if (any) out.first = source.current().time;
    if (rows.symbol().empty()) return std::unexpected(symbol_unknown(path));
    out.key = {rows.symbol(), Timeframe::ticks};
    return out;
}

void store_tick_files(std::span<PendingTicks* const> files, const ImportOptions& options, ports::SeriesStore& store) {
    std::vector<PendingTicks*> ordered(files.begin(), files.end());
    std::ranges::stable_sort(ordered, {}, &PendingTicks::first);
    const auto lock = store.lock_writers(files[0]->key);
    const Result<void> stored = lock ? store_passes(std::move(ordered), options, store) : std::unexpected(lock.error());
    for (PendingTicks* file : files) {
        if (!stored && !file->error) file->error = stored.error();
        if (file->report.rows_conflicting > 0)
            file->report.warnings.push_back("some rows contradict stored ones, which stayed; --replace takes the new");
    }
}

}  // namespace aitrading::market

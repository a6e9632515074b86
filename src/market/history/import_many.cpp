#include "market/history/import_many.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>

#include "market/history/import_parts.hpp"
#include "market/history/quarantine.hpp"

namespace aitrading::market {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t pending_rows_max = 2'000'000;  // about 200 MB of bars with both sides

bool may_hold_prices(const fs::path& path) {
    std::string end = path.extension().string();
    for (char& c : end) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    for (const std::string_view known : {"", ".csv", ".txt", ".tsv", ".prn", ".dat", ".gz", ".zip", ".bi5", ".hst", ".lzma"})
        if (end == known) return true;
    return false;
}

/// Dukascopy keeps an hour without ticks as a file without bytes.
std::optional<ImportReport> empty_hour(const fs::path& path) {
    std::error_code code;
    if (path.extension() != ".bi5" || fs::file_size(path, code) != 0 || code) return std::nullopt;
    ImportReport report;
    report.path = path;
    report.format = "dukascopy-bi5";
    report.timezone = "UTC";
    const fs::path full = fs::absolute(path, code).lexically_normal();
    report.key = {full.parent_path().parent_path().parent_path().parent_path().filename().string(), Timeframe::ticks};
    report.warnings.push_back("an hour without ticks");
    return report;
}

/// Files of one command on their way into the store.
class ManyFiles {
  public:
    ManyFiles(const ImportOptions& options, ports::SeriesStore& store, std::size_t files)
        : options_(options), store_(store), outcomes_(files) {}

    void read(std::size_t index, const fs::path& path) {
        if (auto empty = empty_hour(path)) {
            outcomes_[index] = *std::move(empty);
            return;
        }
        auto book = import_if_book(path, options_, store_);
        if (!book) return refuse(index, book.error());
        if (*book) {
            outcomes_[index] = **std::move(book);
            return;
        }
        auto rows = RowStream::open(path, options_);
        if (!rows) return refuse(index, rows.error());
        if (rows->layout().kind == RowKind::ticks) {
            auto probed = probe_tick_file(*rows, options_, path);
            if (!probed) return refuse(index, probed.error());
            ticks_[probed->key].push_back({index, *std::move(probed)});
            return;
        }
        auto pending = read_bar_file(*rows, options_, path);
        if (!pending) return refuse(index, pending.error());
        pending_rows_ += pending->bars.size();
        bars_[pending->report.key].push_back({index, *std::move(pending)});
        if (pending_rows_ > pending_rows_max) store_bars();
    }
    void store_bars() {
        for (auto& [key, files] : bars_) settle<PendingBars>(files, store_bar_files);
        bars_.clear();
        pending_rows_ = 0;
    }
    void store_ticks() {
        for (auto& [key, files] : ticks_) settle<PendingTicks>(files, store_tick_files);
        ticks_.clear();
    }
    void refuse(std::size_t index, const Error& error) { outcomes_[index] = std::unexpected(error); }
    std::vector<std::optional<Result<ImportReport>>> take() { return std::move(outcomes_); }

  private:
    template <class Pending>
    struct Indexed {
        std::size_t index;
        Pending file;
    };
    template <class Pending, class Store>
    void settle(std::vector<Indexed<Pending>>& files, const Store& into_store) {
        std::vector<Pending*> all;
        for (auto& entry : files) all.push_back(&entry.file);
        into_store(all, options_, store_);
        std::vector<const ImportReport*> reports;
        for (const Pending* file : all)
            if (!file->error) reports.push_back(&file->report);
        if (const auto kept = reports.empty() ? Result<void>{} : record_imports(reports, reports[0]->key, store_); !kept)
            all[0]->report.warnings.push_back("the rows left out could not be listed: " + kept.error().text);
        for (auto& [index, file] : files) {
            if (file.error)
                refuse(index, *file.error);
            else
                outcomes_[index] = std::move(file.report);
        }
    }

    const ImportOptions& options_;
    ports::SeriesStore& store_;
    std::map<SeriesKey, std::vector<Indexed<PendingBars>>> bars_;
    std::map<SeriesKey, std::vector<Indexed<PendingTicks>>> ticks_;
    std::vector<std::optional<Result<ImportReport>>> outcomes_;
    std::size_t pending_rows_ = 0;
};

}  // namespace

Result<FoundFiles> find_files(std::span<const fs::path> paths) {
    FoundFiles out;
    for (const fs::path& path : paths) {
        std::error_code code;
        if (!fs::is_directory(path, code)) {
            out.files.push_back(path);
            continue;
        }
        const std::size_t before = out.files.size();
        const auto entries = fs::recursive_directory_iterator(path, fs::directory_options::skip_permission_denied, code);
        if (code) return fail(ErrorCode::bad_input, fmt::format("cannot read the folder {}: {}", path.string(), code.message()));
        for (auto entry = fs::begin(entries); entry != fs::end(entries); entry.increment(code)) {
            if (code) break;
            if (!entry->is_regular_file(code)) continue;
            const bool counts = !entry->path().filename().string().starts_with('.') && may_hold_prices(entry->path());
            if (counts)
                out.files.push_back(entry->path());
            else
                ++out.left_out;
        }
        if (out.files.size() == before)
            return fail(ErrorCode::bad_input,
                        fmt::format("{}: the folder holds no files of prices (.csv .txt .gz .zip .bi5 .hst); name the files",
                                    path.string()));
        std::sort(out.files.begin() + static_cast<std::ptrdiff_t>(before), out.files.end());
    }
    return out;
}

std::vector<FileOutcome> import_files(std::span<const fs::path> files, const ImportOptions& options,
                                      ports::SeriesStore& store, const std::function<void(std::int64_t)>& progress) {
    ManyFiles many(options, store, files.size());
    for (std::size_t i = 0; i < files.size() && !options.stop.stop_requested(); ++i) {
        many.read(i, files[i]);
        if (progress) progress(static_cast<std::int64_t>(i + 1));
    }
    if (!options.stop.stop_requested()) many.store_bars();
    if (!options.stop.stop_requested()) many.store_ticks();
    std::vector<FileOutcome> out;
    auto outcomes = many.take();
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (!outcomes[i])
            outcomes[i] = fail(ErrorCode::interrupted, fmt::format("{}: stopped, nothing of it was stored", files[i].string()));
        out.push_back({files[i], *std::move(outcomes[i])});
    }
    return out;
}

}  // namespace aitrading::market

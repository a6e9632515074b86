#include "models/ensemble/member_fit.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>
#include <optional>

#include <fmt/format.h>

#include "base/check.hpp"
#include "base/hash.hpp"
#include "base/parallel.hpp"
#include "base/random.hpp"

namespace aitrading::models {
namespace {

constexpr std::string_view cache_magic = "ait-fit-2\n";

/// Rows of some entries as one matrix: a view where they lie side by side, else a copy.
struct Gathered {
    std::vector<double> copy;
    MatrixView view;
    std::vector<float> y;
    std::vector<double> weight;
    double overlap = 1;
    MatrixView series;
    std::vector<std::uint32_t> row;
    std::vector<double> target;
    bool directional = false;
    TrainingData data() const { return {view, y, weight, overlap, series, row, target, directional}; }
};

/// The first `rows` rows of the whole matrix, with the learnt columns behind the others.
MatrixView whole_series(const FeatureMatrix& features, const LearntBlock* learnt, std::size_t rows, std::vector<double>& copy) {
    if (learnt == nullptr) return features.view().slice(0, rows);
    const std::size_t more = learnt->columns, columns = features.columns() + more;
    copy.reserve(rows * columns);
    for (std::size_t t = 0; t < rows; ++t) {
        const auto row = features.row(t);
        const auto behind = std::span(learnt->values).subspan(t * more, more);
        copy.insert(copy.end(), row.begin(), row.end());
        copy.insert(copy.end(), behind.begin(), behind.end());
    }
    return {copy.data(), rows, columns, columns};
}

/// Where entries stand in the series, and what their labels speak of.
void place(const LabelSet& labels, std::span<const std::uint32_t> entries, MatrixView series, Gathered& out) {
    out.series = series;
    out.directional = labels.directional;
    for (const std::uint32_t e : entries) {
        out.row.push_back(labels.row[e]);
        out.target.push_back(e < labels.target.size() ? labels.target[e] : std::numeric_limits<double>::quiet_NaN());
    }
}

std::size_t rows_up_to(const LabelSet& labels, std::span<const std::uint32_t> entries) {
    return entries.empty() ? 0 : labels.row[entries.back()] + std::size_t{1};
}

/// Rows with the learnt columns behind the others.
MatrixView gather_wide_rows(const FeatureMatrix& features, const LearntBlock& learnt, const LabelSet& labels,
                            std::span<const std::uint32_t> entries, std::vector<double>& copy) {
    const std::size_t more = learnt.columns, columns = features.columns() + more;
    copy.reserve(entries.size() * columns);
    for (const std::uint32_t e : entries) {
        const auto row = features.row(labels.row[e]);
        const auto behind = std::span(learnt.values).subspan(labels.row[e] * more, more);
        copy.insert(copy.end(), row.begin(), row.end());
        copy.insert(copy.end(), behind.begin(), behind.end());
    }
    return {copy.data(), entries.size(), columns, columns};
}

MatrixView gather_rows(const FeatureMatrix& features, const LearntBlock* learnt, const LabelSet& labels,
                       std::span<const std::uint32_t> entries, std::vector<double>& copy) {
    const std::size_t columns = features.columns();
    if (learnt != nullptr) return gather_wide_rows(features, *learnt, labels, entries, copy);
    if (entries.empty()) return {features.values.data(), 0, columns, columns};
    const std::size_t first = labels.row[entries.front()], last = labels.row[entries.back()];
    if (last - first + 1 == entries.size()) return features.view().slice(first, last + 1);
    copy.reserve(entries.size() * columns);
    for (const std::uint32_t e : entries) {
        const auto row = features.row(labels.row[e]);
        copy.insert(copy.end(), row.begin(), row.end());
    }
    return {copy.data(), entries.size(), columns, columns};
}

void gather(const FeatureMatrix& features, const LearntBlock* learnt, const LabelSet& labels,
            std::span<const double> weight, std::span<const std::uint32_t> entries, Gathered& out) {
    out.view = gather_rows(features, learnt, labels, entries, out.copy);
    out.y.reserve(entries.size());
    out.weight.reserve(entries.size());
    double bars = 0;
    for (const std::uint32_t e : entries) {
        out.y.push_back(labels.y[e]);
        out.weight.push_back(weight[e]);
        bars += labels.end[e] - labels.row[e];
    }
    if (!entries.empty()) out.overlap = std::max(1.0, bars / static_cast<double>(entries.size()));
}

/// Drawn rows behind the real ones, whose weight they share.
void append(const DrawnRows& drawn, double share, Gathered& out) {
    const std::size_t columns = out.view.columns;
    CHECK(drawn.values.size() == drawn.rows() * columns);
    std::vector<double> all;
    all.reserve((out.view.rows + drawn.rows()) * columns);
    double real = 0;
    for (std::size_t i = 0; i < out.view.rows; ++i) {
        const auto row = out.view.row(i);
        all.insert(all.end(), row.begin(), row.end());
        real += out.weight[i];
    }
    all.insert(all.end(), drawn.values.begin(), drawn.values.end());
    out.copy = std::move(all);
    out.view = {out.copy.data(), out.view.rows + drawn.rows(), columns, columns};
    out.y.insert(out.y.end(), drawn.y.begin(), drawn.y.end());
    for (const double w : drawn.weight) out.weight.push_back(w * real * share / (1 - share));
}

std::uint64_t print_of(const FeatureMatrix& features, const LabelSet& labels,
                       std::span<const double> weight) {
    Fingerprint print;
    print.add(features.manifest_hash);
    for (const std::string& name : features.names) print.add(name);
    print.add_all<double>(features.values);
    print.add_all<std::uint32_t>(labels.row);
    print.add_all<float>(labels.y);
    print.add_all<double>(weight);
    return print.value();
}

}  // namespace

MemberFitter::MemberFitter(const FeatureMatrix& features, const LabelSet& labels, std::vector<double> weight,
                           std::span<const Learner* const> learners, const PipelineOptions& options)
    : features_(features),
      labels_(labels),
      weight_(std::move(weight)),
      learners_(learners),
      options_(options) {
    CHECK(weight_.size() == labels.size() && options.threads >= 1);
    if (options.cache != nullptr) input_print_ = print_of(features, labels, weight_);
}

std::string MemberFitter::key(const FitTask& task) const {
    Fingerprint print;
    print.add(cache_magic);
    print.add(input_print_);
    print.add(learners_[task.member]->name());
    print.add(learners_[task.member]->describe());
    print.add(options_.seed);
    if (learners_[task.member]->reads_series()) print.add_all<double>(labels_.target);
    if (options_.learnt != nullptr) print.add(options_.learnt->describe());
    if (options_.augmentation != nullptr) print.add(options_.augmentation->describe());
    print.add(task.fold);
    print.add(task.inner);
    print.add_all<std::uint32_t>(task.train);
    print.add_all<std::uint32_t>(task.validation);
    print.add_all<std::uint32_t>(task.predict);
    return fmt::format("{}-fold{}-{}-{}", learners_[task.member]->name(), task.fold, task.inner, print.hex());
}

Result<std::vector<MemberFitter::Learnt>> MemberFitter::learn_columns(const std::vector<FitTask>& tasks) const {
    std::vector<Learnt> out(tasks.size());
    if (options_.learnt == nullptr) return out;
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        const FitTask& task = tasks[i];
        if (i > 0 && task.fold == tasks[i - 1].fold && task.inner == tasks[i - 1].inner) {
            out[i] = out[i - 1];
            continue;
        }
        std::size_t rows = labels_.row[task.train.back()] + std::size_t{1};
        const std::size_t known = rows;
        for (const auto* entries : {&task.validation, &task.predict})
            if (!entries->empty()) rows = std::max(rows, labels_.row[entries->back()] + std::size_t{1});
        TRY(LearntBlock block, options_.learnt->compute(known, rows, derive_seed(options_.seed, known), options_.threads,
                                                        options_.stop));
        block.columns = options_.learnt->names().size();
        CHECK(block.values.size() == rows * block.columns);
        out[i] = std::make_shared<const LearntBlock>(std::move(block));
    }
    return out;
}

Result<std::vector<MemberFitter::Drawn>> MemberFitter::draw(const std::vector<FitTask>& tasks) const {
    std::vector<Drawn> out(tasks.size());
    if (options_.augmentation == nullptr) return out;
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        if (i > 0 && tasks[i].fold == tasks[i - 1].fold && tasks[i].inner == tasks[i - 1].inner) {
            out[i] = out[i - 1];
            continue;
        }
        TRY(DrawnRows rows, options_.augmentation->rows(labels_.end[tasks[i].train.back()] + std::size_t{1}));
        out[i] = std::make_shared<const DrawnRows>(std::move(rows));
    }
    return out;
}

void MemberFitter::predict(const Classifier& classifier, MatrixView series, std::span<const std::uint32_t> entries, const LearntBlock* learnt,
                           std::span<double> out) const {
    if (series.rows > 0) {
        std::vector<std::uint32_t> at;
        at.reserve(entries.size());
        for (const std::uint32_t e : entries) at.push_back(labels_.row[e]);
        return classifier.predict_series(series, at, out);
    }
    std::vector<double> copy;
    classifier.predict(gather_rows(features_, learnt, labels_, entries, copy), out);
}

Result<FitOutcome> MemberFitter::run_one(const FitTask& task, const Learnt& learnt, const Drawn& drawn, bool keep_classifier) const {
    const bool cached = options_.cache != nullptr && !keep_classifier;
    const std::string cache_key = cached ? key(task) : std::string();
    FitOutcome outcome;
    outcome.learnt = learnt;
    if (const auto bytes = cached ? options_.cache->load(cache_key) : std::nullopt) {
        if (auto in = ByteReader::unseal(*bytes, cache_magic, cache_key)) {
            outcome.p = in->get_all<double>();
            outcome.importance = in->get_all<double>();
            outcome.from_cache = true;
            if (in->at_end() && outcome.p.size() == task.predict.size()) return outcome;
        }
        outcome = {};
        outcome.learnt = learnt;
    }
    const double started = options_.clock ? options_.clock() : 0;
    Gathered train, validation;
    gather(features_, learnt.get(), labels_, weight_, task.train, train);
    gather(features_, learnt.get(), labels_, weight_, task.validation, validation);
    const Learner& learner = *learners_[task.member];
    if (drawn != nullptr && !learner.reads_series()) append(*drawn, options_.augmentation->share(), train);
    Fingerprint name;  // the seed follows the member's name, so that another member beside it changes nothing
    name.add(learner.name());
    FitOptions fit;
    fit.seed =
        derive_seed(derive_seed(options_.seed, name.value()),
                    static_cast<std::uint64_t>(task.fold) * 1000 + static_cast<std::uint64_t>(task.inner));
    fit.stop = options_.stop;
    if (options_.inside) fit.progress = [&](const FitProgress& p) { options_.inside(learner.name(), task.fold, p); };
    std::vector<double> whole;
    MatrixView series;
    if (learner.reads_series()) {
        const std::size_t known = std::max(rows_up_to(labels_, task.train), rows_up_to(labels_, task.validation));
        series = whole_series(features_, learnt.get(), std::max(known, rows_up_to(labels_, task.predict)), whole);
        // What may be learnt from ends with the last row that teaches or validates.
        place(labels_, task.train, series.slice(0, known), train);
        place(labels_, task.validation, series.slice(0, known), validation);
    }
    auto fitted = learner.fit(train.data(), validation.data(), fit);
    if (!fitted) {
        Error error = fitted.error();
        error.text = fmt::format("{}, fold {}: {}", learner.name(), task.fold, error.text);
        return std::unexpected(std::move(error));
    }
    outcome.p.resize(task.predict.size());
    predict(**fitted, series, task.predict, learnt.get(), outcome.p);
    outcome.importance = (*fitted)->importance();
    if (keep_classifier) outcome.classifier = std::shared_ptr<const Classifier>(std::move(*fitted));
    if (options_.clock) outcome.seconds = options_.clock() - started;
    if (cached) {
        ByteWriter out;
        out.put_all(outcome.p);
        out.put_all(outcome.importance);
        TRY_VOID(options_.cache->store(cache_key, out.sealed(cache_magic)));
    }
    return outcome;
}

Result<std::vector<FitOutcome>> MemberFitter::run(const std::vector<FitTask>& tasks,
                                                  bool keep_classifier) const {
    TRY(const std::vector<Learnt> learnt, learn_columns(tasks));
    TRY(const std::vector<Drawn> drawn, draw(tasks));
    std::vector<std::optional<Result<FitOutcome>>> slots(tasks.size());
    std::mutex telling;
    std::size_t done = 0;
    std::stop_source failed;  // the first failure keeps later fits from beginning
    const std::stop_callback forward(options_.stop, [&] { failed.request_stop(); });
    parallel_for(tasks.size(), options_.threads, failed.get_token(), [&](std::size_t i) {
        slots[i] = run_one(tasks[i], learnt[i], drawn[i], keep_classifier && tasks[i].inner == 0);
        if (!*slots[i]) failed.request_stop();
        const std::lock_guard lock(telling);
        ++done;
        if (options_.progress && *slots[i])
            options_.progress({done, tasks.size(), tasks[i].fold, learners_[tasks[i].member]->name(),
                               (*slots[i])->from_cache});
    });
    std::vector<FitOutcome> outcomes;
    outcomes.reserve(tasks.size());
    for (auto& slot : slots)
        if (slot && !*slot && slot->error().code != ErrorCode::interrupted)
            return std::unexpected(slot->error());
    for (auto& slot : slots) {
        if (!slot || !*slot)
            return fail(
                ErrorCode::interrupted,
                fmt::format("stopped after {} of {} fits; what was finished is kept", done, tasks.size()));
        outcomes.push_back(std::move(**slot));
    }
    return outcomes;
}

std::vector<double> effective_weights(const LabelSet& labels, bool weight_by_move) {
    std::vector<double> weight = labels.weight;
    if (weight.size() != labels.size()) weight.assign(labels.size(), 1.0);
    if (!weight_by_move || !labels.directional || labels.target.size() != labels.size()) return weight;
    constexpr double step = 2.0 / 101.0, most = 3.0;
    double trailing = 0;
    std::size_t seen = 0, open = 0;  // labels before `open` have ended when the current row closes
    for (std::size_t i = 0; i < labels.size(); ++i) {
        for (; open < i && labels.end[open] <= labels.row[i]; ++open) {
            const double size = std::abs(labels.target[open]);
            if (!std::isfinite(size)) continue;
            ++seen;
            trailing += std::max(step, 1.0 / static_cast<double>(seen)) * (size - trailing);
        }
        const double size = std::abs(labels.target[i]);
        if (trailing > 0 && std::isfinite(size)) weight[i] *= std::min(size / trailing, most);
    }
    return weight;
}

std::vector<FitTask> plan_window(const LabelSet& labels, std::span<const std::uint32_t> train,
                                 std::span<const std::uint32_t> test, int fold, std::size_t members,
                                 bool inner, const PipelineOptions& options) {
    const Split slice = purged_tail(labels, train, options.validation_share, options.embargo_bars);
    FitTask own;
    own.fold = fold;
    own.train = slice.train;
    own.validation = slice.test;
    if (inner) own.predict = slice.test;
    own.predict.insert(own.predict.end(), test.begin(), test.end());
    std::vector<FitTask> kinds;
    const std::size_t limit = train.size() - slice.test.size();
    const auto start = static_cast<std::size_t>(options.inner_start * static_cast<double>(train.size()));
    const auto blocks = static_cast<std::size_t>(std::max(options.inner_folds, 0));
    for (std::size_t k = 0; inner && k < blocks && start < limit; ++k) {
        const std::size_t from = start + (limit - start) * k / blocks,
                          to = start + (limit - start) * (k + 1) / blocks;
        if (from == to) continue;
        std::size_t known = from;  // purge and embargo before the block
        const std::uint32_t first_row = labels.row[train[from]];
        while (known > 0 &&
               labels.end[train[known - 1]] + static_cast<std::uint32_t>(options.embargo_bars) >= first_row)
            --known;
        const Split before =
            purged_tail(labels, train.first(known), options.validation_share, options.embargo_bars);
        if (before.train.size() < 50 || before.test.empty()) continue;
        const auto block = train.subspan(from, to - from);
        kinds.push_back(
            {0, fold, static_cast<int>(k) + 1, before.train, before.test, {block.begin(), block.end()}});
    }
    kinds.push_back(std::move(own));
    std::vector<FitTask> tasks;
    for (const FitTask& kind : kinds)
        for (std::size_t m = 0; m < members; ++m) {
            tasks.push_back(kind);
            tasks.back().member = m;
        }
    return tasks;
}

}  // namespace aitrading::models

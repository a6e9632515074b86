#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>

#include <dlfcn.h>
#include <fmt/format.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>
#include <xgboost/c_api.h>

#include "base/check.hpp"
#include "models/boosting/bench/prediction_bench.hpp"
#include "models/boosting/bench/sample.hpp"
#include "models/boosting/training.hpp"

namespace aitrading::models::bench {
namespace {

constexpr std::size_t kRows = 20'000, kColumns = 60;
constexpr int kRounds = 100, kFits = 9;

/// The Python side: a process that fits once for every line it reads.
class Peer {
  public:
    /// `shared_library`: what XGBoost's package loads in place of its own build; empty: its own.
    Peer(const std::string& python, std::string_view library, const std::string& file,
         const std::string& words, const std::string& shared_library) {
        const auto script = std::string(AIT_ROOM_DIR) + "/bench/train_peer.py";
        const auto fifo = file + "." + std::string(library) + ".in";
        in_path_ = fifo;
        CHECK(std::system(fmt::format("rm -f '{0}' && mkfifo '{0}'", fifo).c_str()) == 0);
        const auto command =
            fmt::format("OMP_WAIT_POLICY=passive '{}' '{}' {} {} {} '{}' '{}' {} {} < '{}' 2>/dev/null", python,
                        script, library, kRows, kColumns, file, words, kRounds, shared_library, fifo);
        out_ = popen(command.c_str(), "r");
        in_ = std::fopen(fifo.c_str(), "w");
        char line[200];
        if (out_ != nullptr && std::fgets(line, sizeof line, out_) != nullptr &&
            std::string_view(line).starts_with("ready "))
            version_ = std::string(line + 6, std::string_view(line + 6).find('\n'));
    }
    ~Peer() {
        if (in_ != nullptr) std::fclose(in_);
        if (out_ != nullptr) pclose(out_);
        std::filesystem::remove(in_path_);
    }
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    /// Version of the library, empty when it is not there.
    const std::string& version() const { return version_; }
    /// Seconds of one fit; 0 when Python failed.
    double fit() {
        std::fputs("fit\n", in_);
        std::fflush(in_);
        char line[200];
        return std::fgets(line, sizeof line, out_) == nullptr ? 0.0 : std::strtod(line, nullptr);
    }

  private:
    std::string in_path_, version_;
    std::FILE* in_ = nullptr;
    std::FILE* out_ = nullptr;
};

/// Processor seconds of this process: both sides train on one thread, and other work on the machine counts for neither.
double processor_seconds() {
    timespec t{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

double seconds_of_fit(const Learner& learner, const Sample& sample) {
    const double begin = processor_seconds();
    const auto model = learner.fit(sample.data(), {}, {});
    const double seconds = processor_seconds() - begin;
    CHECK(model.has_value());
    return seconds;
}

/// File of the XGBoost that this program is linked with.
std::string linked_xgboost() {
    Dl_info info{};
    CHECK(dladdr(reinterpret_cast<void*>(&XGBoosterCreate), &info) != 0);
    return info.dli_fname;
}

struct Subject {
    std::string learner, library, ours, theirs, shared_library;
};

kit::BenchRow measure(const Subject& subject, const Sample& sample, const std::string& file) {
    const auto learner = *make_learner(subject.learner, subject.ours);
    const char* python = std::getenv("AITRADING_PEERS_PYTHON");
    std::optional<Peer> peer;
    kit::BenchRow row;
    row.name =
        fmt::format("training {}, {} rows x {} columns, {} trees", subject.learner, kRows, kColumns, kRounds);
    row.unit = "s";
    if (python == nullptr)
        row.peer = "none: AITRADING_PEERS_PYTHON names no interpreter";
    else
        peer.emplace(python, subject.library, file, subject.theirs, subject.shared_library);
    if (peer && peer->version().empty()) {
        row.peer = "none: the interpreter of AITRADING_PEERS_PYTHON has no " + subject.library;
        peer.reset();
    }
    std::vector<double> ours, theirs;
    for (int k = 0; k < kFits; ++k) {
        ours.push_back(seconds_of_fit(*learner, sample));
        if (peer) theirs.push_back(peer->fit());
        if (!peer || theirs.back() > 0) continue;
        row.peer = fmt::format("none: {} {} fails in Python", subject.library, peer->version());
        peer.reset();
    }
    row.value = kit::median(ours);
    if (peer) {
        row.peer =
            fmt::format("{} {} from Python, same data and parameters", subject.library, peer->version());
        row.peer_value = kit::median(theirs);
        row.target = 1.05 * *row.peer_value;
        row.note = "target: 1.05 times the peer; processor time from array to model text";
    }
    return row;
}

}  // namespace

std::vector<kit::BenchRow> training_rows() {
    ::signal(SIGPIPE, SIG_IGN);  // a peer that died is a missing figure, not the end
    const auto sample = make_sample(kRows, kColumns, 3);
    const auto file =
        fmt::format("{}/boosting_bench_{}.bin", std::filesystem::temp_directory_path().string(), getpid());
    {
        std::ofstream out(file, std::ios::binary);
        out.write(reinterpret_cast<const char*>(sample.x.data()),
                  static_cast<std::streamsize>(sample.x.size() * 8));
        out.write(reinterpret_cast<const char*>(sample.y.data()),
                  static_cast<std::streamsize>(sample.y.size() * 4));
    }
    const int seed = library_seed(FitOptions{}.seed);
    double ones = 0;
    for (const float y : sample.y) ones += y;
    const Subject subjects[] = {
        {"lightgbm", "lightgbm", fmt::format("rounds={} max_depth=6 leaves=31", kRounds),
         fmt::format(
             "boosting=gbdt objective=binary metric=binary_logloss learning_rate=0.03 max_depth=6 "
             "num_leaves=31 "
             "min_data_in_leaf=120 lambda_l2=10 bagging_fraction=0.7 bagging_freq=1 feature_fraction=0.5 "
             "max_bin=127 verbosity=-1 num_threads=1 deterministic=true force_row_wise=true seed={}",
             seed),
         ""},
        {"xgboost", "xgboost", fmt::format("rounds={} max_depth=6", kRounds),
         fmt::format(
             "objective=binary:logistic eval_metric=logloss tree_method=hist nthread=1 verbosity=0 seed={} "
             "eta=0.03 "
             "max_depth=6 min_child_weight=30 lambda=10 subsample=0.7 colsample_bytree=0.5 max_bin=128 "
             "base_score={}",
             seed, static_cast<float>(ones / kRows)),
         linked_xgboost()},
        {"random_forest", "lightgbm", fmt::format("trees={}", kRounds),
         fmt::format(
             "boosting=rf objective=regression metric=none max_depth=16 num_leaves=128 min_data_in_leaf=50 "
             "lambda_l2=5 bagging_fraction=0.632 bagging_freq=1 feature_fraction_bynode=0.25 max_bin=63 "
             "verbosity=-1 num_threads=1 deterministic=true force_row_wise=true seed={}",
             seed),
         ""},
    };
    std::vector<kit::BenchRow> rows;
    for (const auto& subject : subjects) rows.push_back(measure(subject, sample, file));
    // The package carries a build of its own with other compiler flags: shown, but no fault of ours.
    Subject own_build = subjects[1];
    own_build.shared_library.clear();
    rows.push_back(measure(own_build, sample, file));
    rows.back().name += ", beside the package's own build of the library";
    rows.back().target.reset();
    std::filesystem::remove(file);
    return rows;
}

}  // namespace aitrading::models::bench

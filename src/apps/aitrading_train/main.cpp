// aitrading-train --job FILE --out FILE [--checkpoint FILE] [--device cpu|cuda]
//
// Trains the net of one job file (models/deep/training_job.hpp, or generator_job.hpp) and writes its weight file. `aitrading` starts it; nobody
// has to. On stdout one line after each step, of `name=value` words (models/deep/service/trainer_lines.hpp); on stderr at
// most one line, `error[code]: text`. SIGTERM or SIGINT: the checkpoint is written and the exit status is 130; with the
// same words it goes on from there, to the same bytes.
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <stop_token>
#include <string>
#include <string_view>
#include <unistd.h>

#include <fmt/format.h>

#include "kit/atomic_file.hpp"
#include "models/deep/service/trainer_lines.hpp"
#include "models/deep/torch/generator_trainer.hpp"
#include "models/deep/torch/net_trainer.hpp"

namespace aitrading::apps {
namespace {

std::stop_source stop_source;  // NOLINT: the one thing a signal handler may reach

extern "C" void on_interrupt(int) { stop_source.request_stop(); }

/// The libraries read these when they are loaded, before main: the program starts itself once more with them set. One
/// thread: parallelism is across trainings, and the order of sums must not depend on the machine's cores.
void set_library_threads(char** argv) {
    if (std::getenv("AITRADING_TRAIN_STARTED") != nullptr) return;
    setenv("AITRADING_TRAIN_STARTED", "1", 1);
    for (const char* name : {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"}) setenv(name, "1", 1);
    setenv("OMP_WAIT_POLICY", "passive", 1);
    execv("/proc/self/exe", argv);
}

double seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

Result<std::map<std::string, std::string>> words_of(int argc, char** argv) {
    std::map<std::string, std::string> words{{"--job", ""}, {"--out", ""}, {"--checkpoint", ""}, {"--device", "cpu"}};
    for (int i = 1; i < argc; i += 2) {
        const auto found = words.find(argv[i]);
        if (found == words.end() || i + 1 == argc)
            return fail(ErrorCode::usage, fmt::format("aitrading-train: \"{}\" is no option or has no value; it takes --job FILE --out FILE "
                                                      "[--checkpoint FILE] [--device cpu|cuda]", argv[i]));
        found->second = argv[i + 1];
    }
    if (words["--job"].empty() || words["--out"].empty()) return fail(ErrorCode::usage, "aitrading-train needs --job FILE and --out FILE");
    return words;
}

Result<void> write_whole(const std::string& path, std::string_view bytes) {
    TRY(kit::AtomicFile file, kit::AtomicFile::create(path));
    TRY_VOID(file.write(bytes));
    return file.commit();
}

/// A net or a generator, as the job file says.
Result<models::TrainedFile> train_job(const std::string& bytes, const std::string& name, const std::string& checkpoint, const std::string& device,
                                      const models::TrainingHooks& hooks) {
    if (models::is_generator_job(bytes)) {
        TRY(const models::GeneratorJob job, models::parse_generator_job(bytes, name));
        TRY(models::TrainedGenerator trained, models::train_generator(job, checkpoint, device, hooks));
        TRY(std::string file, models::generator_file(job, std::move(trained.weights)));
        return models::TrainedFile{std::move(file), trained.summary};
    }
    TRY(const models::TrainingJob job, models::parse_job(bytes, name));
    TRY(models::TrainedNet net, models::train_net(job, checkpoint, device, hooks));
    TRY(std::string file, models::weight_file(job, std::move(net.weights)));
    return models::TrainedFile{std::move(file), net.summary};
}

Result<void> train(int argc, char** argv) {
    TRY(const auto words, words_of(argc, argv));
    const std::string &job_file = words.at("--job"), &checkpoint_file = words.at("--checkpoint");
    TRY(const std::string job_bytes, kit::read_file(job_file));
    std::string checkpoint;
    if (!checkpoint_file.empty() && std::filesystem::is_regular_file(checkpoint_file)) {
        TRY(checkpoint, kit::read_file(checkpoint_file));
    }
    models::TrainingHooks hooks;
    hooks.stop = stop_source.get_token();
    hooks.clock = seconds;
    double told = 0;
    hooks.progress = [&](const models::TrainerProgress& p) {
        if (seconds() - told < 0.1 && p.step < p.steps) return;
        told = seconds();
        const std::string line = models::to_line(p);
        // Nobody reads any more: whoever started it has died, and the checkpoint waits for the next run.
        if (std::fprintf(stdout, "%s\n", line.c_str()) < 0 || std::fflush(stdout) != 0) stop_source.request_stop();
    };
    if (!checkpoint_file.empty()) hooks.checkpoint = [&](const std::string& bytes) { return write_whole(checkpoint_file, bytes); };
    TRY(const models::TrainedFile trained, train_job(job_bytes, job_file, checkpoint, words.at("--device"), hooks));
    TRY_VOID(write_whole(words.at("--out"), trained.bytes));
    std::fprintf(stdout, "%s\n", models::to_line(trained.summary).c_str());
    return {};
}

}  // namespace
}  // namespace aitrading::apps

int main(int argc, char** argv) {
    using namespace aitrading;
    apps::set_library_threads(argv);
    std::signal(SIGINT, apps::on_interrupt);
    std::signal(SIGTERM, apps::on_interrupt);
    std::signal(SIGPIPE, SIG_IGN);
    const Result<void> done = apps::train(argc, argv);
    if (done) return 0;
    std::fprintf(stderr, "error[%s]: %s\n", std::string(name(done.error().code)).c_str(), done.error().text.c_str());
    return exit_status(done.error().code);
}

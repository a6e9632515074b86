#include <chrono>
#include <filesystem>
#include <tuple>

#include "base/random.hpp"
#include "engines/archive/files/file_archive.hpp"
#include "kit/bench.hpp"

namespace aitrading::engines {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begun) { return std::chrono::duration<double>(Clock::now() - begun).count(); }

std::string content(std::size_t bytes, std::uint64_t seed) {
    SplitMix64 random(seed);
    std::string out(bytes, '\0');
    for (char& c : out) c = static_cast<char>(random.next());
    return out;
}

std::vector<kit::BenchRow> rows(ports::Archive& archive) {
    constexpr std::size_t large = std::size_t{64} << 20;
    const std::string bytes = content(large, 1);
    auto begun = Clock::now();
    const std::string id = archive.put("bench", bytes).value();
    const double put = large / 1e6 / seconds_since(begun);
    begun = Clock::now();
    const auto reader = archive.open({"bench", id}).value();
    while (!reader->read(std::size_t{1} << 20).value().empty()) {
    }
    const double got = large / 1e6 / seconds_since(begun);
    constexpr int small = 200;
    begun = Clock::now();
    for (int i = 0; i < small; ++i) std::ignore = archive.put("bench", content(1'000, 100 + static_cast<std::uint64_t>(i)));
    const double rate = small / seconds_since(begun);
    return {{"archive files, put of 64 MB", put, "MB/s", {}, true, "none", {}, "hashed, summed, synced"},
            {"archive files, get of 64 MB", got, "MB/s", {}, true, "none", {}, "every block's sum and the whole's hash checked; in the page cache"},
            {"archive files, puts of 1 kB", rate, "objects/s", {}, true, "none", {}, "each durable: two files and two folders synced"}};
}

}  // namespace
}  // namespace aitrading::engines

int main(int argc, char** argv) {
    using namespace aitrading::engines;  // NOLINT(google-build-using-namespace)
    const auto folder = std::filesystem::temp_directory_path() / "aitrading_file_archive_bench";
    std::filesystem::remove_all(folder);
    std::vector<aitrading::kit::BenchRow> found;
    {
        auto archive = open_file_archive({folder, {}, {}}).value();
        found = rows(*archive);
    }
    std::filesystem::remove_all(folder);
    return aitrading::kit::print_bench(found, argc, argv);
}

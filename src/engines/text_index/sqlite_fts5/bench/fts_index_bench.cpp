#include <algorithm>
#include <chrono>
#include <filesystem>
#include <tuple>

#include "base/random.hpp"
#include "engines/text_index/sqlite_fts5/fts_index.hpp"
#include "kit/bench.hpp"

namespace aitrading::engines {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int documents_count = 100'000, batch = 1'000, words = 20, searches = 500;

double seconds_since(Clock::time_point begun) { return std::chrono::duration<double>(Clock::now() - begun).count(); }

/// A word of a vocabulary of 20,000 in which few are frequent.
std::string word(SplitMix64& random) {
    const double u = random.next_uniform();
    return "w" + std::to_string(static_cast<int>(20'000 * u * u * u));
}

std::vector<kit::BenchRow> rows(ports::TextIndex& index) {
    SplitMix64 random(1);
    std::ignore = index.create("logs", {"message"});
    const auto begun = Clock::now();
    for (int i = 0; i < documents_count; i += batch) {
        std::vector<ports::TextDocument> some;
        some.reserve(batch);
        for (int k = i; k < i + batch; ++k) {
            std::string text;
            for (int w = 0; w < words; ++w) text += word(random) + " ";
            some.push_back({std::to_string(k), {k}, {std::move(text)}});
        }
        std::ignore = index.put("bench", "logs", some);
    }
    const double rate = documents_count / seconds_since(begun);
    std::vector<double> times;
    times.reserve(searches);
    for (int i = 0; i < searches; ++i) {
        const std::string query = word(random) + " " + word(random);
        const auto asked = Clock::now();
        std::ignore = index.search("bench", "logs", {.query = query});
        times.push_back(1e3 * seconds_since(asked));
    }
    return {{"text_index fts5, documents of 20 words put", rate, "documents/s", {}, true, "none", {}, "batches of 1,000, each durable"},
            {"text_index fts5, two words among 100,000 documents, p50", kit::quantile(times, 0.5), "ms", {}, false, "none", {}, "20 hits with snippets, by relevance"},
            {"text_index fts5, two words among 100,000 documents, p99", kit::quantile(times, 0.99), "ms", {}, false, "none", {}, "frequent words are ranked in full"}};
}

}  // namespace
}  // namespace aitrading::engines

int main(int argc, char** argv) {
    using namespace aitrading::engines;  // NOLINT(google-build-using-namespace)
    const auto folder = std::filesystem::temp_directory_path() / "aitrading_fts_index_bench";
    std::filesystem::remove_all(folder);
    std::vector<aitrading::kit::BenchRow> found;
    {
        auto index = open_fts_index({.file = folder / "text.sqlite"}).value();
        found = rows(*index);
    }
    std::filesystem::remove_all(folder);
    return aitrading::kit::print_bench(found, argc, argv);
}

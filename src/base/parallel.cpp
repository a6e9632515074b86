#include "base/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "base/check.hpp"

namespace aitrading {

void parallel_for(std::size_t count, int threads, std::stop_token stop,
                  const std::function<void(std::size_t)>& work) {
    CHECK(threads >= 1);
    std::atomic<std::size_t> next{0};
    const auto run = [&]() noexcept {
        for (;;) {
            if (stop.stop_requested()) return;
            const std::size_t i = next.fetch_add(1);
            if (i >= count) return;
            work(i);
        }
    };
    std::vector<std::jthread> helpers;
    const std::size_t extra = std::min<std::size_t>(static_cast<std::size_t>(threads), count);
    for (std::size_t i = 1; i < extra; ++i) helpers.emplace_back(run);
    run();
}

}  // namespace aitrading

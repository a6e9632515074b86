#pragma once

#include <cstddef>
#include <functional>
#include <stop_token>

namespace aitrading {

/// Runs `work(i)` for every i in [0, count) on at most `threads` threads and waits for all of them.
/// The result must not depend on the order: each i writes only its own slot, so that any thread count gives the same
/// bytes. After a stop request no new i begins. An exception of `work` is a bug and ends the process.
/// @pre threads >= 1
void parallel_for(std::size_t count, int threads, std::stop_token stop,
                  const std::function<void(std::size_t)>& work);

}  // namespace aitrading

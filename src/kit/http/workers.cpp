#include "kit/http/workers.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace aitrading::kit {

struct Workers::Inside {
    std::size_t waiting_max;
    std::mutex mutex;
    std::condition_variable arrived;
    std::deque<std::function<void()>> waiting;
    bool stopping = false;
    std::vector<std::thread> threads;

    void run() {
        std::unique_lock lock(mutex);
        for (;;) {
            arrived.wait(lock, [this] { return stopping || !waiting.empty(); });
            if (waiting.empty()) return;
            std::function<void()> work = std::move(waiting.front());
            waiting.pop_front();
            lock.unlock();
            work();
            work = {};
            lock.lock();
        }
    }
};

Workers::Workers(int threads, std::size_t waiting_max) : inside_(std::make_unique<Inside>()) {
    inside_->waiting_max = waiting_max;
    for (int i = 0; i < threads; ++i) inside_->threads.emplace_back([this] { inside_->run(); });
}

Workers::~Workers() { stop(); }

bool Workers::submit(std::function<void()> work) {
    const std::lock_guard lock(inside_->mutex);
    if (inside_->stopping || inside_->waiting.size() >= inside_->waiting_max) return false;
    inside_->waiting.push_back(std::move(work));
    inside_->arrived.notify_one();
    return true;
}

void Workers::stop() {
    {
        const std::lock_guard lock(inside_->mutex);
        inside_->stopping = true;
    }
    inside_->arrived.notify_all();
    for (std::thread& thread : inside_->threads)
        if (thread.joinable()) thread.join();
}

}  // namespace aitrading::kit

#include "kit/http/reactor.hpp"

#include <optional>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

namespace aitrading::kit {

namespace asio = boost::asio;

struct Reactor::Inside {
    asio::io_context context;
    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> busy{asio::make_work_guard(context)};
    std::vector<std::thread> threads;
};

Reactor::Reactor(int threads) : inside_(std::make_unique<Inside>()) {
    for (int i = 0; i < threads; ++i) inside_->threads.emplace_back([this] { inside_->context.run(); });
}

Reactor::~Reactor() { stop(); }

void Reactor::post(std::function<void()> work) { asio::post(inside_->context, std::move(work)); }

void Reactor::at(SteadyTime time, std::function<void()> work) {
    auto timer = std::make_shared<asio::steady_timer>(inside_->context, time);
    timer->async_wait([timer, work = std::move(work)](const boost::system::error_code& problem) {
        if (!problem) work();
    });
}

void Reactor::stop() {
    inside_->busy.reset();
    inside_->context.stop();
    for (std::thread& thread : inside_->threads)
        if (thread.joinable()) thread.join();
}

void* Reactor::native() { return &inside_->context; }

}  // namespace aitrading::kit

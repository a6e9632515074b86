#include "kit/http/event_stream.hpp"

#include "kit/http/server_side.hpp"

namespace aitrading::kit {
namespace {

std::string one_line(std::string_view text) {
    std::string out(text);
    std::erase_if(out, [](char c) { return c == '\n' || c == '\r' || c == '\0'; });
    return out;
}

}  // namespace

EventStream::EventStream(std::shared_ptr<Transport> transport, std::shared_ptr<ServerSide> server, std::uint64_t session)
    : transport_(std::move(transport)), server_(std::move(server)), session_(session),
      out_(std::make_shared<OutQueue>(transport_, server_->options.stream_bytes_max, server_->options.write_time)) {}

EventStream::~EventStream() = default;

bool EventStream::send(std::string_view name, std::string_view data, std::string_view id) {
    std::string text;
    if (!id.empty()) text += "id: " + one_line(id) + "\n";
    if (!name.empty()) text += "event: " + one_line(name) + "\n";
    for (bool more = true; more;) {
        const std::size_t end = data.find('\n');
        more = end != std::string_view::npos;
        std::string_view line = data.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        text.append("data: ").append(line) += '\n';
        data.remove_prefix(more ? end + 1 : data.size());
    }
    text += '\n';
    if (out_->push(text)) return true;
    out_->abort();
    return false;
}

void EventStream::on_close(std::function<void()> call) {
    {
        const std::lock_guard lock(mutex_);
        if (!gone_) {
            on_close_ = std::move(call);
            return;
        }
    }
    call();
}

void EventStream::start(const HttpHeaders& headers) {
    std::string head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nConnection: close\r\n";
    for (const auto& [name, value] : headers.lines()) head += one_line(name) + ": " + one_line(value) + "\r\n";
    out_->start(head + "\r\n");
    watch_reader();
    beat();
}

void EventStream::watch_reader() {
    transport_->read(ignored_, never, [self = shared_from_this()](IoOutcome outcome, std::size_t) {
        if (outcome == IoOutcome::done) self->watch_reader();
        else self->gone();
    });
}

/// A comment now and then finds readers that vanished without a word.
void EventStream::beat() {
    transport_->wake_at(std::chrono::steady_clock::now() + server_->options.heartbeat, [self = shared_from_this()] {
        if (!self->out_->push(":\n\n")) return;
        self->beat();
    });
}

void EventStream::gone() {
    out_->abort();
    dismiss();  // before it leaves: a server without sessions has told everybody
    server_->sessions.leave(session_);
}

void EventStream::dismiss() {
    out_->finish();
    std::function<void()> call;
    {
        const std::lock_guard lock(mutex_);
        gone_ = true;
        call = std::move(on_close_);
    }
    if (call) server_->gate->pass(call);
}

}  // namespace aitrading::kit

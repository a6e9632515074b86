#include "engines/event_bus/kafka/log_reader.hpp"

#include <algorithm>
#include <array>
#include <thread>

namespace aitrading::engines::kafka {

Result<std::unique_ptr<LogReader>> LogReader::open(const Connection& to) {
    // A group's name is needed and never used: nothing is committed and nobody joins. Fetches return as soon as anything is there.
    TRY(Handle handle, make_client(RD_KAFKA_CONSUMER, to,
                                   {{"group.id", to.prefix + ".reader"}, {"enable.auto.commit", "false"}, {"enable.auto.offset.store", "false"},
                                    {"isolation.level", "read_committed"}, {"enable.partition.eof", "true"}, {"auto.offset.reset", "error"},
                                    {"check.crcs", "true"}, {"fetch.wait.max.ms", "20"}, {"fetch.error.backoff.ms", "20"},
                                    {"queued.max.messages.kbytes", "32768"}, {"fetch.message.max.bytes", "4194304"}}));
    rd_kafka_poll_set_consumer(handle.get());
    return std::unique_ptr<LogReader>(new LogReader(to, std::move(handle)));
}

LogReader::LogReader(Connection to, Handle handle) : to_(std::move(to)), handle_(std::move(handle)), queue_(rd_kafka_queue_get_consumer(handle_.get())) {}

LogReader::~LogReader() {
    buffer_.clear();
    rd_kafka_queue_destroy(queue_);
}

Result<void> LogReader::seek(const std::string& topic, const Offsets& from) {
    buffer_.clear();
    positions_ = from;
    // Unassigning first: librdkafka keeps the old position of a partition that stays.
    rd_kafka_assign(handle_.get(), nullptr);
    if (from.empty()) return {};
    known_.meet(handle_.get(), topic, to_.patience);
    const PartitionList list = list_of(topic, from);
    if (const auto code = rd_kafka_assign(handle_.get(), list.get()); code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return std::unexpected(error_of(code, "reading " + topic));
    return {};
}

void LogReader::fill(Millis wait) {
    rd_kafka_message_t* first = rd_kafka_consumer_poll(handle_.get(), static_cast<int>(wait.count()));
    if (first == nullptr) return;
    buffer_.emplace_back(first);
    // The batch call waits until it is full or its time is over: it takes only what is there.
    std::array<rd_kafka_message_t*, 1'024> more{};
    const auto count = rd_kafka_consume_batch_queue(queue_, 0, more.data(), more.size());
    for (std::ptrdiff_t i = 0; i < count; ++i) buffer_.emplace_back(more[static_cast<std::size_t>(i)]);
}

Result<Message> LogReader::next(Millis wait) {
    const auto deadline = std::chrono::steady_clock::now() + wait;
    for (;;) {
        if (buffer_.empty()) fill(std::max(Millis(0), std::chrono::ceil<Millis>(deadline - std::chrono::steady_clock::now())));
        if (buffer_.empty()) return Message();
        Message message = std::move(buffer_.front());
        buffer_.pop_front();
        if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
            positions_[message->partition] = message->offset + 1;
            return message;
        }
        if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            positions_[message->partition] = std::max(positions_[message->partition], message->offset);
            return Message();  // a position moved: the caller may have reached its end
        }
        if (message->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET || message->err == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE)
            return fail(ErrorCode::not_found, "kafka: the offset asked for was removed by retention");
        if (message->err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || message->err == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION ||
            message->err == RD_KAFKA_RESP_ERR__BAD_MSG)
            return std::unexpected(error_of(message->err, "reading"));
        // Anything else (a broker that is away) librdkafka tries again by itself.
    }
}

void LogReader::put_back(Message message) {
    positions_[message->partition] = message->offset;
    buffer_.push_front(std::move(message));
}

std::int64_t LogReader::position(int partition) const {
    const auto found = positions_.find(partition);
    return found == positions_.end() ? 0 : found->second;
}

bool LogReader::reached(const Offsets& ends) const {
    return std::ranges::all_of(ends, [&](const auto& end) { return !positions_.contains(end.first) || position(end.first) >= end.second; });
}

Result<void> LogReader::read(const std::string& topic, const Offsets& from, const Offsets& ends, const std::function<bool(const rd_kafka_message_t&)>& take) {
    Offsets start;
    for (const auto& [partition, offset] : from)
        if (const auto end = ends.find(partition); end != ends.end() && offset < end->second) start.insert({partition, offset});
    if (start.empty()) return {};
    TRY_VOID(seek(topic, start));
    auto deadline = std::chrono::steady_clock::now() + to_.patience;
    while (!reached(ends)) {
        TRY(const Message message, next(Millis(50)));
        if (message != nullptr) {
            deadline = std::chrono::steady_clock::now() + to_.patience;
            if (message->offset < ends.at(message->partition) && !take(*message)) break;
        } else if (std::chrono::steady_clock::now() > deadline) {
            return fail(ErrorCode::failed, "kafka: " + topic + " does not come; is the broker there?", true);
        }
    }
    return seek(topic, {});  // nothing is fetched in advance for nobody
}

Result<Offsets> LogReader::list_offsets(const std::string& topic, int partitions, std::int64_t which) {
    known_.meet(handle_.get(), topic, to_.patience);
    Offsets ask;
    for (int p = 0; p < partitions; ++p) ask[p] = which;
    const PartitionList list = list_of(topic, ask);
    const auto deadline = std::chrono::steady_clock::now() + to_.patience;
    for (;;) {
        rd_kafka_resp_err_t code = rd_kafka_offsets_for_times(handle_.get(), list.get(), static_cast<int>(to_.patience.count()));
        for (int i = 0; i < list->cnt && code == RD_KAFKA_RESP_ERR_NO_ERROR; ++i) code = list->elems[i].err;
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR) break;
        if (std::chrono::steady_clock::now() > deadline) return std::unexpected(error_of(code, "offsets of " + topic));
        for (int i = 0; i < list->cnt; ++i) list->elems[i].offset = which;
        std::this_thread::sleep_for(Millis(20));
    }
    for (int i = 0; i < list->cnt; ++i) ask[list->elems[i].partition] = list->elems[i].offset;
    return ask;
}

}  // namespace aitrading::engines::kafka

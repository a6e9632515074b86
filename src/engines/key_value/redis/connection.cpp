#include "engines/key_value/redis/connection.hpp"

#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace aitrading::engines::redis {
namespace {

using std::chrono::duration_cast, std::chrono::microseconds, std::chrono::milliseconds, std::chrono::steady_clock;

constexpr int nesting_max = 4;  // of replies; ours nest once

constexpr const char* sources[] = {
    // ARGV: expected there, expected, desired there, desired, life
    R"lua(
local there = redis.call('GET', KEYS[1])
if ARGV[1] == '1' then
  if there ~= ARGV[2] then return 0 end
elseif there then
  return 0
end
if ARGV[3] ~= '1' then
  redis.call('DEL', KEYS[1])
elseif ARGV[5] == '' then
  redis.call('SET', KEYS[1], ARGV[4])
else
  redis.call('SET', KEYS[1], ARGV[4], 'PX', ARGV[5])
end
return 1
)lua",
    // ARGV: delta, min, max, life. Lua's numbers are doubles: INCRBY does the sum, and bounds are compared digit by digit.
    R"lua(
local function less(a, b)
  local a_below, b_below = a:sub(1, 1) == '-', b:sub(1, 1) == '-'
  if a_below ~= b_below then return a_below end
  if a_below then a, b = b:sub(2), a:sub(2) end
  if #a ~= #b then return #a < #b end
  return a < b
end
local old = redis.call('GET', KEYS[1])
local sum = redis.pcall('INCRBY', KEYS[1], ARGV[1])
if type(sum) == 'table' and sum.err then
  if string.find(sum.err, 'overflow') then return {0, old or '0'} end
  return {2, old or ''}
end
local new = redis.call('GET', KEYS[1])
if less(new, ARGV[2]) or less(ARGV[3], new) then
  if old then redis.call('SET', KEYS[1], old, 'KEEPTTL') else redis.call('DEL', KEYS[1]) end
  return {0, old or '0'}
end
if not old and ARGV[4] ~= '' then redis.call('PEXPIRE', KEYS[1], ARGV[4]) end
return {1, new}
)lua"};

Reply copy_of(const redisReply& reply, int nesting) {
    Reply out;
    switch (reply.type) {
        case REDIS_REPLY_STRING:
        case REDIS_REPLY_STATUS: out.kind = Reply::Kind::text; break;
        case REDIS_REPLY_ERROR: out.kind = Reply::Kind::error; break;
        case REDIS_REPLY_INTEGER: out.kind = Reply::Kind::number; break;
        case REDIS_REPLY_ARRAY: out.kind = Reply::Kind::list; break;
        default: return out;
    }
    out.number = reply.integer;
    if (reply.str != nullptr) out.text.assign(reply.str, static_cast<std::size_t>(reply.len));
    if (out.kind != Reply::Kind::list || nesting == nesting_max) return out;
    out.items.reserve(reply.elements);
    for (std::size_t i = 0; i < reply.elements; ++i) out.items.push_back(copy_of(*reply.element[i], nesting + 1));
    return out;
}

}  // namespace

Connection::Connection(Address address) : address_(std::move(address)) {}

Connection::~Connection() {
    if (context_ != nullptr) redisFree(context_);
}

Result<std::unique_ptr<Connection>> Connection::open(const Address& address, Deadline deadline) {
    auto connection = std::unique_ptr<Connection>(new Connection(address));
    auto ready = connection->connect(deadline);
    if (ready) ready = connection->sign_in(deadline);
    for (const Script script : {Script::compare_and_set, Script::add})
        if (ready) ready = connection->load(script, deadline);
    if (ready) return connection;
    Error error = ready.error();
    error.retry_helps = true;  // nothing of a caller's was sent
    return std::unexpected(std::move(error));
}

Result<void> Connection::connect(Deadline deadline) {
    const auto left = std::max(duration_cast<microseconds>(deadline - steady_clock::now()), microseconds(1));
    const timeval wait{left.count() / 1'000'000, left.count() % 1'000'000};
    context_ = redisConnectWithTimeout(address_.host.c_str(), address_.port, wait);
    if (context_ == nullptr) return fail(ErrorCode::failed, address_.shown() + ": no memory for a connection");
    if (context_->err != 0) return std::unexpected(broken("connect to"));
    // Not blocking from here on: each wait is a poll with what is left of the deadline.
    const int flags = ::fcntl(context_->fd, F_GETFL);
    if (flags < 0 || ::fcntl(context_->fd, F_SETFL, flags | O_NONBLOCK) != 0) return std::unexpected(broken("prepare the socket of"));
    context_->flags &= ~REDIS_BLOCK;
    return {};
}

Result<void> Connection::sign_in(Deadline deadline) {
    std::vector<std::vector<std::string_view>> commands;
    const std::string database = std::to_string(address_.database);
    if (!address_.user.empty()) commands.push_back({"AUTH", address_.user, address_.password});
    else if (!address_.password.empty()) commands.push_back({"AUTH", address_.password});
    commands.push_back({"SELECT", database});
    for (const auto& command : commands) {
        TRY(const Reply reply, call(command, deadline));
        if (reply.kind == Reply::Kind::error) return fail(ErrorCode::failed, address_.shown() + " refused to serve: " + reply.text);
    }
    return {};
}

Result<void> Connection::load(Script script, Deadline deadline) {
    const auto at = static_cast<std::size_t>(script);
    TRY(Reply reply, call({"SCRIPT", "LOAD", sources[at]}, deadline));
    if (reply.kind != Reply::Kind::text) return fail(ErrorCode::failed, address_.shown() + " took no script: " + reply.text);
    shas_[at] = std::move(reply.text);
    return {};
}

Result<Reply> Connection::run(Script script, std::string_view key, const std::vector<std::string_view>& arguments, Deadline deadline) {
    for (int attempt = 0;; ++attempt) {
        std::vector<std::string_view> words{"EVALSHA", shas_[static_cast<std::size_t>(script)], "1", key};
        words.insert(words.end(), arguments.begin(), arguments.end());
        TRY(Reply reply, call(words, deadline));
        // Another server took over, or somebody emptied the scripts: nothing was run.
        if (attempt > 0 || reply.kind != Reply::Kind::error || !reply.text.starts_with("NOSCRIPT")) return reply;
        TRY_VOID(load(script, deadline));
    }
}

Result<Reply> Connection::call(const std::vector<std::string_view>& words, Deadline deadline) {
    std::vector<const char*> starts;
    std::vector<std::size_t> sizes;
    for (const std::string_view word : words) {
        starts.push_back(word.empty() ? "" : word.data());
        sizes.push_back(word.size());
    }
    if (broken_ || redisAppendCommandArgv(context_, static_cast<int>(words.size()), starts.data(), sizes.data()) != REDIS_OK)
        return std::unexpected(broken("send to"));
    broken_ = true;  // unless an answer comes
    for (int done = 0; done == 0;) {
        TRY_VOID(wait_until(POLLOUT, deadline));
        if (redisBufferWrite(context_, &done) != REDIS_OK) return std::unexpected(broken("send to"));
    }
    void* answer = nullptr;
    while (true) {
        if (redisGetReplyFromReader(context_, &answer) != REDIS_OK) return std::unexpected(broken("read the answer of"));
        if (answer != nullptr) break;
        TRY_VOID(wait_until(POLLIN, deadline));
        if (redisBufferRead(context_) != REDIS_OK) return std::unexpected(broken("read from"));
    }
    Reply reply = copy_of(*static_cast<redisReply*>(answer), 0);
    freeReplyObject(answer);
    broken_ = false;
    return reply;
}

Result<void> Connection::wait_until(short events, Deadline deadline) {
    while (true) {
        const auto left = duration_cast<milliseconds>(deadline - steady_clock::now() + microseconds(999));
        pollfd one{context_->fd, events, 0};
        const int ready = ::poll(&one, 1, static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000)));
        if (ready > 0) return {};
        if (ready < 0 && errno != EINTR) return std::unexpected(broken("wait for"));
        if (ready == 0 && left.count() <= 0)
            return fail(ErrorCode::failed, address_.shown() + " did not answer in time; what was asked may have been done");
    }
}

bool Connection::alive() const {
    // Nothing is asked, so nothing may come: bytes or an end are the server's farewell.
    pollfd one{context_->fd, POLLIN | POLLRDHUP, 0};
    return !broken_ && ::poll(&one, 1, 0) == 0;
}

Error Connection::broken(const char* doing) const {
    const char* why = context_ != nullptr && context_->err != 0 ? context_->errstr : std::strerror(errno);
    return {ErrorCode::failed, std::string("cannot ") + doing + " " + address_.shown() + ": " + why, false};
}

}  // namespace aitrading::engines::redis

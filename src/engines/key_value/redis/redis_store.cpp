#include "engines/key_value/redis/redis_store.hpp"

#include <algorithm>

#include "domain/tenant.hpp"
#include "engines/key_value/redis/pool.hpp"

namespace aitrading::engines {
namespace {

using ports::KeyName;
using redis::Reply;
using Kind = redis::Reply::Kind;
using Lives = std::optional<std::chrono::milliseconds>;
using Words = std::vector<std::string_view>;

constexpr int removal_page = 1'000;

std::string text_of(Lives lives_for) { return lives_for ? std::to_string(lives_for->count()) : std::string(); }

/// A pattern that only the text itself fits.
std::string pattern_of(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (std::string_view("*?[]\\^-").find(c) != std::string_view::npos) out.push_back('\\');
        out.push_back(c);
    }
    return out;
}

class Store final : public ports::KeyValue {
  public:
    Store(redis::Address address, const RedisStoreOptions& options)
        : pool_(std::move(address), options.connections_max), space_(options.space + ":"), call_max_(options.call_max) {}

    Result<std::optional<std::string>> get(KeyName name) override {
        TRY_VOID(check_key(name));
        const std::string key = key_of(name.tenant, name.key);
        TRY(Reply reply, ask({"GET", key}, Retry::once));
        return value_of(std::move(reply));
    }

    Result<std::vector<std::optional<std::string>>> get_many(std::string_view tenant, const std::vector<std::string>& keys) override {
        if (keys.size() > static_cast<std::size_t>(ports::kv_many_max))
            return fail(ErrorCode::usage, "at most " + std::to_string(ports::kv_many_max) + " keys are read at once");
        std::vector<std::string> names;
        names.reserve(keys.size());
        for (const std::string& key : keys) {
            TRY_VOID(ports::check_key({tenant, key}));
            names.push_back(key_of(tenant, key));
        }
        std::vector<std::optional<std::string>> values;
        if (keys.empty()) return values;
        Words words{"MGET"};
        words.insert(words.end(), names.begin(), names.end());
        TRY(Reply reply, ask(words, Retry::once));
        if (reply.kind != Kind::list || reply.items.size() != keys.size()) return std::unexpected(strange());
        for (Reply& item : reply.items) values.push_back(value_of(std::move(item)));
        return values;
    }

    Result<bool> put(KeyName name, std::string_view value, ports::PutRule rule) override {
        TRY_VOID(check_write(name, value, rule.lives_for));
        const std::string key = key_of(name.tenant, name.key), life = text_of(rule.lives_for);
        Words words{"SET", key, value};
        if (rule.when != ports::PutRule::When::always) words.push_back(rule.when == ports::PutRule::When::absent ? "NX" : "XX");
        if (rule.lives_for) words.insert(words.end(), {"PX", life});
        TRY(const Reply reply, ask(words));
        return reply.kind == Kind::text;
    }

    Result<bool> remove(KeyName name) override {
        TRY_VOID(check_key(name));
        const std::string key = key_of(name.tenant, name.key);
        TRY(const Reply reply, ask({"DEL", key}));
        return reply.number > 0;
    }

    Result<bool> compare_and_set(KeyName name, const std::optional<std::string>& expected, const std::optional<std::string>& desired,
                                 Lives lives_for) override {
        TRY_VOID(check_write(name, desired ? std::string_view(*desired) : std::string_view(), lives_for));
        const std::string life = text_of(lives_for);
        TRY(const Reply reply, run(redis::Script::compare_and_set, key_of(name.tenant, name.key),
                                   {expected ? "1" : "0", expected ? std::string_view(*expected) : "", desired ? "1" : "0",
                                    desired ? std::string_view(*desired) : "", life}));
        return reply.number == 1;
    }

    Result<ports::Counted> add(KeyName name, const ports::Addition& addition) override {
        TRY_VOID(check_key(name));
        TRY_VOID(check_addition(addition));
        const std::string delta = std::to_string(addition.delta), min = std::to_string(addition.min), max = std::to_string(addition.max),
                          life = text_of(addition.lives_for);
        TRY(const Reply reply, run(redis::Script::add, key_of(name.tenant, name.key), {delta, min, max, life}));
        if (reply.kind != Kind::list || reply.items.size() != 2) return std::unexpected(strange());
        TRY(const std::int64_t value, counter_of(name, reply.items[1].text));
        if (reply.items[0].number == 2) return std::unexpected(strange());  // the server finds no integer where we do
        return ports::Counted{value, reply.items[0].number == 1};
    }

    Result<ports::Life> life(KeyName name) override {
        TRY_VOID(check_key(name));
        const std::string key = key_of(name.tenant, name.key);
        TRY(const Reply reply, ask({"PTTL", key}, Retry::once));
        if (reply.kind != Kind::number) return std::unexpected(strange());
        if (reply.number == -2) return ports::Life{};
        if (reply.number == -1) return ports::Life{true, {}};
        return ports::Life{true, std::chrono::milliseconds(std::max<std::int64_t>(reply.number, 1))};
    }

    Result<ports::ScanPage> scan(std::string_view tenant, std::string_view prefix, std::string_view from, int count) override {
        TRY_VOID(ports::check_scan(tenant, prefix, count));
        const std::string pattern = pattern_of(key_of(tenant, prefix)) + "*", page_size = std::to_string(count);
        if (from.find_first_not_of("0123456789") != std::string_view::npos || from.size() > 20)
            return fail(ErrorCode::usage, "a scan goes on from `next` of the page before, not from another text");
        TRY(Reply reply, ask({"SCAN", from.empty() ? "0" : from, "MATCH", pattern, "COUNT", page_size}, Retry::once));
        if (reply.kind != Kind::list || reply.items.size() != 2) return std::unexpected(strange());
        ports::ScanPage page;
        const std::size_t skipped = space_.size() + tenant.size() + 1;
        for (Reply& item : reply.items[1].items) page.keys.push_back(item.text.substr(std::min(skipped, item.text.size())));
        if (reply.items[0].text != "0") page.next = std::move(reply.items[0].text);
        return page;
    }

    Result<std::int64_t> remove_prefix(std::string_view tenant, std::string_view prefix) override {
        std::int64_t removed = 0;
        std::string from;
        do {
            TRY(ports::ScanPage page, scan(tenant, prefix, from, removal_page));
            from = std::move(page.next);
            if (page.keys.empty()) continue;
            for (std::string& key : page.keys) key = key_of(tenant, key);
            Words words{"UNLINK"};
            words.insert(words.end(), page.keys.begin(), page.keys.end());
            TRY(const Reply reply, ask(words));
            removed += reply.number;
        } while (!from.empty());
        return removed;
    }

    Result<void> health() override {
        TRY([[maybe_unused]] const Reply reply, ask({"PING"}, Retry::once));
        return {};
    }

  private:
    enum class Retry { never, once };

    std::string key_of(std::string_view tenant, std::string_view key) const {
        std::string out;
        out.reserve(space_.size() + tenant.size() + 1 + key.size());
        return out.append(space_).append(tenant).append(1, ':').append(key);
    }

    /// @param retry whether an unanswered call is sent once more, within the same deadline
    Result<Reply> ask(const Words& words, Retry retry = Retry::never) {
        const auto deadline = std::chrono::steady_clock::now() + call_max_;
        for (int attempt = 0;; ++attempt) {
            TRY(redis::Pool::Lease connection, pool_.lease(deadline));
            auto reply = connection->call(words, deadline);
            if (!reply && retry == Retry::once && attempt == 0 && std::chrono::steady_clock::now() < deadline) continue;
            return judged(std::move(reply));
        }
    }

    Result<Reply> run(redis::Script script, const std::string& key, const Words& arguments) {
        const auto deadline = std::chrono::steady_clock::now() + call_max_;
        TRY(redis::Pool::Lease connection, pool_.lease(deadline));
        return judged(connection->run(script, key, arguments, deadline));
    }

    /// Makes a server's refusal an error of ours: it did nothing.
    Result<Reply> judged(Result<Reply> reply) const {
        if (!reply || reply->kind != Kind::error) return reply;
        const std::string_view why = reply->text;
        std::string text = pool_.address().shown() + " refused: " + reply->text;
        if (why.starts_with("OOM")) text += "; give it memory, or maxmemory-policy allkeys-lru";
        if (why.starts_with("WRONGTYPE")) text += "; another program writes under this space: set another";
        const bool passes = why.starts_with("LOADING") || why.starts_with("BUSY") || why.starts_with("TRYAGAIN") || why.starts_with("OOM");
        return fail(ErrorCode::failed, std::move(text), passes);
    }

    Error strange() const { return {ErrorCode::failed, pool_.address().shown() + " answered what no Redis 7 answers", false}; }

    static std::optional<std::string> value_of(Reply reply) {
        if (reply.kind != Kind::text) return std::nullopt;
        return std::move(reply.text);
    }

    static Result<void> check_write(KeyName name, std::string_view value, Lives lives_for) {
        TRY_VOID(check_key(name));
        TRY_VOID(ports::check_value(value));
        return ports::check_life(lives_for);
    }

    redis::Pool pool_;
    std::string space_;
    std::chrono::milliseconds call_max_;
};

}  // namespace

Result<std::unique_ptr<ports::KeyValue>> open_redis_store(const RedisStoreOptions& options) {
    TRY(redis::Address address, redis::parse_address(options.address));
    if (!check_tenant(options.space)) return fail(ErrorCode::usage, "the space of a store in Redis has 1 to 100 letters, digits, dots, dashes or underscores");
    if (options.connections_max < 1 || options.connections_max > 256) return fail(ErrorCode::usage, "a store in Redis has 1 to 256 connections");
    if (options.call_max.count() < 1) return fail(ErrorCode::usage, "a call to Redis may take 1 ms or more");
    return std::make_unique<Store>(std::move(address), options);
}

}  // namespace aitrading::engines

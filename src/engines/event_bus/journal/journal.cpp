#include "engines/event_bus/journal/journal.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>

#include "engines/event_bus/journal/subscription.hpp"

namespace aitrading::engines {
namespace {

using namespace journal;  // NOLINT(google-build-using-namespace): this file is its face

constexpr std::size_t event_overhead = 256;  // what strings and containers add to an event that waits

/// Held by the process that has the journal; the kernel gives it back however the process ends.
class FolderLock {
  public:
    static Result<FolderLock> take(const std::filesystem::path& folder) {
        std::error_code failed;
        std::filesystem::create_directories(folder, failed);
        const std::string path = (folder / "lock").string();
        FolderLock out(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
        if (out.file_ < 0) return fail(ErrorCode::failed, path + ": cannot be made: " + std::generic_category().message(errno));
        if (::flock(out.file_, LOCK_EX | LOCK_NB) != 0)
            return fail(ErrorCode::failed, folder.string() + ": another process has this journal open; stop it first", true);
        return out;
    }
    FolderLock() = default;
    FolderLock(FolderLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
    FolderLock& operator=(FolderLock&& other) noexcept {
        std::swap(file_, other.file_);
        return *this;
    }
    ~FolderLock() {
        if (file_ >= 0) ::close(file_);
    }

  private:
    explicit FolderLock(int file) : file_(file) {}
    int file_ = -1;
};

class PublishJob final : public Job {
  public:
    PublishJob(std::string_view topic, std::vector<Event> events, std::size_t bytes, ports::Acknowledge done)
        : Job(static_cast<std::int64_t>(events.size()), bytes), topic_(topic), events_(std::move(events)), done_(std::move(done)) {}
    Result<void> apply(Ledger& ledger) override {
        receipts_ = ledger.publish(topic_, events_);
        if (!receipts_) return std::unexpected(receipts_.error());
        return {};
    }
    void done(const Result<void>& result) override {
        if (!result) receipts_ = std::unexpected(result.error());
        done_(receipts_);
    }

  private:
    std::string topic_;
    std::vector<Event> events_;
    ports::Acknowledge done_;
    Result<std::vector<ports::Receipt>> receipts_;
};

class JournalBus final : public ports::EventBus {
  public:
    JournalBus(FolderLock lock, std::string path, std::string file_system, std::unique_ptr<Directory> directory,
               std::unique_ptr<Writer> writer, std::unique_ptr<Database> database)
        : lock_(std::move(lock)), path_(std::move(path)), file_system_(std::move(file_system)), directory_(std::move(directory)),
          writer_(std::move(writer)), reader_(std::move(database)) {}

    Result<void> create_topic(std::string_view name, ports::TopicOptions options) override {
        TRY_VOID(ports::check_bus_name("topic", name));
        if (options.partitions < 1 || options.partitions > ports::partitions_max)
            return fail(ErrorCode::usage, "topic '" + std::string(name) + "': 1 to " + std::to_string(ports::partitions_max) + " partitions");
        return change([&](Ledger& ledger) { return ledger.create_topic(name, options.partitions); });
    }
    Result<std::vector<std::string>> topics() override {
        const std::lock_guard lock(directory_->mutex);
        std::vector<std::string> names;
        names.reserve(directory_->topics.size());
        for (const auto& [name, topic] : directory_->topics) names.push_back(name);
        return names;
    }
    Result<void> publish(std::string_view topic, std::vector<Event> events, ports::Acknowledge done, std::chrono::milliseconds wait_for_room) override {
        std::size_t bytes = 0;
        for (const Event& event : events) {
            TRY_VOID(check_event(event));
            bytes += size_bytes(event) + event_overhead;
        }
        {
            const std::lock_guard lock(directory_->mutex);
            TRY([[maybe_unused]] TopicView* there, directory_->topic(topic));
        }
        return writer_->submit(std::make_unique<PublishJob>(topic, std::move(events), bytes, std::move(done)), wait_for_room);
    }
    Result<std::unique_ptr<ports::Subscription>> subscribe(std::string_view topic, std::string_view group, ports::SubscribeOptions options) override {
        TRY_VOID(ports::check_bus_name("group", group));
        if (options.attempts_max < 1) return fail(ErrorCode::usage, "attempts_max: at least 1");
        const Directory::GroupName name{topic, group};
        TRY_VOID(change([&](Ledger& ledger) { return ledger.found_group(name, options.start); }));
        TRY(auto database, Database::open(path_, journal_access(Database::Mode::reader, file_system_)));
        TRY(auto member, JournalSubscription::join(*directory_, *writer_, std::move(database), name, options.attempts_max));
        return std::unique_ptr<ports::Subscription>(std::move(member));
    }
    Result<std::vector<ports::Delivery>> read(std::string_view topic, ports::Position from, const ports::PollLimits& limits) override;
    Result<std::vector<std::int64_t>> ends(std::string_view topic) override {
        const std::lock_guard lock(directory_->mutex);
        TRY(const TopicView* view, directory_->topic(topic));
        return view->end;
    }
    Result<std::vector<std::int64_t>> firsts(std::string_view topic) override {
        const std::lock_guard lock(directory_->mutex);
        TRY(const TopicView* view, directory_->topic(topic));
        return view->first;
    }
    Result<std::vector<std::string>> groups(std::string_view topic) override {
        const std::lock_guard lock(directory_->mutex);
        TRY([[maybe_unused]] const TopicView* there, directory_->topic(topic));
        std::vector<std::string> names;
        for (const auto& [name, group] : directory_->groups)
            if (name.first == topic) names.push_back(name.second);
        return names;
    }
    Result<std::vector<std::int64_t>> committed(std::string_view topic, std::string_view group) override {
        const std::lock_guard lock(directory_->mutex);
        TRY(const GroupView* view, directory_->group(topic, group));
        return view->committed;
    }
    Result<void> start_over(std::string_view topic, std::string_view group) override {
        return change([&](Ledger& ledger) { return ledger.start_over({std::string(topic), std::string(group)}); });
    }
    Result<std::vector<ports::DeadLetter>> dead_letters(std::string_view topic, std::string_view group) override;
    Result<std::int64_t> retain(std::string_view topic, const ports::RetentionRule& rule) override {
        return writer_->call<std::int64_t>([&](Ledger& ledger) { return ledger.retain(topic, rule); });
    }
    Result<void> health() override { return writer_->health(); }

  private:
    template <class Work>
    Result<void> change(Work work) {
        const auto step = [&](Ledger& ledger) -> Result<bool> {
            TRY_VOID(work(ledger));
            return true;
        };
        TRY_VOID(writer_->call<bool>(step));
        return {};
    }

    FolderLock lock_;  // given back last
    std::string path_, file_system_;
    std::unique_ptr<Directory> directory_;
    std::unique_ptr<Writer> writer_;
    std::mutex reading_;
    Reader reader_;  // closed before the writer, whose connection copies the log as the last one
};

Result<std::vector<ports::Delivery>> JournalBus::read(std::string_view topic, ports::Position from, const ports::PollLimits& limits) {
    TRY_VOID(ports::check_poll(limits));
    if (from.offset < 1) return fail(ErrorCode::usage, "offsets begin at 1");
    TopicEntry entry;
    std::int64_t first = 0, end = 0;
    {
        const std::lock_guard lock(directory_->mutex);
        TRY(const TopicView* view, directory_->topic(topic));
        if (from.partition < 0 || from.partition >= view->entry.partitions)
            return fail(ErrorCode::not_found, "topic '" + std::string(topic) + "' has no partition " + std::to_string(from.partition));
        entry = view->entry;
        first = view->first[static_cast<std::size_t>(from.partition)];
        end = view->end[static_cast<std::size_t>(from.partition)];
    }
    if (from.offset < first)
        return fail(ErrorCode::not_found, "topic '" + std::string(topic) + "', partition " + std::to_string(from.partition) + ": retention removed offset " +
                                              std::to_string(from.offset) + "; what is left begins at " + std::to_string(first));
    std::vector<ports::Delivery> out;
    if (from.offset > end) return out;
    const std::lock_guard lock(reading_);
    TRY_VOID(reader_.read(entry, from, end, limits, out));
    return out;
}

Result<std::vector<ports::DeadLetter>> JournalBus::dead_letters(std::string_view topic, std::string_view group) {
    std::int64_t id = 0;
    {
        const std::lock_guard lock(directory_->mutex);
        TRY(const GroupView* view, directory_->group(topic, group));
        id = view->id;
    }
    const std::lock_guard lock(reading_);
    Statement all(reader_.database(), "SELECT partition, position, attempts, reason, time, event FROM dead WHERE grp=? ORDER BY id");
    all.bind(1, id);
    std::vector<ports::DeadLetter> out;
    while (all.step()) {
        auto event = unpack(all.text(5));
        if (!event) return std::unexpected(event.error());
        out.push_back({std::move(*event), {static_cast<int>(all.number(0)), all.number(1)}, static_cast<int>(all.number(2)), all.text(3), {all.number(4)}});
    }
    if (auto broken = reader_.database().take_broken()) return std::unexpected(*broken);
    return out;
}

}  // namespace

Result<std::unique_ptr<ports::EventBus>> open_journal(const JournalOptions& options) {
    const bool real = options.file_system.empty();
    FolderLock lock;
    if (real) {
        TRY(lock, FolderLock::take(options.folder));
    }
    const std::string path = (options.folder / "events.sqlite").string();
    TRY(auto database, Database::open(path, journal_access(Database::Mode::writer, options.file_system)));
    auto directory = std::make_unique<Directory>();
    TRY(auto ledger, Ledger::open(*database, *directory, options.free_pages_kept));
    TRY(auto reader, Database::open(path, journal_access(Database::Mode::reader, options.file_system)));
    TRY(auto copies, Database::open(path, journal_access(Database::Mode::reader, options.file_system)));
    Writer::Copying copying{std::move(copies), options.checkpoint_pages, real ? LogCopier::Runs::beside : LogCopier::Runs::inline_};
    auto writer = std::make_unique<Writer>(std::move(database), std::move(ledger), *directory, options.limits, std::move(copying));
    return std::make_unique<JournalBus>(std::move(lock), path, options.file_system, std::move(directory), std::move(writer), std::move(reader));
}

}  // namespace aitrading::engines

#include "engines/event_bus/journal/journal_view.hpp"

#include "engines/event_bus/journal/layout.hpp"

namespace aitrading::engines {

using namespace journal;  // NOLINT(google-build-using-namespace): another face of the same rooms

struct JournalView::Inside {
    explicit Inside(std::unique_ptr<Database> database) : reader(std::move(database)) {}
    Reader reader;
    std::vector<TopicEntry> topics;
};

JournalView::JournalView(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
JournalView::JournalView(JournalView&&) noexcept = default;
JournalView& JournalView::operator=(JournalView&&) noexcept = default;
JournalView::~JournalView() = default;

Result<JournalView> JournalView::open(const std::filesystem::path& folder) {
    const std::filesystem::path file = folder / "events.sqlite";
    if (!std::filesystem::exists(file)) return fail(ErrorCode::not_found, file.string() + ": there is no journal yet");
    TRY(auto database, Database::open(file.string(), journal_access(Database::Mode::reader, {})));
    TRY_VOID(check_format(*database));
    return JournalView(std::make_unique<Inside>(std::move(database)));
}

Result<std::vector<PartitionExtent>> JournalView::extents() {
    Database& database = inside_->reader.database();
    TRY(inside_->topics, list_topics(database));
    std::vector<PartitionExtent> out;
    for (const TopicEntry& topic : inside_->topics)
        for (int p = 0; p < topic.partitions; ++p) {
            Statement get(database, "SELECT first, (SELECT max(position) FROM " + table_of(topic.id, p) + ") FROM partitions WHERE topic=? AND partition=?");
            get.bind(1, topic.id).bind(2, std::int64_t{p});
            PartitionExtent extent{topic.name, p, 1, 0};
            if (get.step()) {
                extent.first = get.number(0);
                extent.last = get.is_null(1) ? extent.first - 1 : get.number(1);
            }
            get.reset();
            out.push_back(std::move(extent));
        }
    if (auto broken = database.take_broken()) return std::unexpected(*broken);
    return out;
}

Result<std::vector<ports::Delivery>> JournalView::read(const PartitionExtent& extent, std::int64_t from, const ports::PollLimits& limits) {
    std::vector<ports::Delivery> out;
    for (const TopicEntry& topic : inside_->topics) {
        if (topic.name != extent.topic) continue;
        const auto done = inside_->reader.read(topic, {extent.partition, from}, extent.last, limits, out);
        if (done) return out;
        TRY(const std::vector<PartitionExtent> now, extents());
        for (const PartitionExtent& other : now)
            if (other.topic == extent.topic && other.partition == extent.partition && other.first > from) return std::vector<ports::Delivery>{};
        return std::unexpected(done.error());
    }
    return fail(ErrorCode::not_found, "the journal has no topic '" + extent.topic + "'");
}

Result<void> JournalView::check_file() {
    Database& database = inside_->reader.database();
    Statement check(database, "PRAGMA integrity_check(1)");
    const std::string word = check.step() ? check.text(0) : std::string("it cannot be read");
    check.reset();
    if (auto broken = database.take_broken()) return std::unexpected(*broken);
    if (word == "ok") return {};
    return fail(ErrorCode::gate_refused, "the journal's file is damaged (" + word + "); restore it from a backup");
}

}  // namespace aitrading::engines

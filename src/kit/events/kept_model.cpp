#include "kit/events/kept_model.hpp"

#include <algorithm>
#include <limits>

#include "base/bytes.hpp"
#include "kit/events/committing.hpp"

namespace aitrading::kit {
namespace {

constexpr std::string_view magic = "witness1", witness_key = "witness";

std::vector<std::int64_t> offsets_of(const ports::Snapshot& snapshot) {
    std::vector<std::int64_t> out(snapshot.positions.size());
    for (const ports::Position& p : snapshot.positions) out[static_cast<std::size_t>(p.partition)] = p.offset;
    return out;
}

bool behind(const std::vector<std::int64_t>& at, const std::vector<std::int64_t>& other) {
    for (std::size_t p = 0; p < at.size(); ++p)
        if (at[p] < other[p]) return true;
    return false;
}

std::int64_t between(const std::vector<std::int64_t>& from, const std::vector<std::int64_t>& to) {
    std::int64_t out = 0;
    for (std::size_t p = 0; p < from.size(); ++p) out += to[p] - from[p];
    return out;
}

using Rows = std::map<std::string, std::string>;

void count_differences(const Rows& stored, const Rows& journal, CheckFound& found) {
    const auto first = [&](const std::string& key, const std::string& left, const std::string& right) {
        if (found.first_difference.empty()) found.first_difference = key + ": read model " + (left.empty() ? "nothing" : left) + "; journal " + (right.empty() ? "nothing" : right);
    };
    for (const auto& [key, value] : stored) {
        const auto other = journal.find(key);
        if (other != journal.end() && other->second == value) continue;
        ++(other == journal.end() ? found.surplus : found.different);
        first(key, value, other == journal.end() ? std::string() : other->second);
    }
    for (const auto& [key, value] : journal) {
        if (stored.contains(key)) continue;
        ++found.missing;
        first(key, {}, value);
    }
}

}  // namespace

struct KeptModel::Witness {
    std::unique_ptr<ReadModel> view;
    Offsets at;
    std::int64_t events = 0;
    bool from_start = true;

    std::string bytes() const {
        ByteWriter out;
        out.put_all(at);
        out.put(events);
        out.put(static_cast<std::uint8_t>(from_start));
        out.put_text(view->snapshot());
        return out.sealed(magic);
    }
    Result<void> restore(std::string_view bytes) {
        TRY(ByteReader in, ByteReader::unseal(bytes, magic, "the witness of a read model"));
        at = in.get_all<std::int64_t>();
        events = in.get<std::int64_t>();
        from_start = in.get<std::uint8_t>() != 0;
        const std::string inside = in.get_text();
        if (in.failed()) return fail(ErrorCode::bad_input, "the witness of a read model: cut short");
        return view->restore(inside);
    }
};

KeptModel::KeptModel(ports::EventBus& bus, Make make, KeptModelOptions options) : bus_(bus), make_(std::move(make)), options_(std::move(options)), model_(make_()) {}
KeptModel::~KeptModel() = default;

/// Where the model was: its snapshot, and the events that were committed after it.
Result<void> KeptModel::open() {
    const ReadModelPlace& place = options_.place;
    TRY(auto member, bus_.subscribe(place.topic, place.group, {}));
    TRY(const auto snapshot, member->snapshot());
    TRY(const Offsets committed, bus_.committed(place.topic, place.group));
    model_->clear();
    at_.assign(committed.size(), 0);
    if (snapshot) {
        TRY_VOID(model_->restore(snapshot->bytes));
        at_ = offsets_of(*snapshot);
    } else {
        TRY(const Offsets firsts, bus_.firsts(place.topic));
        for (std::size_t p = 0; p < at_.size(); ++p) at_[p] = std::min(firsts[p] - 1, committed[p]);
    }
    Witness again{std::move(model_), at_};
    std::int64_t budget = std::numeric_limits<std::int64_t>::max();  // at most snapshot_every of them
    const auto done = advance(again, committed, budget);
    model_ = std::move(again.view);
    if (!done) return std::unexpected(done.error());
    at_ = committed;
    since_ = again.events;
    member_ = std::move(member);
    return {};
}

Result<bool> KeptModel::commit(const ports::Commit& step) {
    const auto done = commit_or_poll_again(*member_, step);
    // What was refused is in the view all the same: it begins again.
    if (!done || !*done) member_.reset();
    return done;
}

Result<std::int64_t> KeptModel::keep() {
    if (!member_) TRY_VOID(open());
    auto some = member_->poll({.events_max = options_.events_at_once});
    if (!some) member_.reset();
    TRY(const auto deliveries, std::move(some));
    if (!member_->alone()) {
        shared_ = true;
        member_->rewind();
        return fail(ErrorCode::failed, "another process keeps the read model '" + options_.place.group + "' of " + options_.place.topic +
                                           "; of the processes on one bus one alone has an AITRADING_CHECK_PERIOD above 0", true);
    }
    if (shared_) {  // what the other one committed is not in the view
        shared_ = false;
        member_.reset();
        return 0;
    }
    if (deliveries.empty()) return 0;
    for (const ports::Delivery& d : deliveries) model_->apply(d);
    ports::Commit step{.up_to = last_positions(deliveries)};
    since_ += static_cast<std::int64_t>(deliveries.size());
    if (since_ >= options_.place.snapshot_every && found_.differences() == 0) {
        step.snapshot = model_->snapshot();
        since_ = 0;
    }
    for (const ports::Position& p : step.up_to) at_[static_cast<std::size_t>(p.partition)] = p.offset;
    TRY(const bool done, commit(step));
    return done ? static_cast<std::int64_t>(deliveries.size()) : 0;
}

void KeptModel::ask(bool whole) {
    whole_asked_ = whole_asked_ || whole;
    rounds_ = 2;
}

/// From the first event; where retention has taken that, from what is stored.
Result<std::unique_ptr<KeptModel::Witness>> KeptModel::begin(const ports::Snapshot& stored) {
    TRY(const Offsets firsts, bus_.firsts(options_.place.topic));
    auto out = std::make_unique<Witness>();
    out->view = make_();
    out->from_start = std::ranges::all_of(firsts, [](std::int64_t first) { return first == 1; });
    out->at.assign(firsts.size(), 0);
    if (out->from_start) return out;
    TRY_VOID(out->view->restore(stored.bytes));
    out->at = offsets_of(stored);
    return out;
}

Result<std::unique_ptr<KeptModel::Witness>> KeptModel::remembered() {
    TRY(const auto bytes, member_->state(witness_key));
    if (!bytes) return std::unique_ptr<Witness>();
    auto out = std::make_unique<Witness>();
    out->view = make_();
    if (!out->restore(*bytes)) return std::unique_ptr<Witness>();  // of another version: begin anew
    return out;
}

Result<bool> KeptModel::advance(Witness& witness, const Offsets& to, std::int64_t& budget) {
    for (std::size_t p = 0; p < to.size(); ++p)
        while (witness.at[p] < to[p]) {
            if (budget <= 0) return false;
            const int most = static_cast<int>(std::min<std::int64_t>(budget, ports::poll_events_max));
            TRY(const auto some, bus_.read(options_.place.topic, {static_cast<int>(p), witness.at[p] + 1}, {.events_max = most}));
            if (some.empty()) witness.at[p] = to[p];  // what is left belongs to the engine
            for (const ports::Delivery& d : some) {
                if (d.position.offset > to[p]) {
                    witness.at[p] = to[p];
                    break;
                }
                witness.view->apply(d);
                witness.at[p] = d.position.offset;
                ++witness.events;
                --budget;
            }
        }
    return true;
}

/// Takes the witnesses forward; true: the one to compare with stands where the snapshot stands.
Result<bool> KeptModel::come_to(const ports::Snapshot& stored, const Offsets& to) {
    if (!near_) {
        TRY(near_, remembered());
    }
    if (near_ && (near_->at.size() != to.size() || behind(to, near_->at))) near_.reset();  // the model was built anew, or put back
    const bool anew = near_ == nullptr;
    if (anew) {
        TRY(near_, begin(stored));
    }
    if (whole_asked_ && !anew && near_->from_start) {
        TRY(far_, begin(stored));
        if (!far_->from_start) far_.reset();
    }
    whole_asked_ = false;
    std::int64_t budget = options_.events_at_once;
    const auto near_there = advance(*near_, to, budget);
    if (!near_there && near_there.error().code == ErrorCode::not_found) {
        near_.reset();  // retention took events that it had not read
        far_.reset();
        return false;
    }
    TRY(const bool there, near_there);
    found_.unread = between(near_->at, to);
    return there;
}

/// Between two checks: the witness from the first event on comes nearer, and is compared when it is there.
Result<void> KeptModel::go_on() {
    if (!far_) return {};
    std::int64_t budget = options_.events_at_once;
    const auto there = advance(*far_, near_->at, budget);
    found_.unread = between(far_->at, near_->at);
    if (!there && there.error().code == ErrorCode::not_found) far_.reset();  // retention took the beginning
    if (!there && there.error().code != ErrorCode::not_found) return std::unexpected(there.error());
    if (!there || !*there) return {};
    near_ = std::move(far_);
    rounds_ = std::max(rounds_, 1);
    return {};
}

Result<void> KeptModel::compare(const ports::Snapshot& stored, UnixNanos now) {
    CheckFound found{.checked = now, .compared = near_->events, .unread = far_ ? between(far_->at, near_->at) : 0, .from_start = near_->from_start};
    const auto view = make_();
    if (const auto readable = view->restore(stored.bytes); !readable) {
        found.different = 1;
        found.first_difference = readable.error().text;
    } else {
        count_differences(view->rows(), near_->view->rows(), found);
    }
    found_ = std::move(found);
    return {};
}

/// Model and witness as of now; false: there is nothing new to store.
Result<bool> KeptModel::store() {
    if (at_ == stored_at_) return false;
    ports::Commit step;
    step.snapshot = model_->snapshot();
    if (near_) step.state.push_back({std::string(witness_key), near_->bytes()});
    TRY(const bool done, commit(step));
    if (!done) return true;
    stored_at_ = at_;
    since_ = 0;
    return true;
}

Result<bool> KeptModel::check(UnixNanos now) {
    if (!member_) return false;
    if (rounds_ == 0) {
        TRY_VOID(go_on());
        return false;
    }
    TRY(const auto stored, member_->snapshot());
    if (!stored) {
        if (since_ == 0) {
            rounds_ = 0;
            found_ = {.checked = now};
            return true;
        }
        TRY_VOID(store());
        return false;
    }
    TRY(const bool there, come_to(*stored, offsets_of(*stored)));
    if (!there) return false;
    TRY_VOID(compare(*stored, now));
    --rounds_;
    if (found_.differences() > 0) rounds_ = 0;
    if (rounds_ == 0) return true;
    TRY(const bool anew, store());
    if (!anew) rounds_ = 0;
    return rounds_ == 0;
}

}  // namespace aitrading::kit

#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kit/events/read_model.hpp"

namespace aitrading::kit {

/// What the last standing check of a read model found.
struct CheckFound {
    UnixNanos checked;            ///< when they were last compared; 0: not yet
    std::int64_t compared = 0;    ///< events in the view that was compared
    std::int64_t missing = 0, surplus = 0, different = 0;  ///< lines that the stored model lacks, has too much, has otherwise
    std::int64_t unread = 0;      ///< events that the check has not come to yet
    bool from_start = true;       ///< false: retention had removed events, what they did is taken from the model
    std::string first_difference;
    std::string failure;          ///< why it could not be made; empty: it was
    std::int64_t differences() const { return missing + surplus + different; }
};

struct KeptModelOptions {
    ReadModelPlace place;
    int events_at_once = 20'000;  ///< of one `keep` and of one `check`: all else goes on between two of them
};

/// A read model that is kept while the journal grows, and is compared with it again and again.
///
/// The check has a view of its own, the witness, which it makes of the events alone and takes forward to where the stored snapshot
/// stands; then both must say the same. The witness of the last check that found nothing is kept beside the model, so that a check
/// reads what is new. Once in a life of the process, and when it is asked for, a second witness begins at the first event, as slowly
/// as everything here, and takes the place of the first one when it has come to the end: that finds events that changed later.
/// Where the two differ the stored snapshot stays as it is, as evidence, until the model is built anew.
/// For one thread. @pre the bus outlives it
class KeptModel {
  public:
    using Make = std::function<std::unique_ptr<ReadModel>()>;
    KeptModel(ports::EventBus& bus, Make make, KeptModelOptions options);
    ~KeptModel();

    /// Takes the next events into the model; how many. After an error it begins again from its snapshot.
    /// @errors as EventBus; failed where another process keeps the same model, as long as it does: each would have half of it
    Result<std::int64_t> keep();
    /// Asks for a check, of everything from the first event on where `whole`.
    void ask(bool whole);
    /// Goes on with the check that was asked for, if one was; true: it has ended now. @errors as EventBus, gate_refused (a damaged event)
    Result<bool> check(UnixNanos now);
    /// Whether a check, or a reading from the first event on, is under way.
    bool checking() const { return rounds_ > 0 || far_ != nullptr; }
    const CheckFound& found() const { return found_; }
    const ReadModel& model() const { return *model_; }

  private:
    using Offsets = std::vector<std::int64_t>;
    struct Witness;
    Result<void> open();
    Result<std::unique_ptr<Witness>> begin(const ports::Snapshot& stored);
    Result<std::unique_ptr<Witness>> remembered();
    Result<bool> advance(Witness& witness, const Offsets& to, std::int64_t& budget);
    Result<void> go_on();
    Result<bool> come_to(const ports::Snapshot& stored, const Offsets& to);
    Result<void> compare(const ports::Snapshot& stored, UnixNanos now);
    Result<bool> store();
    Result<bool> commit(const ports::Commit& step);

    ports::EventBus& bus_;
    Make make_;
    KeptModelOptions options_;
    std::unique_ptr<ports::Subscription> member_;
    std::unique_ptr<ReadModel> model_;
    bool shared_ = false;      ///< another one had partitions of it at the last poll
    Offsets at_;               ///< the model's
    Offsets stored_at_;        ///< where this life has stored model and witness last
    std::int64_t since_ = 0;   ///< events since the snapshot
    std::unique_ptr<Witness> near_, far_;
    bool whole_asked_ = true;
    int rounds_ = 0;           ///< of the check: what is stored, then what is stored anew
    CheckFound found_;
};

}  // namespace aitrading::kit

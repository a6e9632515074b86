#include <fmt/format.h>

#include <array>
#include <string_view>
#include <vector>

#include "aitrading/v1/market.pb.h"
#include "aitrading/v1/models.pb.h"
#include "base/check.hpp"
#include "kit/bench.hpp"
#include "kit/contracts/contracts.hpp"

namespace {

using namespace aitrading;
using kit::BenchRow;

constexpr int calls = 20'000, runs = 7;

v1::MarketDataReceived tick() {
    v1::MarketDataReceived message;
    message.set_symbol("EURUSD");
    message.set_feed("replay");
    v1::Tick* one = message.add_ticks();
    one->set_time_ns(1'700'000'000'123'456'789);
    one->set_known_ns(1'700'000'000'124'000'000);
    one->set_bid_e9(1'085'430'000);
    one->set_ask_e9(1'085'440'000);
    return message;
}

v1::MLPredictionGenerated prediction() {
    v1::MLPredictionGenerated message;
    message.set_symbol("EURUSD");
    v1::Prediction* said = message.mutable_prediction();
    said->set_symbol("EURUSD");
    said->set_timeframe(v1::TIMEFRAME_H1);
    said->set_model("eurusd-next-bar");
    said->set_label("next_bar");
    said->set_known_ns(1'700'000'000'000'000'000);
    said->set_p_up(0.52);
    said->set_p_low(0.5);
    said->set_p_high(0.55);
    for (const std::string_view name : std::array<std::string_view, 7>{"xgboost", "lightgbm", "random_forest", "lstm", "transformer", "cnn", "markov_switching"}) {
        v1::MemberOpinion* member = said->add_members();
        member->set_model(std::string(name));
        member->set_p_up(0.51);
    }
    return message;
}

/// Nanoseconds of processor time of one call.
template <class Work>
double nanos(Work work) {
    return kit::best_of(runs, [&] {
               for (int i = 0; i < calls; ++i) work();
           }) * 1e9 / calls;
}

template <class Message>
void measure(const std::string& what, const Message& message, std::vector<BenchRow>& rows) {
    UuidMaker ids(1);
    const kit::Origin origin{ids.next({1}), "/bench", "default", {1}, {}};
    const auto event = kit::pack(message, origin);
    CHECK(event.has_value());
    const std::string note = fmt::format("{} bytes of data, {} with the envelope", event->data.size(), size_bytes(*event));
    rows.push_back({what + ": pack", nanos([&] { CHECK(kit::pack(message, origin).has_value()); }), "ns", 2'000, false, {}, {}, note});
    rows.push_back({what + ": unpack", nanos([&] {
                        Message read;
                        CHECK(kit::unpack(*event, read).has_value());
                    }), "ns", 2'000, false, {}, {}, {}});
    rows.push_back({what + ": as JSON", nanos([&] { CHECK(kit::data_as_json(*event).has_value()); }), "ns", {}, false, {}, {}, "for people and REST"});
}

}  // namespace

/// What a message costs on its way into an envelope and out of it.
int main(int argc, char** argv) {
    std::vector<BenchRow> rows;
    measure("contracts: tick", tick(), rows);
    measure("contracts: prediction of seven members", prediction(), rows);
    return kit::print_bench(rows, argc, argv);
}

#include "insight/features/frame_features.hpp"

#include <algorithm>
#include <cctype>

namespace aitrading::insight {

std::vector<Timeframe> FrameFeatures::above(Timeframe base) {
    using enum Timeframe;
    if (base == w1) return {};
    if (base == d1) return {w1};
    if (base == h4) return {d1, w1};
    return base == h1 ? std::vector{h4, d1} : std::vector{h1, h4, d1};
}

void FrameFeatures::describe(Catalogue& c) const {
    std::string frame(name(frame_));
    c.group("last closed " + frame);
    std::ranges::transform(frame, frame.begin(), [](unsigned char ch) { return std::tolower(ch); });
    c.prefix = frame + "_";
    c.add("rsi_14", "rsi(14)");
    c.add("adx_14", "adx(14)");
    c.add("ema_gap_20", "close - ema(20), in its ATR(14)");
    c.add("range_position_20", "place of its close in the range of 20 bars");
    c.add("return_1", "change of its close, in its ATR(14)");
    c.add("return_5", "change of its close over 5 bars, in its ATR(14)");
    c.add("atr_ratio", "log of its ATR(14) by the EMA(20) of that");
    c.prefix.clear();
}

double* FrameFeatures::update(const Moment& m, double* out) {
    builder_.update(m.bar, m.opened, m.known, [this](const Candle& bar) { close(bar); });
    return std::ranges::copy(values_, out).out;
}

void FrameFeatures::close(const Candle& bar) {
    const double atr = atr_.update(bar);
    const double usual = is_unknown(atr) ? unknown : usual_atr_.update(atr);
    values_[0] = rsi_.update(bar.close);
    values_[1] = adx_.update(bar);
    values_[2] = ratio(bar.close - average_.update(bar.close), atr);
    values_[3] = place_.update(bar) * 0.01 + 1;
    values_[4] = ratio(bar.close - past_1_.update(bar.close), atr);
    values_[5] = ratio(bar.close - past_5_.update(bar.close), atr);
    values_[6] = usual > 0 ? std::log(std::fmax(atr / usual, 1e-3)) : is_unknown(usual) ? unknown : 0;
}

}  // namespace aitrading::insight

#pragma once

#include <array>
#include <cmath>

#include "insight/features/candlesticks.hpp"
#include "insight/features/liquidity.hpp"
#include "insight/features/money_flow.hpp"
#include "insight/features/wide_features.hpp"

// Groups of the wide set that speak of trading itself: liquidity, spread, candlesticks.

namespace aitrading::insight {

/// Liquidity from bars; what needs volume is absent where the series has none.
class LiquidityFeatures {
  public:
    explicit LiquidityFeatures(bool volume) : volume_(volume) {}

    void describe(Catalogue& c) const {
        c.group("liquidity");
        c.add("roll_20", "roll_spread(20), in basis points");
        c.add("corwin_schultz_20", "corwin_schultz(20), in basis points");
        for (const auto& [name, meaning] : columns) volume_ ? c.add(name, meaning) : c.absent(name, "the series has no volume");
        c.absent("effective_spread", "bars hold no trades");
        c.absent("order_flow", "bars hold no order book");
    }

    double* update(const Moment& m, double* out) {
        ColumnWriter w(m, out);
        w.put(roll_.update(m.bar.close) * 1e4);
        w.put(corwin_schultz_.update(m.bar) * 1e4);
        if (!volume_) return w.end();
        const double recent = recent_.update(m.bar.volume);
        const double now = amihud_.update(m.bar), usual = usual_amihud_.update(m.bar);
        w.put(is_unknown(now) || is_unknown(usual) ? unknown : now > 0 && usual > 0 ? std::log(now / usual) : 0);
        w.in_atr(kyle_.update(m.bar) * recent);
        w.put(vpin_.update(m.bar));
        w.put(money_.update(m.bar));
        w.in_atr(ratio(force_.update(m.bar), recent));
        const double mean = vwap_.update(m.bar);
        w.in_atr(is_unknown(mean) ? 0 : m.bar.close - mean);
        w.put(oscillator_.update(m.bar));
        return w.end();
    }

  private:
    struct Column {
        const char* name;
        const char* meaning;
    };
    static constexpr std::array<Column, 7> columns{{
        {"amihud_20", "log of amihud(20) by amihud(100)"},
        {"kyle_20", "kyle_lambda(20) times the mean volume of 20 bars, in ATR"},
        {"vpin_20", "vpin(20,5)"},
        {"money_flow_20", "chaikin_money_flow(20)"},
        {"force_13", "force_index(13) by the mean volume of 20 bars, in ATR"},
        {"vwap_gap", "close - vwap of the day (UTC), in ATR; 0 until the day has volume"},
        {"volume_oscillator", "volume_oscillator(5,10)"},
    }};
    bool volume_;
    RollSpread roll_{20};
    CorwinSchultz corwin_schultz_{20};
    Sma recent_{20};
    Amihud amihud_{20}, usual_amihud_{100};
    KyleLambda kyle_{20};
    Vpin vpin_{20, 5};
    ChaikinMoneyFlow money_{20};
    ForceIndex force_{13};
    Vwap vwap_;
    VolumeOscillator oscillator_{5, 10};
};

/// The quoted spread at the bar's close. Absent where the series has neither ask prices nor a spread.
class SpreadFeatures {
  public:
    explicit SpreadFeatures(bool present) : present_(present) {}

    void describe(Catalogue& c) const {
        c.group("spread");
        for (const auto& [name, meaning] : columns)
            present_ ? c.add(name, meaning) : c.absent(name, "the series has neither ask prices nor a spread");
    }

    double* update(const Moment& m, double* out) {
        if (!present_) return out;
        ColumnWriter w(m, out);
        const double usual = usual_.update(m.spread);
        w.put(m.spread / m.bar.close * 1e4);
        w.in_atr(m.spread);
        w.put(is_unknown(usual) ? unknown : m.spread > 0 && usual > 0 ? std::log(m.spread / usual) : 0);
        return w.end();
    }

  private:
    struct Column {
        const char* name;
        const char* meaning;
    };
    static constexpr std::array<Column, 3> columns{{
        {"spread", "quoted spread at the close, in basis points"},
        {"spread_atr", "quoted spread at the close, in ATR"},
        {"spread_ratio", "log of the spread by its mean of 100 bars"},
    }};
    bool present_;
    Sma usual_{100};
};

/// How many of the 61 candlestick patterns point up and down, and the most common of them alone (-1, 0, 1).
class CandlestickFeatures {
  public:
    CandlestickFeatures() {
        for (const auto rules : {short_candle_rules(), long_candle_rules()})
            for (const CandleRule& rule : rules) rules_.push_back(&rule);
    }

    void describe(Catalogue& c) const {
        c.group("candlesticks");
        c.add("cdl_up", "number of patterns that point up");
        c.add("cdl_down", "number of patterns that point down");
        c.add("cdl_balance_5", "patterns up less down, mean of 5 bars");
        for (const std::string_view name : shown) c.add("cdl_" + std::string(name), "the pattern's sign");
    }

    double* update(const Moment& m, double* out) {
        history_.update(m.bar);
        ColumnWriter w(m, out);
        double up = unknown, down = unknown;
        std::array<double, shown.size()> signs;
        signs.fill(unknown);
        if (++seen_ > warm_up) {
            up = down = 0;
            for (const CandleRule* rule : rules_) {
                const int verdict = rule->rule({history_}, rule->penetration);
                up += verdict > 0;
                down += verdict < 0;
                for (std::size_t k = 0; k < shown.size(); ++k)
                    if (rule->name == shown[k]) signs[k] = verdict > 0 ? 1 : verdict < 0 ? -1 : 0;
            }
        }
        w.put(up);
        w.put(down);
        w.put(is_unknown(up) ? unknown : balance_.update(up - down));
        for (const double sign : signs) w.put(sign);
        return w.end();
    }

  private:
    static constexpr int warm_up = 14;
    static constexpr std::array<std::string_view, 8> shown{"engulfing",    "harami",  "hammer",   "hangingman",
                                                           "shootingstar", "hikkake", "belthold", "doji"};
    std::vector<const CandleRule*> rules_;
    CandleHistory history_;
    Sma balance_{5};
    std::int64_t seen_ = 0;
};

}  // namespace aitrading::insight

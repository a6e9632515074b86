#pragma once

#include <array>
#include <cmath>
#include <vector>

#include "insight/features/averages.hpp"
#include "insight/features/directional.hpp"
#include "insight/features/feature_group.hpp"
#include "insight/features/rolling_rank.hpp"

namespace aitrading::insight {

/// Logs of realised volatility at several windows, HAR terms over 1, 5 and 20 days (Corsi 2009), and where they stand
/// against their own trailing year. A day is 24 hours of bars, a year 252 days of them.
class VolatilityFeatures {
  public:
    explicit VolatilityFeatures(Timeframe timeframe) {
        const std::int64_t length = duration_nanos(timeframe);
        intraday_ = length < nanos_per_day;
        slot_nanos_ = nanos_per_hour;
        if (length > nanos_per_day) return;
        const auto day = static_cast<int>(nanos_per_day / length);
        for (std::size_t i = 0; i < days.size(); ++i) har_.emplace_back(days[i] * day, year_days * day);
        month_ = 21 * static_cast<std::size_t>(day);
    }

    void describe(Catalogue& c) const {
        c.group("volatility");
        c.add("natr_14", "log of ATR(14) by the close");
        c.add("atr_ratio", "log of ATR(14) by its EMA(100)");
        c.add("volatility_10", "log realised volatility of 10 bars against that of 100");
        c.add("volatility_50", "log realised volatility of 50 bars against that of 100");
        c.add("volatility_100", "log realised volatility per bar of 100 bars");
        c.add("surprise", "absolute log return of the bar, in its volatility");
        c.add("range_efficiency_20", "log of Parkinson's volatility by the realised one, 20 bars");
        c.add("downside_20", "share of negative returns in the squared returns of 20 bars");
        for (const int n : days) {
            const std::string name = "har_" + std::to_string(n) + "d";
            const std::string text = "log realised volatility per bar of " + std::to_string(n) + " days";
            add_or_absent(c, name, text, !har_.empty(), "a bar is longer than a day");
        }
        for (const int n : days) {
            const std::string har = "har_" + std::to_string(n) + "d";
            add_or_absent(c, har + "_year", har + " less its median of the trailing year, from a month on", !har_.empty(),
                          "a bar is longer than a day");
            add_or_absent(c, har + "_rank", "rank of " + har + " in the trailing year, from a month on", !har_.empty(),
                          "a bar is longer than a day");
        }
        add_or_absent(c, "hour_volatility", "log volatility of the hour of day that comes next against that of all hours",
                      intraday_, "a bar is not shorter than a day");
    }

    double* update(const Moment& m, double* out) {
        *out++ = is_unknown(m.atr) ? unknown : std::log(std::fmax(m.atr / m.bar.close, 1e-7));
        const double usual_atr = is_unknown(m.atr) ? unknown : atr_average_.update(m.atr);
        *out++ = usual_atr > 0 ? std::log(std::fmax(m.atr / usual_atr, 1e-3)) : is_unknown(usual_atr) ? unknown : 0;
        const double square = m.change * m.change;
        const bool known = !is_unknown(square);
        std::array<double, 4> means{unknown, unknown, unknown, unknown};
        if (known)
            for (std::size_t i = 0; i < windows_.size(); ++i) means[i] = windows_[i].update(square);
        const double base = log_volatility(means[2]);
        *out++ = log_volatility(means[0]) - base;
        *out++ = log_volatility(means[1]) - base;
        *out++ = base;
        *out++ = ratio(std::fabs(m.change), m.volatility);
        const double extent = std::log(m.bar.high / m.bar.low);
        const double parkinson = parkinson_.update(extent * extent * parkinson_scale);
        *out++ = log_volatility(parkinson) - log_volatility(means[3]);
        const double down = known ? downside_.update(m.change < 0 ? square : 0) : unknown;
        *out++ = ratio(down, means[3]);
        out = har(square, known, out);
        return intraday_ ? hour(m, square, known, out) : out;
    }

  private:
    /// One HAR term and its trailing year.
    struct Term {
        Term(int bars, int year_bars) : mean(bars), year(static_cast<std::size_t>(year_bars)) {}
        Sma mean;
        RollingRank year;
    };
    static constexpr std::array days{1, 5, 20};
    static constexpr int year_days = 252;
    static constexpr double parkinson_scale = 0.36067376022224085;  // 1 / (4 ln 2)

    static void add_or_absent(Catalogue& c, const std::string& name, const std::string& meaning, bool there,
                              const char* reason) {
        there ? c.add(name, meaning) : c.absent(name, reason);
    }

    double* har(double square, bool known, double* out) {
        double* relative = out + har_.size();
        for (Term& term : har_) {
            const double value = known ? log_volatility(term.mean.update(square)) : unknown;
            if (!is_unknown(value)) term.year.update(value);
            const bool enough = term.year.count() >= month_;
            *out++ = value;
            *relative++ = enough ? value - term.year.median() : unknown;
            *relative++ = enough ? term.year.rank() : unknown;
        }
        return relative;
    }

    double* hour(const Moment& m, double square, bool known, double* out) {
        const auto slot = [&](UnixNanos t) {
            return static_cast<std::size_t>(((t.value / slot_nanos_) % 24 + 24) % 24);
        };
        if (known) {
            all_hours_ = usual_.update(square);
            hours_[slot(m.opened)].update(square, all_hours_);
        }
        if (is_unknown(all_hours_)) return *out++ = unknown, out;
        const Hour& next = hours_[slot(m.known)];
        *out++ = next.seen ? log_volatility(next.mean) - log_volatility(all_hours_) : 0;
        return out;
    }

    /// Mean square return of one hour of the day, starting as that of all hours.
    struct Hour {
        double mean = 0;
        bool seen = false;
        void update(double square, double usual) {
            if (is_unknown(usual)) return;
            if (!seen) mean = usual;
            seen = true;
            mean += 0.05 * (square - mean);
        }
    };

    bool intraday_ = true;
    std::int64_t slot_nanos_;
    std::size_t month_ = 0;
    Ema atr_average_{100};
    std::array<Sma, 4> windows_{Sma(10), Sma(50), Sma(100), Sma(20)};
    Sma parkinson_{20}, downside_{20};
    std::vector<Term> har_;
    std::array<Hour, 24> hours_;
    SmoothedAverage usual_{20, 0.002};
    double all_hours_ = unknown;
};

}  // namespace aitrading::insight

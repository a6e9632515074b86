#pragma once

#include <array>
#include <memory>
#include <span>
#include <utility>

#include "insight/features/candle.hpp"

namespace aitrading::insight {

/// An indicator of any kind behind one interface. The classes behind it have one `update`; stream and batch both call it.
class Indicator {
  public:
    virtual ~Indicator() = default;
    virtual std::size_t outputs() const = 0;
    /// Takes the next bar and writes its outputs, unknown until warm. @pre out.size() == outputs()
    virtual void update(const Candle& bar, std::span<double> out) = 0;
    /// Takes the next bars in one go: columns[k][i] becomes output k at bars[i]. The same values as bar by bar.
    /// @pre columns.size() == outputs(), each as long as bars   @complexity O(bars) amortised
    virtual void update_all(std::span<const Candle> bars, std::span<double* const> columns) = 0;
    virtual std::unique_ptr<Indicator> clone() const = 0;
};

/// Puts a concrete indicator class I behind the interface. I::update takes a Candle or the close, and gives a double or
/// an array of them.
template <class I>
class IndicatorOf final : public Indicator {
  public:
    explicit IndicatorOf(I indicator) : indicator_(std::move(indicator)) {}

    std::size_t outputs() const override { return count; }
    const I& indicator() const { return indicator_; }

    void update(const Candle& bar, std::span<double> out) override {
        const auto values = as_array(feed(indicator_, bar));
        for (std::size_t k = 0; k < count; ++k) out[k] = values[k];
    }

    void update_all(std::span<const Candle> bars, std::span<double* const> columns) override {
        // On the stack the compiler sees that nothing else writes to the state, and keeps it in registers.
        I indicator = std::move(indicator_);
        std::array<double*, count> to;
        for (std::size_t k = 0; k < count; ++k) to[k] = columns[k];
        for (std::size_t i = 0; i < bars.size(); ++i) {
            const auto values = as_array(feed(indicator, bars[i]));
            for (std::size_t k = 0; k < count; ++k) to[k][i] = values[k];
        }
        indicator_ = std::move(indicator);
    }

    std::unique_ptr<Indicator> clone() const override { return std::make_unique<IndicatorOf>(*this); }

  private:
    static auto feed(I& indicator, const Candle& bar) {
        if constexpr (requires { indicator.update(bar); })
            return indicator.update(bar);
        else
            return indicator.update(bar.close);
    }
    static std::array<double, 1> as_array(double value) { return {value}; }
    template <std::size_t n>
    static std::array<double, n> as_array(std::array<double, n> values) {
        return values;
    }
    static constexpr std::size_t count =
        std::tuple_size_v<std::remove_cvref_t<decltype(as_array(feed(std::declval<I&>(), std::declval<Candle>())))>>;
    I indicator_;
};

}  // namespace aitrading::insight

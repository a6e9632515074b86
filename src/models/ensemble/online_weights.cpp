#include "models/ensemble/online_weights.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace aitrading::models {

OnlineWeights::OnlineWeights(std::size_t members, OnlineWeightOptions options)
    : options_(options),
      rule_(members, options.rule),
      // The oldest open bar lies at most delay_max rows back; one more slot for the bar that comes.
      bar_(options.delay_max + std::size_t{2}),
      p_(bar_.size() * members),
      weight_(members, 1 / static_cast<double>(members)) {
    CHECK(options.delay_max >= 1 && options.delay_max <= 1'000'000);
}

void OnlineWeights::take_in_first() {
    const Bar& bar = bar_[first_];
    if (bar.labelled && !std::isnan(bar.y))
        rule_.observe(said(0), bar.y > 0.5F);
    else
        rule_.skip();
    first_ = slot(1);
    --count_;
}

void OnlineWeights::pop_known(std::uint32_t row) {
    while (count_ > 0) {
        const Bar& bar = bar_[first_];
        if (bar.labelled ? bar.end >= row : row - bar.row <= options_.delay_max) return;
        take_in_first();
    }
}

double OnlineWeights::predict(std::uint32_t row, std::span<const double> p) {
    CHECK(p.size() == members() && (count_ == 0 || bar_[slot(count_ - 1)].row < row));
    pop_known(row);
    present_ = rule_.weigh(p, count_, weight_);
    CHECK(count_ < bar_.size());
    const std::size_t at = slot(count_++);
    bar_[at] = {row, row, 0, false};
    std::ranges::copy(p, p_.begin() + static_cast<std::ptrdiff_t>(at * members()));
    return WeightRule::mix(p, weight_);
}

double OnlineWeights::now(std::span<const double> p, std::span<double> out) const {
    CHECK(p.size() == members() && out.size() == members());
    rule_.weigh(p, count_, out);
    return WeightRule::mix(p, out);
}

void OnlineWeights::label(std::uint32_t row, std::uint32_t end, float y) {
    CHECK(row <= end && end - row <= options_.delay_max);
    std::size_t low = 0, high = count_;
    while (low < high) {
        const std::size_t middle = (low + high) / 2;
        if (bar_[slot(middle)].row < row)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == count_ || bar_[slot(low)].row != row) return;
    Bar& bar = bar_[slot(low)];
    bar.end = end;
    bar.y = y;
    bar.labelled = true;
}

void OnlineWeights::finish_rows() {
    while (count_ > 0) take_in_first();
}

void OnlineWeights::write(ByteWriter& out) const {
    out.put(options_.delay_max);
    rule_.write(out);
    out.put(static_cast<std::uint64_t>(count_));
    for (std::size_t i = 0; i < count_; ++i) {
        const Bar& bar = bar_[slot(i)];
        out.put(bar.row);
        out.put(bar.end);
        out.put(bar.y);
        out.put(bar.labelled);
        for (const double v : said(i)) out.put(v);
    }
}

bool OnlineWeights::read(ByteReader& in) {
    OnlineWeightOptions options;
    options.delay_max = in.get<std::uint32_t>();
    WeightRule rule(1, {});
    if (!rule.read(in) || options.delay_max < 1 || options.delay_max > 1'000'000) return false;
    const auto count = in.get<std::uint64_t>();
    if (in.failed() || count > options.delay_max + std::uint64_t{1}) return false;
    options.rule = rule.options();
    OnlineWeights fresh(rule.members(), options);
    fresh.rule_ = std::move(rule);
    fresh.count_ = count;
    for (std::size_t i = 0; i < count; ++i) {
        Bar& bar = fresh.bar_[i];
        bar.row = in.get<std::uint32_t>();
        bar.end = in.get<std::uint32_t>();
        bar.y = in.get<float>();
        bar.labelled = in.get<bool>();
        for (std::size_t k = 0; k < fresh.members(); ++k) fresh.p_[i * fresh.members() + k] = in.get<double>();
        if (i > 0 && fresh.bar_[i - 1].row >= bar.row) return false;
    }
    if (in.failed()) return false;
    *this = std::move(fresh);
    return true;
}

}  // namespace aitrading::models

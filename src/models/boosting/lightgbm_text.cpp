#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "models/boosting/forest_model.hpp"

namespace aitrading::models {
namespace {

constexpr double kZeroBand = 1e-35F;  // LightGBM's kZeroThreshold, a float
constexpr std::size_t kLeavesMax = 1U << 20;
constexpr std::size_t kColumnsMax = 1U << 20;

auto damaged(std::string_view what) {
    return fail(ErrorCode::bad_input, fmt::format("LightGBM model text: {}", what));
}

/// Lines `key=value` up to an empty line or the end.
class Block {
  public:
    /// Takes the lines of the next block from `text` and removes them there.
    static Block take(std::string_view& text) {
        Block block;
        while (!text.empty()) {
            const auto line = text.substr(0, text.find('\n'));
            text.remove_prefix(std::min(line.size() + 1, text.size()));
            if (line.empty()) break;
            block.lines_.push_back(line);
        }
        return block;
    }
    std::optional<std::string_view> find(std::string_view key) const {
        for (const auto line : lines_)
            if (line.size() > key.size() && line.starts_with(key) && line[key.size()] == '=')
                return line.substr(key.size() + 1);
        return std::nullopt;
    }
    bool has_line(std::string_view text) const {
        return std::find(lines_.begin(), lines_.end(), text) != lines_.end();
    }
    bool empty() const { return lines_.empty(); }

  private:
    std::vector<std::string_view> lines_;
};

template <class T>
Result<T> number(const Block& block, std::string_view key) {
    const auto text = block.find(key);
    if (!text) return damaged(fmt::format("'{}' is missing", key));
    T value{};
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error != std::errc{} || end != text->data() + text->size())
        return damaged(fmt::format("'{}' is not a number", key));
    return value;
}

template <class T>
Result<std::vector<T>> list(const Block& block, std::string_view key, std::size_t count) {
    const auto text = block.find(key);
    if (!text) return damaged(fmt::format("'{}' is missing", key));
    std::vector<T> values;
    values.reserve(std::min(count, text->size()));
    const char* at = text->data();
    const char* const last = at + text->size();
    while (at < last) {
        if (*at == ' ') {
            ++at;
            continue;
        }
        T value{};
        const auto [end, error] = std::from_chars(at, last, value);
        if (error != std::errc{} || (end < last && *end != ' ') || values.size() == count)
            return damaged(fmt::format("'{}' is not a list of {} numbers", key, count));
        values.push_back(value);
        at = end;
    }
    if (values.size() != count) return damaged(fmt::format("'{}' is not a list of {} numbers", key, count));
    return values;
}

Result<ForestTree> read_tree(const Block& block) {
    TRY(const auto leaves, number<std::size_t>(block, "num_leaves"));
    if (leaves < 1 || leaves > kLeavesMax) return damaged("'num_leaves' is out of range");
    TRY(const auto categories, number<int>(block, "num_cat"));
    if (categories != 0) return damaged("it splits on categories, which this reader does not know");
    if (const auto linear = block.find("is_linear"); linear && *linear != "0")
        return damaged("its leaves are linear models, which this reader does not know");
    ForestTree tree;
    TRY(tree.leaves, list<double>(block, "leaf_value", leaves));
    if (leaves == 1) return tree;
    if (block.find("leaf_count")) {
        TRY(tree.cover, list<double>(block, "leaf_count", leaves));
    }
    const std::size_t splits = leaves - 1;
    TRY(const auto column, list<std::uint32_t>(block, "split_feature", splits));
    TRY(const auto gain, list<double>(block, "split_gain", splits));
    TRY(const auto threshold, list<double>(block, "threshold", splits));
    TRY(const auto decision, list<int>(block, "decision_type", splits));
    TRY(const auto left, list<std::int32_t>(block, "left_child", splits));
    TRY(const auto right, list<std::int32_t>(block, "right_child", splits));
    tree.splits.reserve(splits);
    for (std::size_t i = 0; i < splits; ++i) {
        // Bit 0: categorical; bit 1: default left; bits 2 and 3: what counts as missing (none, zero, NaN).
        const int kind = decision[i] >> 2;
        if ((decision[i] & 1) != 0 || decision[i] < 0 || kind > 2)
            return damaged("'decision_type' is out of range");
        const auto missing = kind == 0 ? Missing::never : (kind == 1 ? Missing::zero : Missing::nan);
        tree.splits.push_back(
            {column[i], threshold[i], missing, (decision[i] & 2) != 0, left[i], right[i], gain[i]});
    }
    return tree;
}

Result<void> read_objective(const Block& header, ForestModel& model) {
    const auto objective = header.find("objective");
    if (!objective) return damaged("'objective' is missing");
    constexpr std::string_view binary = "binary sigmoid:";
    if (*objective == "regression") {
        model.link = Link::identity;
        return {};
    }
    if (!objective->starts_with(binary))
        return damaged(
            fmt::format("objective '{}' is neither binary nor regression", objective->substr(0, 40)));
    const auto text = objective->substr(binary.size());
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), model.sigmoid);
    if (error != std::errc{} || end != text.data() + text.size() || !(model.sigmoid > 0) ||
        !std::isfinite(model.sigmoid))
        return damaged("the sigmoid of its objective is not a positive number");
    model.link = Link::logistic;
    return {};
}

}  // namespace

Result<ForestModel> read_lightgbm_text(std::string_view text) {
    const Block header = Block::take(text);
    if (!header.has_line("tree")) return damaged("the first line is not 'tree'");
    ForestModel model;
    TRY(const auto last_column, number<std::size_t>(header, "max_feature_idx"));
    if (last_column >= kColumnsMax) return damaged("'max_feature_idx' is out of range");
    model.columns = last_column + 1;
    TRY(const auto classes, number<int>(header, "num_tree_per_iteration"));
    if (classes != 1) return damaged("it has more than one class");
    TRY_VOID(read_objective(header, model));
    model.average = header.has_line("average_output");
    model.zero_band = kZeroBand;
    while (true) {
        const Block block = Block::take(text);
        if (block.has_line("end of trees")) break;
        if (!block.find("Tree")) {
            if (!block.empty() || text.empty()) return damaged("it ends before 'end of trees'");
            continue;
        }
        TRY(auto tree, read_tree(block));
        model.trees.push_back(std::move(tree));
    }
    TRY_VOID(check_forest(model));
    return model;
}

}  // namespace aitrading::models

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include <fmt/format.h>

#include "models/boosting/forest_model.hpp"

namespace aitrading::models {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kColumnsMax = 1U << 20;

auto damaged(std::string_view what) {
    return fail(ErrorCode::bad_input, fmt::format("XGBoost model JSON: {}", what));
}

/// The arrays of one tree, one entry a node.
struct Nodes {
    std::vector<double> left, right, column, condition, default_left, gain, cover;
};

/// Takes the few fields that predict from the stream of values, so that no document tree is built: a model of
/// 500 trees has a million numbers, most of which are statistics.
class Reader : public nlohmann::json_sax<Json> {
  public:
    std::string problem, base_score, columns, objective, booster, classes;
    std::vector<Nodes> trees;

    bool null() override { return true; }
    bool boolean(bool value) override { return add(value ? 1.0 : 0.0); }
    bool number_integer(number_integer_t value) override { return add(static_cast<double>(value)); }
    bool number_unsigned(number_unsigned_t value) override { return add(static_cast<double>(value)); }
    bool number_float(number_float_t value, const string_t&) override { return add(value); }
    bool binary(binary_t&) override { return false; }
    bool string(string_t& value) override {
        if (depth_ == 3 && key_ == "base_score") base_score = value;
        if (depth_ == 3 && key_ == "num_feature") columns = value;
        if (depth_ == 3 && key_ == "num_class") classes = value;
        if (depth_ == 3 && key_ == "name" && section_ == "objective") objective = value;
        if (depth_ == 3 && key_ == "name" && section_ == "gradient_booster") booster = value;
        return true;
    }
    bool start_object(std::size_t) override {
        ++depth_;
        if (in_trees_ && depth_ == tree_depth_) trees.emplace_back();
        return true;
    }
    bool key(string_t& value) override {
        key_ = value;
        if (depth_ == 2) section_ = value;
        target_ = nullptr;
        if (in_trees_ && depth_ == tree_depth_ && !trees.empty()) target_ = field(trees.back());
        return true;
    }
    bool end_object() override {
        --depth_;
        return true;
    }
    bool start_array(std::size_t) override {
        if (!in_trees_ && key_ == "trees" && section_ == "gradient_booster") {
            in_trees_ = true;
            tree_depth_ = depth_ + 1;
        }
        return true;
    }
    bool end_array() override {
        if (in_trees_ && depth_ + 1 == tree_depth_) in_trees_ = false;
        target_ = nullptr;
        return true;
    }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
        problem = fmt::format("it is damaged at byte {}", position);
        return false;
    }

  private:
    std::vector<double>* field(Nodes& nodes) {
        if (key_ == "left_children") return &nodes.left;
        if (key_ == "right_children") return &nodes.right;
        if (key_ == "split_indices") return &nodes.column;
        if (key_ == "split_conditions") return &nodes.condition;
        if (key_ == "default_left") return &nodes.default_left;
        if (key_ == "loss_changes") return &nodes.gain;
        if (key_ == "sum_hessian") return &nodes.cover;
        if (key_ == "categories_nodes") return &categories_;
        return nullptr;
    }
    bool add(double value) {
        if (target_ == nullptr) return true;
        if (target_ == &categories_) {
            problem = "it splits on categories, which this reader does not know";
            return false;
        }
        target_->push_back(value);
        return true;
    }

    std::string key_, section_;
    std::vector<double>* target_ = nullptr;
    std::vector<double> categories_;
    int depth_ = 0, tree_depth_ = 0;
    bool in_trees_ = false;
};

bool whole(double value, double low, double high) {
    return value >= low && value <= high && value == std::floor(value);
}

/// Nodes in XGBoost's order become splits and leaves in that order. Nodes without a parent (pruned) are left
/// out.
Result<ForestTree> to_tree(const Nodes& nodes, std::size_t number) {
    const std::size_t count = nodes.left.size();
    const auto where = [&](std::string_view what) {
        return damaged(fmt::format("tree {}: {}", number, what));
    };
    if (count == 0) return where("it has no nodes");
    for (const auto* field :
         {&nodes.right, &nodes.column, &nodes.condition, &nodes.default_left, &nodes.gain})
        if (field->size() != count) return where("its arrays differ in length");
    if (!nodes.cover.empty() && nodes.cover.size() != count) return where("its arrays differ in length");
    // Breadth first from the root: what pruning cut off is never reached; a node met twice would grow the
    // list past `count`.
    ForestTree tree;
    std::vector<std::size_t> order{0};
    std::vector<std::int32_t> name;
    for (std::size_t k = 0; k < order.size(); ++k) {
        const std::size_t i = order[k];
        if (nodes.left[i] == -1) {
            tree.leaves.push_back(static_cast<float>(nodes.condition[i]));
            if (!nodes.cover.empty()) tree.cover.push_back(nodes.cover[i]);
            name.push_back(~static_cast<std::int32_t>(tree.leaves.size() - 1));
            continue;
        }
        const double last = static_cast<double>(count) - 1;
        if (!whole(nodes.left[i], 0, last) || !whole(nodes.right[i], 0, last) || order.size() + 2 > count)
            return where("its children are out of range");
        if (!whole(nodes.column[i], 0, kColumnsMax)) return where("a split index is out of range");
        name.push_back(static_cast<std::int32_t>(tree.splits.size()));
        const auto child = static_cast<std::int32_t>(order.size());
        tree.splits.push_back({static_cast<std::uint32_t>(nodes.column[i]),
                               static_cast<float>(nodes.condition[i]), Missing::nan,
                               nodes.default_left[i] != 0, child, child + 1, nodes.gain[i]});
        order.push_back(static_cast<std::size_t>(nodes.left[i]));
        order.push_back(static_cast<std::size_t>(nodes.right[i]));
    }
    for (auto& split : tree.splits) {
        split.left = name[static_cast<std::size_t>(split.left)];
        split.right = name[static_cast<std::size_t>(split.right)];
    }
    return tree;
}

/// Margin of a probability, in float as XGBoost computes it.
Result<float> margin_of(const std::string& base_score) {
    float p = 0;
    const auto [end, error] = std::from_chars(base_score.data(), base_score.data() + base_score.size(), p);
    if (error != std::errc{} || end != base_score.data() + base_score.size() || !(p > 0 && p < 1))
        return damaged("'base_score' is not a number between 0 and 1");
    return -std::log(1.0F / p - 1.0F);
}

}  // namespace

Result<ForestModel> read_xgboost_json(std::string_view text) {
    Reader reader;
    if (!Json::sax_parse(text.begin(), text.end(), &reader))
        return damaged(reader.problem.empty() ? "it is damaged" : reader.problem);
    if (reader.objective != "binary:logistic") return damaged("its objective is not binary:logistic");
    if (reader.booster != "gbtree") return damaged("its booster is not gbtree");
    if (!reader.classes.empty() && reader.classes != "0") return damaged("it has more than one class");
    ForestModel model;
    const auto [end, error] =
        std::from_chars(reader.columns.data(), reader.columns.data() + reader.columns.size(), model.columns);
    if (error != std::errc{} || end != reader.columns.data() + reader.columns.size() ||
        model.columns > kColumnsMax)
        return damaged("'num_feature' is not a number");
    TRY(model.start, margin_of(reader.base_score));
    model.strict = model.single = true;
    model.link = Link::logistic_float;
    model.trees.reserve(reader.trees.size());
    for (std::size_t t = 0; t < reader.trees.size(); ++t) {
        TRY(auto tree, to_tree(reader.trees[t], t));
        model.trees.push_back(std::move(tree));
    }
    TRY_VOID(check_forest(model));
    return model;
}

}  // namespace aitrading::models

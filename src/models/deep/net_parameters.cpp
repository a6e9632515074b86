#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <map>
#include <variant>

#include "models/deep/net_learner.hpp"

namespace aitrading::models {
namespace {

using Place = std::variant<std::uint32_t*, double*, bool*>;

std::map<std::string_view, Place> places_of(NetParameters& p) {
    NetSpec& s = p.spec;
    TrainingOptions& t = p.training;
    std::map<std::string_view, Place> out{{"width", &s.width}, {"epochs", &t.epochs}, {"patience", &t.patience}, {"streams", &t.streams},
                                          {"chunk", &t.chunk}, {"learning_rate", &t.learning_rate}, {"warm_up", &t.warm_up},
                                          {"weight_decay", &t.weight_decay}, {"clip_norm", &t.clip_norm}, {"dropout", &t.dropout},
                                          {"averaging", &t.averaging}, {"volatility_share", &t.volatility_share},
                                          {"range_share", &t.range_share}, {"balance_classes", &t.balance_classes},
                                          {"parameters_per_row", &t.parameters_per_row}};
    if (s.kind != NetKind::cnn) out.insert({{"layers", &s.layers}, {"window", &s.window}});
    if (s.kind == NetKind::transformer) out.insert({{"heads", &s.heads}, {"feed_forward", &s.feed_forward}});
    if (s.kind == NetKind::cnn) out.insert({"kernel", &s.kernel});
    return out;
}

Result<double> number(NetKind kind, std::string_view word, std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc{} && end == text.data() + text.size() && std::isfinite(value)) return value;
    return fail(ErrorCode::usage, fmt::format("{}: '{}' has no number behind '='", name(kind), word));
}

Result<void> assign(NetParameters& p, std::string_view word, std::string_view field, std::string_view text) {
    const NetKind kind = p.spec.kind;
    if (field == "dilations" && kind == NetKind::cnn) {
        p.spec.dilations.clear();
        for (bool more = true; more;) {
            const std::size_t comma = text.find(',');
            TRY(const double value, number(kind, word, text.substr(0, comma)));
            p.spec.dilations.push_back(static_cast<std::uint32_t>(std::clamp(value, 0.0, 1e9)));
            more = comma != std::string_view::npos;
            if (more) text.remove_prefix(comma + 1);
        }
        return {};
    }
    const auto places = places_of(p);
    const auto found = places.find(field);
    if (found == places.end()) {
        std::string known = kind == NetKind::cnn ? " dilations" : "";
        for (const auto& [name_of, place] : places) known += fmt::format(" {}", name_of);
        return fail(ErrorCode::usage, fmt::format("{}: no parameter '{}'; there are:{}", name(kind), field, known));
    }
    TRY(const double value, number(kind, word, text));
    if (auto* const* whole = std::get_if<std::uint32_t*>(&found->second)) {
        if (!(value >= 0 && value <= 1e9) || value != std::floor(value))
            return fail(ErrorCode::usage, fmt::format("{}: '{}' is no whole number from 0 on", name(kind), word));
        **whole = static_cast<std::uint32_t>(value);
    } else if (auto* const* real = std::get_if<double*>(&found->second)) {
        **real = value;
    } else {
        *std::get<bool*>(found->second) = value != 0;
    }
    if (field == "width") p.width_fits = false;
    return {};
}

}  // namespace

NetParameters default_parameters(NetKind kind) {
    NetParameters p;
    p.spec.kind = kind;
    return p;
}

Result<NetParameters> parse_net_parameters(NetKind kind, std::string_view words) {
    NetParameters p = default_parameters(kind);
    while (true) {
        const auto begin = words.find_first_not_of(" \t\n");
        if (begin == std::string_view::npos) break;
        words.remove_prefix(begin);
        const auto word = words.substr(0, words.find_first_of(" \t\n"));
        words.remove_prefix(word.size());
        const auto equals = word.find('=');
        if (equals == std::string_view::npos) return fail(ErrorCode::usage, fmt::format("{}: '{}' is not of the form name=value", name(kind), word));
        TRY_VOID(assign(p, word, word.substr(0, equals), word.substr(equals + 1)));
    }
    NetSpec check = p.spec;
    check.inputs = 1;
    if (auto checked = check_spec(check); !checked) return fail(ErrorCode::usage, fmt::format("{}: {}", name(kind), checked.error().text));
    return p;
}

}  // namespace aitrading::models

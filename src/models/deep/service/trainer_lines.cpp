#include "models/deep/service/trainer_lines.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace aitrading::models {
namespace {

/// The number behind ` name=`; nothing where it is not there.
std::optional<double> number(std::string_view line, std::string_view name) {
    const std::string key = fmt::format(" {}=", name);
    const std::size_t at = line.find(key);
    if (at == std::string_view::npos) return {};
    const std::string rest(line.substr(at + key.size()));
    char* end = nullptr;
    const double value = std::strtod(rest.c_str(), &end);
    return end == rest.c_str() ? std::optional<double>() : value;
}

}  // namespace

std::string to_line(const TrainerProgress& p) {
    return fmt::format("progress epoch={} epochs={} step={} steps={} loss={:.9g} validation={:.9g} rows_per_second={:.9g} seconds_left={:.6g}", p.epoch, p.epochs, p.step,
                       p.steps, p.loss, p.validation_loss, p.rows_per_second, p.seconds_left);
}

std::string to_line(const TrainerSummary& s) {
    return fmt::format("done epochs={} best_epoch={} validation={:.9g} base={:.9g}", s.epochs, s.best_epoch, s.validation_loss, s.base_loss);
}

std::optional<TrainerProgress> parse_progress(std::string_view line) {
    if (!line.starts_with("progress ")) return {};
    const auto epoch = number(line, "epoch"), epochs = number(line, "epochs"), step = number(line, "step"), steps = number(line, "steps");
    const auto loss = number(line, "loss"), validation = number(line, "validation"), rate = number(line, "rows_per_second"),
               left = number(line, "seconds_left");
    if (!epoch || !epochs || !step || !steps || !loss || !validation || !rate || !left) return {};
    return TrainerProgress{static_cast<std::uint32_t>(*epoch), static_cast<std::uint32_t>(*epochs), static_cast<std::int64_t>(*step),
                           static_cast<std::int64_t>(*steps), *loss, *validation, *rate, *left};
}

std::optional<TrainerSummary> parse_summary(std::string_view line) {
    if (!line.starts_with("done ")) return {};
    const auto epochs = number(line, "epochs"), best = number(line, "best_epoch"), validation = number(line, "validation"), base = number(line, "base");
    if (!epochs || !best || !validation || !base) return {};
    return TrainerSummary{static_cast<std::uint32_t>(*epochs), static_cast<std::uint32_t>(*best), *validation, *base};
}

}  // namespace aitrading::models

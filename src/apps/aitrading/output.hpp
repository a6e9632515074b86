#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "apps/aitrading/commands.hpp"
#include "domain/model.hpp"
#include "report/facts.hpp"

namespace aitrading::apps {

/// Writes a file whole or not at all, making its folder where it lacks. @errors failed, with the path
Result<void> write_file(const std::filesystem::path& path, std::string_view text);
Result<void> write_page(const std::filesystem::path& path, std::string_view html);

/// Models and baselines with base rate, interval, skill and calibration, one a line.
std::string panel_table(const std::vector<report::ModelPanel>& panels);
/// One honest sentence on what the panels show.
std::string panel_verdict(const std::vector<report::ModelPanel>& panels, const LabelSet& labels);

/// Command line, version, seed of this call.
report::Provenance provenance(const Context& context);

/// `aitrading 0.1.0 (commit, build)`
std::string version_text();

}  // namespace aitrading::apps

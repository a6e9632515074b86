#pragma once

#include <vector>

#include "ports/checking.hpp"
#include "ports/text_index/conformance/ground.hpp"

/// The suite that every engine of TextIndex must pass.
namespace aitrading::ports::conformance {

using TextCheck = CheckOn<MakeTextGround>;

/// All checks, in reading order.
std::vector<TextCheck> text_index_checks();

/// The parts of the list.
std::vector<TextCheck> text_finding_checks();
std::vector<TextCheck> text_keeping_checks();

}  // namespace aitrading::ports::conformance

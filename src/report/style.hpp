#pragma once

#include <string>
#include <string_view>

namespace aitrading::report {

/// The one style sheet of every page.
std::string style_sheet();
/// Shows the reader's own time zone on hover; the page is complete without it.
std::string_view hover_script();

}  // namespace aitrading::report

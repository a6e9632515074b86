#pragma once

#include <string>
#include <vector>

#include "report/facts.hpp"
#include "report/page.hpp"

namespace aitrading::report {

/// The line under each picture: the data, else the series.
std::string source_line(const Provenance& provenance, const std::string& series);

/// The last section: protocol in plain words, data, versions, seeds, the command that makes it again.
void add_protocol(Page& page, const std::vector<std::string>& protocol, const Provenance& provenance);

}  // namespace aitrading::report

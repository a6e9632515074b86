#pragma once

#include <string>
#include <vector>

namespace aitrading::kit {

/// Files of the contracts in this program, as the descriptors name them: `aitrading/v1/market.proto`. Whoever calls this keeps all
/// of them in the program. Also silences what protobuf would write to stderr about damaged bytes, which are an expected error here.
std::vector<std::string> contract_files();

}  // namespace aitrading::kit

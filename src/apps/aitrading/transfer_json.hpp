#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "apps/aitrading/transfer_run.hpp"

namespace aitrading::apps {

/// `[{symbol, net, n, log_loss_scratch, log_loss_pooled, log_loss_unadapted, gain, gain_ci95[2], kept, from, to}]`
nlohmann::ordered_json transfers_json(const std::vector<Transfer>& rows);
/// The document of `transfer --json`.
nlohmann::ordered_json transfer_document(const std::vector<Transfer>& rows, const TransferRequest& request, const std::string& protocol);

}  // namespace aitrading::apps

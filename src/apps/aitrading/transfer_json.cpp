#include "apps/aitrading/transfer_json.hpp"

namespace aitrading::apps {

using Json = nlohmann::ordered_json;

Json transfers_json(const std::vector<Transfer>& rows) {
    Json out = Json::array();
    for (const Transfer& t : rows)
        out.push_back({{"symbol", t.symbol}, {"net", t.net}, {"n", t.gain.n}, {"log_loss_scratch", t.gain.before}, {"log_loss_pooled", t.gain.after},
                       {"log_loss_unadapted", t.log_loss_unadapted}, {"gain", t.gain.gain}, {"gain_ci95", {t.gain.low, t.gain.high}}, {"kept", t.kept()},
                       {"from", to_iso8601(t.from)}, {"to", to_iso8601(t.to)}});
    return out;
}

Json transfer_document(const std::vector<Transfer>& rows, const TransferRequest& request, const std::string& protocol) {
    Json out;
    out["protocol"] = protocol;
    out["pool"] = request.symbols;
    out["timeframe"] = request.timeframe;
    out["label"] = request.label;
    out["folds"] = request.folds;
    out["instruments"] = transfers_json(rows);
    return out;
}

}  // namespace aitrading::apps

#include "proving/analytics/history_tables.hpp"

namespace aitrading::proving {

using ports::HistorySchema;
using enum ports::HistoryType;

const HistorySchema& predictions_history() {
    static const HistorySchema schema{"predictions",
                                      {{"timeframe", text},
                                       {"bar_open", time},
                                       {"model", text},
                                       {"version", integer},
                                       {"label", text},
                                       {"horizon_bars", integer},
                                       {"p_up", real},
                                       {"p_low", real},
                                       {"p_high", real},
                                       {"low", real},
                                       {"high", real},
                                       {"unit", text},
                                       {"regime", integer},
                                       {"regime_of_model", integer},
                                       {"members", text},
                                       {"member_p_up", reals},
                                       {"member_weight", reals},
                                       {"base_rate", real},
                                       {"degraded", boolean},
                                       {"degraded_because", text},
                                       {"stale_ns", integer},
                                       {"widened", real},
                                       {"told_at", time},
                                       {"event", text},
                                       {"trace", text}}};
    return schema;
}

const HistorySchema& regimes_history() {
    static const HistorySchema schema{"regimes",
                                      {{"timeframe", text},
                                       {"bar_open", time},
                                       {"method", text},
                                       {"regime", integer},
                                       {"state", integer},
                                       {"posterior", reals},
                                       {"next", reals},
                                       {"expected_remaining_bars", real},
                                       {"news_shock", boolean},
                                       {"changed", boolean},
                                       {"change_probability", real},
                                       {"degraded", boolean},
                                       {"model", text},
                                       {"version", integer},
                                       {"told_at", time},
                                       {"event", text},
                                       {"trace", text}}};
    return schema;
}

const HistorySchema& correlations_history() {
    static const HistorySchema schema{"correlations",
                                      {{"timeframe", text},
                                       {"method", text},
                                       {"window_bars", integer},
                                       {"rows", integer},
                                       {"symbols", text},
                                       {"upper", reals},
                                       {"missing", text},
                                       {"leaders", text},
                                       {"followers", text},
                                       {"lag_ns", reals},
                                       {"lag_correlation", reals},
                                       {"lag_p_value", reals},
                                       {"break_first", text},
                                       {"break_second", text},
                                       {"break_before", reals},
                                       {"break_after", reals},
                                       {"break_p_value", reals},
                                       {"dollar_index", text},
                                       {"dollar_symbols", text},
                                       {"dollar_whole", reals},
                                       {"dollar_without_own_legs", reals},
                                       {"degraded", boolean},
                                       {"told_at", time},
                                       {"event", text},
                                       {"trace", text}}};
    return schema;
}

const HistorySchema& bars_history() {
    static const HistorySchema schema{"bars",
                                      {{"timeframe", text},
                                       {"open_time", time},
                                       {"open_e9", integer},
                                       {"high_e9", integer},
                                       {"low_e9", integer},
                                       {"close_e9", integer},
                                       {"volume_e6", integer},
                                       {"ticks", integer},
                                       {"ask_open_e9", integer},
                                       {"ask_high_e9", integer},
                                       {"ask_low_e9", integer},
                                       {"ask_close_e9", integer},
                                       {"feed", text},
                                       {"event", text},
                                       {"trace", text}}};
    return schema;
}

const HistorySchema& calibration_history() {
    static const HistorySchema schema{"calibration",
                                      {{"timeframe", text},
                                       {"model", text},
                                       {"version", integer},
                                       {"label", text},
                                       {"from_bar", time},
                                       {"to_bar", time},
                                       {"count", integer},
                                       {"left_out", integer},
                                       {"degraded", integer},
                                       {"mean_predicted", real},
                                       {"base_rate", real},
                                       {"brier", real},
                                       {"log_loss", real},
                                       {"ece", real},
                                       {"ece_noise_p95", real},
                                       {"base_rate_low", real},
                                       {"base_rate_high", real},
                                       {"bin_count", reals},
                                       {"bin_predicted", reals},
                                       {"bin_observed", reals}}};
    return schema;
}

}  // namespace aitrading::proving

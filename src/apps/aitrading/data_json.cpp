#include "apps/aitrading/data_json.hpp"

#include <fmt/format.h>

namespace aitrading::apps {
namespace {

Json time_or_null(UnixNanos time, std::int64_t rows) { return rows == 0 ? Json() : Json(to_iso8601(time)); }

}  // namespace

Json to_json(const market::Defect& defect) {
    return {{"kind", defect.kind},   {"row", defect.row},           {"text", defect.text},
            {"count", defect.count}, {"rows", defect.examples}, {"refused", defect.refused}};
}

Json to_json(const market::ImportReport& r) {
    Json defects = Json::array();
    for (const market::Defect& defect : r.defects) defects.push_back(to_json(defect));
    return {{"path", r.path.string()},
            {"format", r.format},
            {"symbol", r.key.symbol},
            {"timeframe", name(r.key.timeframe)},
            {"timezone", r.timezone},
            {"clock", {{"source", name(r.clock.source)}, {"probability", r.clock.probability}, {"evidence", r.clock.reasons}}},
            {"rows_read", r.rows_read},
            {"rows_stored", r.rows_stored},
            {"rows_rejected", r.rows_rejected},
            {"rows_known", r.rows_known},
            {"rows_conflicting", r.rows_conflicting},
            {"first", time_or_null(r.first, r.rows_read)},
            {"last", time_or_null(r.last, r.rows_read)},
            {"gaps", r.gaps},
            {"digits", r.digits},
            {"defects", std::move(defects)},
            {"warnings", r.warnings}};
}

std::string sides_of(const SeriesInfo& info) {
    if (info.key.timeframe == book_timeframe) return "book";
    return info.has_ask ? "bid+ask" : info.has_spread ? "bid+spread" : "bid";
}

Json to_json(const SeriesInfo& info) {
    return {{"symbol", info.key.symbol},
            {"timeframe", name(info.key.timeframe)},
            {"rows", info.rows},
            {"first", time_or_null(info.first, info.rows)},
            {"last", time_or_null(info.last, info.rows)},
            {"gaps", info.gaps},
            {"digits", info.digits},
            {"sides", sides_of(info)}};
}

void print_json(const Json& document) {
    fmt::print("{}\n", document.dump(2, ' ', false, Json::error_handler_t::replace));
}

}  // namespace aitrading::apps

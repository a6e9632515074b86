#include "ports/series_store/conformance/history_ground.hpp"

#include <bit>
#include <cmath>
#include <limits>

#include "ports/series_store/conformance/history_checks.hpp"

namespace aitrading::ports::conformance {
namespace {

bool same_bits(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) || (std::isnan(a) && std::isnan(b)); }

struct Saying {
    std::string operator()(std::monostate) const { return "-"; }
    std::string operator()(const std::string& text) const { return "'" + text.substr(0, 20) + "'"; }
    std::string operator()(std::int64_t value) const { return std::to_string(value); }
    std::string operator()(double value) const { return std::to_string(value); }
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(UnixNanos value) const { return "@" + std::to_string(value.value); }
    std::string operator()(const std::vector<double>& list) const { return "[" + std::to_string(list.size()) + "]"; }
};

}  // namespace

HistorySchema made_up_schema() {
    return {"h",
            {{"word", HistoryType::text},
             {"count", HistoryType::integer},
             {"share", HistoryType::real},
             {"flag", HistoryType::boolean},
             {"moment", HistoryType::time},
             {"list", HistoryType::reals}}};
}

HistoryRow made_up_row(const std::string& symbol, std::int64_t known_at, std::int64_t i) {
    HistoryRow row{symbol, {known_at}, {}};
    std::vector<double> list;
    list.reserve(3);
    for (std::int64_t k = 0; k < i % 4; ++k) list.push_back(static_cast<double>(i) / static_cast<double>(k + 3));
    row.values = {"w" + std::to_string(i), i, static_cast<double>(i) / 7, i % 3 == 0, UnixNanos{known_at - i}, std::move(list)};
    if (i % 4 == 1) row.values[static_cast<std::size_t>(i / 4 % 6)] = std::monostate{};
    return row;
}

HistoryBatch batch_of(const std::vector<HistoryRow>& rows, std::int64_t first, const std::string& tenant) {
    HistoryBatch batch{"bus/topic", {{0, first + static_cast<std::int64_t>(rows.size()) - 1}}, {}};
    for (std::size_t i = 0; i < rows.size(); ++i) batch.entries.push_back({tenant, rows[i], {0, first + static_cast<std::int64_t>(i)}});
    return batch;
}

bool same(const HistoryValue& a, const HistoryValue& b) {
    if (a.index() != b.index()) return false;
    if (const auto* number = std::get_if<double>(&a)) return same_bits(*number, std::get<double>(b));
    if (const auto* list = std::get_if<std::vector<double>>(&a)) {
        const auto& other = std::get<std::vector<double>>(b);
        if (list->size() != other.size()) return false;
        for (std::size_t i = 0; i < list->size(); ++i)
            if (!same_bits((*list)[i], other[i])) return false;
        return true;
    }
    return a == b;
}

std::string said(const HistoryRow& row) {
    std::string out = row.symbol + "@" + std::to_string(row.known_at.value) + "(";
    for (const HistoryValue& value : row.values) out += " " + std::visit(Saying{}, value);
    return out + " )";
}

std::string difference(const std::vector<HistoryRow>& got, const std::vector<HistoryRow>& expected) {
    for (std::size_t i = 0; i < std::min(got.size(), expected.size()); ++i) {
        const HistoryRow &a = got[i], &b = expected[i];
        bool alike = a.symbol == b.symbol && a.known_at == b.known_at && a.values.size() == b.values.size();
        for (std::size_t c = 0; alike && c < a.values.size(); ++c) alike = same(a.values[c], b.values[c]);
        if (!alike) return "row " + std::to_string(i) + " is " + said(a) + ", not " + said(b);
    }
    if (got.size() != expected.size()) return std::to_string(got.size()) + " rows, not " + std::to_string(expected.size());
    return {};
}

Result<std::vector<HistoryRow>> HistoryBench::all(HistoryQuery query, const std::string& tenant, const std::string& history) const {
    std::vector<HistoryRow> out;
    for (int pages = 0; pages < 100'000; ++pages) {
        TRY(HistoryPage page, store->read(tenant, history, query));
        if (page.rows.size() > query.rows_max) return fail(ErrorCode::failed, "a page has more rows than were asked for");
        for (HistoryRow& row : page.rows) out.push_back(std::move(row));
        if (page.next.empty()) return out;
        query.page = page.next;
    }
    return fail(ErrorCode::failed, "the pages have no end");
}

std::vector<HistoryCheck> history_checks() {
    std::vector<HistoryCheck> all = history_reading_checks();
    for (const HistoryCheck& check : history_keeping_checks()) all.push_back(check);
    return all;
}

}  // namespace aitrading::ports::conformance

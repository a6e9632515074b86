#include "ports/series_store/history_store.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "base/bytes.hpp"
#include "base/hash.hpp"
#include "base/utf8.hpp"
#include "domain/tenant.hpp"

namespace aitrading::ports {
namespace {

constexpr std::size_t name_bytes_max = 30, origin_bytes_max = 256;
constexpr int partitions_most = 1'024;
constexpr std::array<std::string_view, 6> type_names{"text", "integer", "real", "boolean", "time", "reals"};

bool is_name(std::string_view text) {
    const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
    return !text.empty() && text.size() <= name_bytes_max && text.front() >= 'a' && text.front() <= 'z' && std::ranges::all_of(text, fits);
}

std::unexpected<Error> refused(std::string text) { return fail(ErrorCode::usage, std::move(text)); }

bool is_text(std::string_view text) { return text.find('\0') == std::string_view::npos && is_utf8(text); }

/// What is wrong with a value in a column; empty where nothing is.
std::string wrong_with(const HistoryValue& value, HistoryType type) {
    if (std::holds_alternative<std::monostate>(value)) return {};
    if (value.index() != static_cast<std::size_t>(type) + 1) return "is no " + std::string(name(type));
    if (const auto* text = std::get_if<std::string>(&value); text != nullptr && (text->size() > history_text_bytes_max || !is_text(*text)))
        return "is longer than 65,536 bytes, or no UTF-8";
    if (const auto* list = std::get_if<std::vector<double>>(&value); list != nullptr && list->size() > history_list_max) return "has more than 4,096 numbers";
    return {};
}

std::string wrong_with(const HistorySchema& schema, const HistoryRow& row) {
    if (row.symbol.empty() || row.symbol.size() > history_symbol_bytes_max || !is_text(row.symbol)) return "its symbol has 1 to 256 bytes of UTF-8";
    if (row.known_at.value == std::numeric_limits<std::int64_t>::max()) return "known_at lies at the end of time";
    if (row.values.size() > schema.columns.size()) return "it has more values than there are columns";
    for (std::size_t i = 0; i < row.values.size(); ++i)
        if (std::string wrong = wrong_with(row.values[i], schema.columns[i].type); !wrong.empty()) return schema.columns[i].name + " " + wrong;
    if (size_bytes(row) > history_row_bytes_max) return "it has more than 1 MiB";
    return {};
}

std::uint64_t whose(std::string_view tenant, std::string_view history, std::string_view symbol) {
    Fingerprint print;
    for (const std::string_view part : {tenant, history, symbol}) print.add(part);
    return print.value();
}

}  // namespace

std::string_view name(HistoryType type) { return type_names.at(static_cast<std::size_t>(type)); }

Result<HistoryType> parse_history_type(std::string_view text) {
    for (std::size_t i = 0; i < type_names.size(); ++i)
        if (type_names.at(i) == text) return static_cast<HistoryType>(i);
    return fail(ErrorCode::bad_input, "'" + std::string(text) + "' is no type of a history's column");
}

Result<void> check_history_schema(const HistorySchema& schema) {
    if (!is_name(schema.name)) return refused("history '" + schema.name + "': a name has 1 to 30 lower-case letters, digits or underscores and begins with a letter");
    if (schema.columns.empty() || schema.columns.size() > history_columns_max) return refused("history " + schema.name + ": it has 1 to 64 columns");
    std::set<std::string, std::less<>> names{"symbol", "known_at", "tenant", "number"};
    for (const HistoryColumn& column : schema.columns) {
        if (!is_name(column.name)) return refused("history " + schema.name + ", column '" + column.name + "': 1 to 30 lower-case letters, digits or underscores");
        if (!names.insert(column.name).second) return refused("history " + schema.name + ": the name of column '" + column.name + "' is taken");
    }
    return {};
}

Result<void> check_history_growth(const HistorySchema& now, const HistorySchema& next) {
    for (std::size_t i = 0; i < now.columns.size(); ++i)
        if (i >= next.columns.size() || next.columns[i] != now.columns[i])
            return refused("history " + now.name + ": column " + now.columns[i].name + " (" + std::string(name(now.columns[i].type)) +
                           ") is kept and cannot be another or missing; add columns behind those that are there");
    return {};
}

Result<void> check_history_batch(const HistorySchema& schema, const HistoryBatch& batch) {
    const std::string where = "history " + schema.name + ": ";
    if (batch.origin.empty() || batch.origin.size() > origin_bytes_max || !is_text(batch.origin)) return refused(where + "the origin has 1 to 256 bytes of UTF-8");
    if (batch.entries.size() > history_batch_rows_max) return refused(where + "a batch has at most 100,000 rows");
    std::map<int, std::pair<std::int64_t, std::int64_t>> ends;  // of each partition: its mark, the last offset seen
    for (const HistoryMark& mark : batch.up_to) {
        const bool fits = mark.partition >= 0 && mark.partition < partitions_most && mark.offset >= 1;
        if (!fits || !ends.emplace(mark.partition, std::pair{mark.offset, std::int64_t{0}}).second) return refused(where + "marks are offsets from 1 on, one a partition");
    }
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < batch.entries.size(); ++i) {
        const HistoryEntry& entry = batch.entries[i];
        const std::string row = where + "row " + std::to_string(i + 1) + ": ";
        TRY_VOID(check_tenant(entry.tenant));
        if (const std::string wrong = wrong_with(schema, entry.row); !wrong.empty()) return refused(row + wrong);
        const auto end = ends.find(entry.made_of.partition);
        const std::int64_t offset = entry.made_of.offset;
        if (end == ends.end() || offset < 1 || offset > end->second.first || offset < end->second.second)
            return refused(row + "its offset lies outside the marks, or falls");
        end->second.second = offset;
        bytes += size_bytes(entry.row);
    }
    if (bytes > history_batch_bytes_max) return refused(where + "a batch has at most 64 MiB");
    return {};
}

Result<std::vector<std::size_t>> check_history_query(const HistorySchema& schema, const HistoryQuery& query) {
    if (query.rows_max < 1 || query.rows_max > history_page_rows_max) return refused("a page has 1 to 10,000 rows");
    if (query.bytes_max > history_page_bytes_max) return refused("a page has at most 16 MiB");
    std::vector<std::size_t> out;
    for (std::size_t i = 0; query.columns.empty() && i < schema.columns.size(); ++i) out.push_back(i);
    for (const std::string& wanted : query.columns) {
        const auto found = std::ranges::find(schema.columns, wanted, &HistoryColumn::name);
        const auto at = static_cast<std::size_t>(found - schema.columns.begin());
        if (found == schema.columns.end()) return refused("history " + schema.name + " has no column '" + wanted + "'");
        if (std::ranges::find(out, at) != out.end()) return refused("column '" + wanted + "' is asked for twice");
        out.push_back(at);
    }
    return out;
}

std::size_t size_bytes(const HistoryRow& row) {
    std::size_t bytes = row.symbol.size() + sizeof(HistoryRow);
    for (const HistoryValue& value : row.values) {
        bytes += sizeof(HistoryValue);
        if (const auto* text = std::get_if<std::string>(&value)) bytes += text->size();
        if (const auto* list = std::get_if<std::vector<double>>(&value)) bytes += list->size() * sizeof(double);
    }
    return bytes;
}

std::string page_after(const HistoryPlace& place, std::string_view tenant, std::string_view history, std::string_view symbol) {
    ByteWriter out;
    out.put(whose(tenant, history, symbol));
    out.put(place.known_at.value);
    out.put(place.number);
    return out.bytes();
}

Result<HistoryPlace> parse_page(std::string_view page, std::string_view tenant, std::string_view history, std::string_view symbol) {
    ByteReader in(page);
    const auto print = in.get<std::uint64_t>();
    HistoryPlace place;
    place.known_at.value = in.get<std::int64_t>();
    place.number = in.get<std::int64_t>();
    if (!in.at_end() || print != whose(tenant, history, symbol)) return refused("this is no page of " + std::string(history) + " of " + std::string(symbol) + "; begin without one");
    return place;
}

}  // namespace aitrading::ports

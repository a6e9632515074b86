#include "market/calendar/service/instrument_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "kit/atomic_file.hpp"
#include "market/calendar/csv_records.hpp"

namespace aitrading::market {
namespace fs = std::filesystem;
namespace {

fs::path file_of(const fs::path& home) { return home / "instruments.csv"; }

Result<std::string> user_text(const fs::path& home) {
    auto text = kit::read_file(file_of(home));
    if (!text && text.error().code == ErrorCode::not_found) return std::string();
    return text;
}

using Row = std::map<std::string, std::string>;

/// Rows of the user's file by column; remarks are gathered in `remarks`. @pre the text was accepted by overlay
std::vector<Row> rows_of(const std::string& text, std::string& remarks) {
    std::vector<Row> out;
    std::string plain;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        (text[at] == '#' ? remarks : plain) += text.substr(at, end - at) + '\n';
        at = end + 1;
    }
    CsvRecords records(plain, ',');
    std::vector<std::string> columns, fields;
    if (!records.next(columns)) return out;
    while (records.next(fields)) {
        Row& row = out.emplace_back();
        for (std::size_t c = 0; c < columns.size() && c < fields.size(); ++c) row[columns[c]] = fields[c];
    }
    return out;
}

}  // namespace

Result<InstrumentTable> load_instruments(const fs::path& home) {
    InstrumentTable table = InstrumentTable::built_in();
    TRY(const std::string text, user_text(home));
    TRY_VOID(table.overlay(text, file_of(home).string()));
    return table;
}

Result<Instrument> set_instrument(const fs::path& home, const std::string& symbol,
                                  const std::vector<std::pair<std::string, std::string>>& fields) {
    TRY(const std::string old, user_text(home));
    TRY(const InstrumentTable before, load_instruments(home));
    const Instrument* known = before.find(symbol);
    const std::string canonical = known != nullptr ? known->symbol : symbol;
    std::string text;
    std::vector<Row> rows = rows_of(old, text);
    auto row = std::ranges::find_if(rows, [&](const Row& r) {
        const auto found = r.find("symbol");
        const Instrument* named = found == r.end() ? nullptr : before.find(found->second);
        return named != nullptr && named->symbol == canonical;
    });
    if (row == rows.end()) row = rows.insert(rows.end(), Row{{"symbol", canonical}});
    for (const auto& [field, value] : fields) {
        Instrument probe;
        if (auto set = set_field(probe, field, value); !set)
            return fail(ErrorCode::bad_input, fmt::format("{} {}: {}", canonical, field, set.error().text));
        if (field == "symbol") return fail(ErrorCode::bad_input, "a symbol is not renamed; give it an alias: aliases=NAME");
        (*row)[field] = value;
    }
    text += fmt::format("{}\n", fmt::join(instrument_fields(), ","));
    for (Row& r : rows) {
        std::vector<std::string> values;
        for (const std::string& field : instrument_fields()) values.push_back(r[field]);
        text += fmt::format("{}\n", fmt::join(values, ","));
    }
    InstrumentTable after = InstrumentTable::built_in();
    TRY_VOID(after.overlay(text, file_of(home).string()));
    std::error_code problem;
    fs::create_directories(home, problem);
    TRY(auto file, kit::AtomicFile::create(file_of(home)));
    TRY_VOID(file.write(text));
    TRY_VOID(file.commit());
    return *after.find(canonical);
}

}  // namespace aitrading::market

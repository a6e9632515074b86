#include "serving/database/service/cells.hpp"

#include <fmt/format.h>

#include "aitrading/v1/database.pb.h"

namespace aitrading::serving {
namespace {

using ports::ColumnType;

v1::CellType type_of(ColumnType type) {
    switch (type) {
        case ColumnType::text: return v1::CELL_TYPE_TEXT;
        case ColumnType::integer: return v1::CELL_TYPE_INTEGER;
        case ColumnType::real: return v1::CELL_TYPE_REAL;
        case ColumnType::bytes: return v1::CELL_TYPE_BYTES;
        case ColumnType::boolean: return v1::CELL_TYPE_BOOLEAN;
        case ColumnType::time: return v1::CELL_TYPE_TIME;
    }
    return v1::CELL_TYPE_UNSPECIFIED;
}

struct Setter {
    v1::Cell& cell;
    void operator()(std::monostate) const { cell.clear_value(); }
    void operator()(const std::string& text) const { cell.set_text(text); }
    void operator()(std::int64_t integer) const { cell.set_integer(integer); }
    void operator()(double real) const { cell.set_real(real); }
    void operator()(const ports::Bytes& bytes) const { cell.set_blob(bytes.value); }
    void operator()(bool boolean) const { cell.set_boolean(boolean); }
    void operator()(UnixNanos time) const { cell.set_instant_ns(time.value); }
};

}  // namespace

Result<ports::Value> value_of(const v1::Cell& cell) {
    switch (cell.value_case()) {
        case v1::Cell::kText: return ports::Value(cell.text());
        case v1::Cell::kInteger: return ports::Value(std::in_place_type<std::int64_t>, cell.integer());
        case v1::Cell::kReal: return ports::Value(cell.real());
        case v1::Cell::kBlob: return ports::Value(ports::Bytes{cell.blob()});
        case v1::Cell::kBoolean: return ports::Value(cell.boolean());
        case v1::Cell::kInstantNs: return ports::Value(UnixNanos{cell.instant_ns()});
        case v1::Cell::kReals: return fail(ErrorCode::bad_input, "a cell of a table is one value: lists of numbers are in histories alone");
        case v1::Cell::VALUE_NOT_SET: break;
    }
    return ports::Value();
}

void set_cell(v1::Cell& cell, const ports::Value& value) { std::visit(Setter{cell}, value); }

void set_row(v1::TableRow& out, const ports::Table& table, const ports::Row& row, std::int64_t version) {
    for (std::size_t i = 0; i < row.size(); ++i)
        if (!table.columns[i].secret) set_cell((*out.mutable_cells())[table.columns[i].name], row[i]);
    out.set_version(version);
}

Result<GivenRow> given_row(const v1::TableRow& row, const ports::Table& table) {
    GivenRow out{ports::Row(table.columns.size()), std::vector<bool>(table.columns.size())};
    for (const auto& [name, cell] : row.cells()) {
        const auto at = table.column(name);
        if (!at) return fail(ErrorCode::bad_input, fmt::format("table {} has no column '{}'", table.name, name.substr(0, 60)));
        TRY(out.row[*at], value_of(cell));
        out.given[*at] = true;
    }
    return out;
}

void set_summary(v1::TableSummary& out, const ports::Table& table, bool writable) {
    out.set_table(table.name);
    out.set_writable(writable);
    for (const ports::Column& column : table.columns) {
        v1::ColumnSummary& to = *out.add_columns();
        to.set_column(column.name);
        to.set_type(type_of(column.type));
        to.set_nullable(column.nullable);
        to.set_secret(column.secret);
    }
    for (const std::size_t column : table.key) out.add_key(table.columns[column].name);
    for (const ports::Table::Order& index : table.indexes) {
        v1::IndexSummary& to = *out.add_indexes();
        to.set_index(index.name);
        to.set_unique(index.unique);
        for (const std::size_t column : index.columns) to.add_columns(table.columns[column].name);
    }
}

}  // namespace aitrading::serving

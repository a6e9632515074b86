#pragma once

#include "ports/table_store/schema.hpp"

namespace aitrading::v1 {
class Cell;
class TableRow;
class TableSummary;
}  // namespace aitrading::v1

namespace aitrading::serving {

/// The value of a cell; nothing set: not known. Whether it fits its column is the store's to say. @errors bad_input (a list of numbers:
/// no table holds one)
Result<ports::Value> value_of(const v1::Cell& cell);
void set_cell(v1::Cell& cell, const ports::Value& value);

/// Values in the order of a key or an index. @errors as value_of   @param cells a repeated field of Cell
template <class Cells>
Result<std::vector<ports::Value>> values_of(const Cells& cells) {
    std::vector<ports::Value> out;
    for (const auto& cell : cells) {
        TRY(ports::Value value, value_of(cell));
        out.push_back(std::move(value));
    }
    return out;
}

/// A row as it is given out: without its secret columns, of which only the table's summary tells; unknown values are cells with nothing set.
void set_row(v1::TableRow& out, const ports::Table& table, const ports::Row& row, std::int64_t version);

/// A row as it came in, and which columns it named. What is not named is not known.
struct GivenRow {
    ports::Row row;
    std::vector<bool> given;
};
/// @errors bad_input: a column that the table does not have, named
Result<GivenRow> given_row(const v1::TableRow& row, const ports::Table& table);

void set_summary(v1::TableSummary& out, const ports::Table& table, bool writable);

}  // namespace aitrading::serving

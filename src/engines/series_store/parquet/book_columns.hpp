#pragma once

#include <string>
#include <vector>

#include "domain/book.hpp"
#include "engines/series_store/parquet/columns.hpp"
#include "engines/series_store/parquet/part_reader.hpp"

namespace aitrading::engines {

/// Book events as `time, delay, last_id, covered, skipped, flags, price, quantity`: `delay` is time - exchange_time in
/// nanoseconds, `covered` last_id - first_id, `skipped` first_id - previous_id (each constant within a message, so that
/// delta coding makes them almost free), `flags` kind + 8 side + 16 last_of_message.
IntegerColumns to_integers(const BookRows& book, int digits);
const std::vector<std::string>& book_column_names();

/// How PartCursor fills a batch of book events.
struct BookFormat {
    static void prepare(BookRows& batch, const Manifest& manifest);
    static void append(BookRows& batch, const PartReader& reader, std::size_t from, std::size_t count);
};

}  // namespace aitrading::engines

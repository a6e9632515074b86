#pragma once

#include <string>
#include <string_view>

#include "domain/book.hpp"

namespace aitrading::market {

/// `time,exchange_time,kind,side,price,quantity,first_id,last_id,previous_id,last_of_message`
std::string_view book_csv_header();
/// One line a row; empty where the source says nothing.
void append_csv(std::string& out, const BookRows& book);
/// `level snapshot trade quote mark`
std::string_view name(BookKind kind);

}  // namespace aitrading::market

#include "market/history/book_csv.hpp"

#include <fmt/format.h>

#include <array>
#include <iterator>

namespace aitrading::market {

std::string_view book_csv_header() {
    return "time,exchange_time,kind,side,price,quantity,first_id,last_id,previous_id,last_of_message\n";
}

std::string_view name(BookKind kind) {
    static constexpr std::array<std::string_view, 5> names{"level", "snapshot", "trade", "quote", "mark"};
    return names[static_cast<std::size_t>(kind)];
}

void append_csv(std::string& out, const BookRows& book) {
    for (const BookEvent& row : book.rows) {
        const bool mark = row.kind == BookKind::mark;
        int decimals = 6;
        for (std::int64_t rest = row.quantity.raw; decimals > 0 && rest % 10 == 0; rest /= 10) --decimals;
        fmt::format_to(std::back_inserter(out), "{},{},{},{},{},{},", to_iso8601(row.time),
                       row.exchange_time.value == 0 ? "" : to_iso8601(row.exchange_time), name(row.kind),
                       mark                         ? ""
                       : row.side == BookSide::bid ? "bid"
                                                   : "ask",
                       mark ? "" : to_decimal(row.price, book.digits), mark ? "" : to_decimal(row.quantity, decimals));
        if (row.last_id != 0) fmt::format_to(std::back_inserter(out), "{},{},", row.first_id, row.last_id);
        else out += ",,";
        if (row.previous_id >= 0) fmt::format_to(std::back_inserter(out), "{}", row.previous_id);
        out += row.last_of_message ? ",1\n" : ",0\n";
    }
}

}  // namespace aitrading::market

#include "market/history/refuse_row.hpp"

#include <fmt/format.h>

namespace aitrading::market {
namespace {

/// With the decimals that it has.
std::string plain(Price price) {
    int digits = 9;
    for (std::int64_t rest = price.raw; digits > 1 && rest % 10 == 0; rest /= 10) --digits;
    return to_decimal(price, digits);
}

}  // namespace

std::unexpected<Error> refuse_row(const LineReader& lines, std::string_view what) {
    return fail(ErrorCode::bad_input, fmt::format("{}, line {}, {}; correct or remove the row, or store the file with "
                                                  "`aitrading data import`, which leaves out what is unsound",
                                                  lines.path().string(), lines.line_number(), what));
}

std::string describe_crossed(std::string_view bid_column, Price bid, std::string_view ask_column, Price ask) {
    return fmt::format("column {}: {} lies below the {} {} (crossed quote); are the columns in the right order?", ask_column,
                       plain(ask), bid_column, plain(bid));
}

}  // namespace aitrading::market

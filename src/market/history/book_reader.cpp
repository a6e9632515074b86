#include "market/history/book_reader.hpp"

#include <fmt/format.h>

#include <limits>

namespace aitrading::market {
namespace {

constexpr std::size_t line_bytes_max = 8 * 1024 * 1024;  // a snapshot of every level is one line

Result<LineReader> open_recording(const std::filesystem::path& path) {
    TRY(auto source, open_bytes(path));
    return LineReader(std::move(source), path, 2 * line_bytes_max, line_bytes_max);
}

}  // namespace

Result<bool> is_book_file(const std::filesystem::path& path) {
    TRY(LineReader lines, open_lines(path));
    TRY(const std::vector<std::string> first, lines.peek(1));
    return !first.empty() && !book_format_of(first[0]).empty();
}

Result<BookReader> BookReader::open(const std::filesystem::path& path, std::string_view format) {
    TRY(LineReader lines, open_recording(path));
    return open(std::move(lines), format);
}

Result<BookReader> BookReader::open(LineReader lines, std::string_view format) {
    BookReader reader(std::move(lines));
    TRY(const std::vector<std::string> first, reader.lines_.peek(1));
    if (first.empty())
        return fail(ErrorCode::bad_input, fmt::format("{}: the file holds no rows; record or download it again",
                                                      reader.lines_.path().string()));
    const std::string_view found = book_format_of(first[0]);
    reader.format_ = format == "auto" ? found : format;
    reader.last_.value = std::numeric_limits<std::int64_t>::min();
    if (reader.format_ == "binance-book") {
        reader.parser_ = make_binance_parser();
        return reader;
    }
    if (reader.format_ != "tardis")
        return fail(format == "auto" ? ErrorCode::bad_input : ErrorCode::usage,
                    fmt::format("{}: no recording of an order book; known are binance-book and tardis",
                                reader.lines_.path().string()));
    auto parser = make_tardis_parser(first[0]);
    if (!parser)
        return fail(ErrorCode::bad_input, fmt::format("{}, {}", reader.lines_.path().string(), parser.error().text));
    reader.parser_ = *std::move(parser);
    std::string_view header;
    TRY(const bool more, reader.lines_.next(header));
    static_cast<void>(more);
    return reader;
}

Result<void> BookReader::name_symbol(std::string_view symbol) {
    if (symbol.empty() || symbol == symbol_) return {};
    if (!symbol_.empty())
        return fail(ErrorCode::bad_input,
                    fmt::format("{}, line {}: speaks of {}, the lines before of {}; split the file, one instrument each",
                                lines_.path().string(), lines_.line_number(), symbol, symbol_));
    symbol_ = symbol;
    return {};
}

/// Drops the rows from `from` on where they go back in time.
bool BookReader::follows(std::vector<BookEvent>& rows, std::size_t from) {
    for (std::size_t i = from; i < rows.size(); ++i) {
        if (rows[i].time < last_) {
            rows.resize(from);
            return false;
        }
    }
    if (rows.size() > from) last_ = rows.back().time;
    return true;
}

Result<bool> BookReader::next(BookRows& batch, std::size_t rows_min) {
    std::string_view line;
    while (batch.size() < rows_min) {
        const std::size_t from = batch.size();
        TRY(const bool more, lines_.next(line));
        if (more && line.empty()) continue;
        if (more) {
            if (BookFault fault = parser_->parse(line, batch.rows)) {
                defects_.refuse(fault.kind, lines_.line_number(), defects_.knows(fault.kind) ? "" : std::move(fault.text));
                continue;
            }
            TRY_VOID(name_symbol(parser_->symbol()));
        } else {
            parser_->finish(batch.rows);
        }
        if (!follows(batch.rows, from))
            defects_.refuse("out_of_order", lines_.line_number(),
                            "received before the line above it; a recording runs from oldest to newest");
        batch.digits = parser_->digits();
        if (!more) return false;
    }
    return true;
}

}  // namespace aitrading::market

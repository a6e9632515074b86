#include <cstddef>
#include <cstdint>
#include <span>

#include "base/check.hpp"
#include "market/history/book_csv.hpp"
#include "market/history/book_reader.hpp"
#include "market/history/order_book.hpp"

/// Any bytes as a recording: an error, or rows in order of receipt from which a book can be built and a table written.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace aitrading;
    const std::span<const char> bytes(reinterpret_cast<const char*>(data), size);
    auto source = market::open_bytes(bytes, "recording");
    if (!source) return 0;
    auto reader = market::BookReader::open(market::LineReader(*std::move(source), "recording"));
    if (!reader) return 0;
    BookRows batch;
    market::BookFeed feed({100'000'000});
    UnixNanos last{INT64_MIN};
    while (true) {
        batch.rows.clear();
        const auto more = reader->next(batch, 64);
        if (!more) return 0;
        for (const BookEvent& row : batch.rows) {
            CHECK(last <= row.time && row.quantity.raw >= 0 && (row.kind == BookKind::mark || row.price.raw > 0));
            last = row.time;
            feed.apply(row);
        }
        std::string text;
        market::append_csv(text, batch);
        if (!*more) break;
    }
    const auto bid = feed.book().bids().best(), ask = feed.book().asks().best();
    CHECK(bid.has_value() == (feed.book().bids().size() > 0) && ask.has_value() == (feed.book().asks().size() > 0));
    return 0;
}

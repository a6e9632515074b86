#include <fmt/format.h>

#include "market/history/check_series.hpp"
#include "market/history/order_book.hpp"

namespace aitrading::market {

Result<SeriesCheck> check_book(const ports::SeriesStore& store, const SeriesKey& key) {
    SeriesCheck out;
    DefectTally findings;
    TRY(out.info, store.describe(key));
    TRY(const auto cursor, store.open_book(key, {}, 65'536));
    Price step{Price::scale};
    for (int i = 0; i < out.info.digits; ++i) step.raw /= 10;
    BookFeed feed(step);
    BookRows batch;
    std::int64_t row = 0, gaps = 0;
    while (true) {
        TRY(const bool more, cursor->next(batch));
        if (!more) break;
        for (const BookEvent& event : batch.rows) {
            ++row;
            feed.apply(event);
            if (feed.counts().gaps > gaps)
                findings.note("gap_in_update_ids", row, fmt::format("{}: updates are missing, the book is unknown until the "
                                                                    "next snapshot", to_iso8601(event.time)));
            gaps = feed.counts().gaps;
            if (event.kind == BookKind::level && event.last_of_message && feed.valid() && feed.book().crossed())
                findings.note("crossed", row, fmt::format("{}: best bid at or above best ask", to_iso8601(event.time)));
        }
    }
    if (feed.counts().snapshots == 0 && feed.counts().messages > 0)
        findings.note("no_snapshot", 0, "the recording holds no full book, so its updates cannot be applied");
    out.defects = findings.list();
    return out;
}

}  // namespace aitrading::market

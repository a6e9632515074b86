#include <fmt/format.h>

#include <array>
#include <charconv>

#include "market/history/book_parser.hpp"

namespace aitrading::market {
namespace {

constexpr std::size_t common_fields = 4;  // exchange,symbol,timestamp,local_timestamp

std::vector<std::string_view> split(std::string_view line) {
    std::vector<std::string_view> out;
    while (true) {
        const std::size_t comma = line.find(',');
        out.push_back(line.substr(0, comma));
        if (comma == std::string_view::npos) return out;
        line.remove_prefix(comma + 1);
    }
}

/// The vendor's four tables share their first columns and this base.
class TardisParser : public BookParser {
  public:
    explicit TardisParser(std::size_t columns) : columns_(columns) {}
    BookFault parse(std::string_view line, std::vector<BookEvent>& out) final {
        const std::vector<std::string_view> fields = split(line);
        if (fields.size() != columns_)
            return {"wrong_columns", fmt::format("{} fields, the header has {}", fields.size(), columns_)};
        symbol_ = fields[1];
        BookEvent row;
        if (!read_micros(fields[2], row.exchange_time) || !read_micros(fields[3], row.time))
            return {"not_a_time", fmt::format("timestamp \"{}\" or local_timestamp \"{}\" is no count of microseconds",
                                              fields[2].substr(0, 30), fields[3].substr(0, 30))};
        const std::size_t begin = out.size();
        BookFault fault = take(fields, row, out);
        if (fault) out.resize(begin);
        return fault;
    }
    std::string_view symbol() const final { return symbol_; }

  protected:
    virtual BookFault take(const std::vector<std::string_view>& fields, BookEvent row, std::vector<BookEvent>& out) = 0;
    /// A side by either of two words.
    static bool read_side(std::string_view text, std::string_view bid, std::string_view ask, BookSide& out) {
        out = text == ask ? BookSide::ask : BookSide::bid;
        return text == bid || text == ask;
    }

  private:
    static bool read_micros(std::string_view text, UnixNanos& out) {
        std::int64_t micros = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), micros);
        if (error != std::errc{} || end != text.data() + text.size() || micros < 0 || micros > INT64_MAX / 1'000) return false;
        out.value = micros * 1'000;
        return true;
    }
    std::size_t columns_;
    std::string symbol_;
};

/// `…,is_snapshot,side,price,amount`: one level a line; lines of one local_timestamp are one message.
class IncrementalParser final : public TardisParser {
  public:
    IncrementalParser() : TardisParser(common_fields + 4) {}
    void finish(std::vector<BookEvent>& out) override {
        if (message_.empty()) return;
        message_.back().last_of_message = true;
        out.insert(out.end(), message_.begin(), message_.end());
        message_.clear();
    }

  private:
    BookFault take(const std::vector<std::string_view>& fields, BookEvent row, std::vector<BookEvent>& out) override {
        if (fields[4] != "true" && fields[4] != "false")
            return {"not_a_message", fmt::format("is_snapshot \"{}\" is neither true nor false", fields[4].substr(0, 20))};
        if (!read_side(fields[5], "bid", "ask", row.side))
            return {"not_a_message", fmt::format("side \"{}\" is neither bid nor ask", fields[5].substr(0, 20))};
        if (BookFault fault = read_price(fields[6], row.price)) return fault;
        if (BookFault fault = read_quantity(fields[7], row.quantity)) return fault;
        row.kind = fields[4] == "true" ? BookKind::snapshot : BookKind::level;
        row.last_of_message = false;
        const bool same_message =
            !message_.empty() && message_.back().kind == row.kind && message_.back().time == row.time;
        if (!same_message) finish(out);
        message_.push_back(row);
        return {};
    }
    std::vector<BookEvent> message_;
};

/// `…,id,side,price,amount`
class TradesParser final : public TardisParser {
  public:
    TradesParser() : TardisParser(common_fields + 4) {}

  private:
    BookFault take(const std::vector<std::string_view>& fields, BookEvent row, std::vector<BookEvent>& out) override {
        row.kind = BookKind::trade;
        if (!read_side(fields[5], "buy", "sell", row.side))
            return {"not_a_message", fmt::format("side \"{}\" is neither buy nor sell", fields[5].substr(0, 20))};
        if (BookFault fault = read_price(fields[6], row.price)) return fault;
        if (BookFault fault = read_quantity(fields[7], row.quantity)) return fault;
        std::int64_t id = 0;  // some exchanges name trades by a UUID: those have no number
        const auto [end, error] = std::from_chars(fields[4].data(), fields[4].data() + fields[4].size(), id);
        if (error == std::errc{} && end == fields[4].data() + fields[4].size()) row.first_id = row.last_id = id;
        out.push_back(row);
        return {};
    }
};

/// `…,ask_amount,ask_price,bid_price,bid_amount`
class QuotesParser final : public TardisParser {
  public:
    QuotesParser() : TardisParser(common_fields + 4) {}

  private:
    BookFault take(const std::vector<std::string_view>& fields, BookEvent row, std::vector<BookEvent>& out) override {
        row.kind = BookKind::quote;
        row.last_of_message = false;
        if (BookFault fault = read_price(fields[6], row.price)) return fault;
        if (BookFault fault = read_quantity(fields[7], row.quantity)) return fault;
        out.push_back(row);
        row.side = BookSide::ask;
        row.last_of_message = true;
        if (BookFault fault = read_price(fields[5], row.price)) return fault;
        if (BookFault fault = read_quantity(fields[4], row.quantity)) return fault;
        out.push_back(row);
        return {};
    }
};

/// `…,asks[0].price,asks[0].amount,bids[0].price,bids[0].amount,asks[1].price,…`; levels that the book lacks are empty.
class SnapshotParser final : public TardisParser {
  public:
    explicit SnapshotParser(std::size_t columns) : TardisParser(columns) {}

  private:
    BookFault take(const std::vector<std::string_view>& fields, BookEvent row, std::vector<BookEvent>& out) override {
        row.kind = BookKind::snapshot;
        row.last_of_message = false;
        const std::size_t begin = out.size();
        for (std::size_t i = common_fields; i + 1 < fields.size(); i += 2) {
            if (fields[i].empty()) continue;
            row.side = (i - common_fields) / 2 % 2 == 0 ? BookSide::ask : BookSide::bid;
            if (BookFault fault = read_price(fields[i], row.price)) return fault;
            if (BookFault fault = read_quantity(fields[i + 1], row.quantity)) return fault;
            out.push_back(row);
        }
        if (out.size() == begin) return {"not_a_message", "a snapshot without a level"};
        out.back().last_of_message = true;
        return {};
    }
};

}  // namespace

Result<std::unique_ptr<BookParser>> make_tardis_parser(std::string_view header) {
    constexpr std::string_view common = "exchange,symbol,timestamp,local_timestamp,";
    if (header.starts_with(common)) {
        const std::string_view rest = header.substr(common.size());
        if (rest == "is_snapshot,side,price,amount") return std::make_unique<IncrementalParser>();
        if (rest == "id,side,price,amount") return std::make_unique<TradesParser>();
        if (rest == "ask_amount,ask_price,bid_price,bid_amount") return std::make_unique<QuotesParser>();
        const std::size_t columns = split(header).size();
        if (rest.starts_with("asks[0].price,asks[0].amount,bids[0].price,bids[0].amount") && (columns - common_fields) % 4 == 0)
            return std::make_unique<SnapshotParser>(columns);
    }
    return fail(ErrorCode::bad_input,
                fmt::format("line 1: \"{}\" is no header of incremental_book_L2, book_snapshot, trades or quotes; "
                            "download one of those tables",
                            header.substr(0, 80)));
}

}  // namespace aitrading::market

#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "market/history/book_parser.hpp"

namespace aitrading::market {
namespace {

using Json = nlohmann::json;

enum class Field : std::uint8_t { other, type, event_time, time, symbol, first, last, previous, bids, asks, bid_size, ask_size,
                                  price, quantity, trade, maker, snapshot };

Field field_of(std::string_view key) {
    static constexpr std::array<std::pair<std::string_view, Field>, 18> names{{
        {"e", Field::type},      {"E", Field::event_time}, {"T", Field::time},     {"s", Field::symbol},
        {"U", Field::first},     {"u", Field::last},       {"pu", Field::previous}, {"b", Field::bids},
        {"a", Field::asks},      {"B", Field::bid_size},   {"A", Field::ask_size}, {"p", Field::price},
        {"q", Field::quantity},  {"t", Field::trade},      {"m", Field::maker},    {"lastUpdateId", Field::snapshot},
        {"bids", Field::bids},   {"asks", Field::asks}}};
    for (const auto& [name, field] : names)
        if (name == key) return field;
    return Field::other;
}

/// The fields of one message. Levels stand in `levels` as the file writes them.
struct Message {
    struct Level {
        BookSide side;
        std::string price, quantity;
    };
    std::string type, symbol, price, quantity, bid, ask, bid_size, ask_size;
    std::int64_t event_ms = 0, time_ms = 0, first = 0, last = 0, previous = -1, trade = 0;
    bool maker = false, snapshot = false, broken = false;
    std::vector<Level> levels;
    std::size_t level_count = 0;  ///< the strings of `levels` are kept from message to message

    void clear() {
        for (std::string* text : {&type, &symbol, &price, &quantity, &bid, &ask, &bid_size, &ask_size}) text->clear();
        event_ms = time_ms = first = last = trade = 0;
        previous = -1;
        maker = snapshot = broken = false;
        level_count = 0;
    }
    Level& add_level() {
        if (level_count == levels.size()) levels.emplace_back();
        return levels[level_count++];
    }
};

/// What the JSON reader calls, in the order of the text. The keys mean the same in the outermost object and in "data".
class MessageReader {
  public:
    explicit MessageReader(Message& message) : message_(message) {}

    bool null() { return true; }
    bool boolean(bool value) {
        if (field_ == Field::maker) message_.maker = value;
        return true;
    }
    bool number_integer(std::int64_t value) { return number(value); }
    bool number_unsigned(std::uint64_t value) { return number(static_cast<std::int64_t>(value)); }
    bool number_float(double, const std::string&) { return true; }
    bool string(std::string& value) {
        if (arrays_ > 0) return level_text(value);
        if (std::string* target = target_of(field_)) target->swap(value);
        return true;
    }
    bool binary(Json::binary_t&) { return true; }
    bool start_object(std::size_t) { return true; }
    bool end_object() { return true; }
    bool key(std::string& text) {
        field_ = field_of(text);
        return true;
    }
    bool start_array(std::size_t) {
        ++arrays_;
        texts_ = 0;
        return true;
    }
    bool end_array() {
        // A level is a pair of texts; anything else in the lists of levels is no message of this exchange.
        if (arrays_ == 2 && is_side() && texts_ != 2) message_.broken = true;
        --arrays_;
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) {
        message_.broken = true;
        return false;
    }

  private:
    bool is_side() const { return field_ == Field::bids || field_ == Field::asks; }
    bool number(std::int64_t value) {
        switch (field_) {
            case Field::event_time: message_.event_ms = value; break;
            case Field::time: message_.time_ms = value; break;
            case Field::first: message_.first = value; break;
            case Field::last: message_.last = value; break;
            case Field::previous: message_.previous = value; break;
            case Field::trade: message_.trade = value; break;
            case Field::snapshot:
                message_.last = message_.first = value;
                message_.snapshot = true;
                break;
            default: break;
        }
        return true;
    }
    std::string* target_of(Field field) {
        switch (field) {
            case Field::type: return &message_.type;
            case Field::symbol: return &message_.symbol;
            case Field::bids: return &message_.bid;
            case Field::asks: return &message_.ask;
            case Field::bid_size: return &message_.bid_size;
            case Field::ask_size: return &message_.ask_size;
            case Field::price: return &message_.price;
            case Field::quantity: return &message_.quantity;
            default: return nullptr;
        }
    }
    bool level_text(std::string& value) {
        if (arrays_ != 2 || !is_side()) return true;
        if (++texts_ == 1) {
            Message::Level& level = message_.add_level();
            level.side = field_ == Field::bids ? BookSide::bid : BookSide::ask;
            level.price.swap(value);
        } else if (texts_ == 2) {
            message_.levels[message_.level_count - 1].quantity.swap(value);
        }
        return true;
    }

    Message& message_;
    Field field_ = Field::other;
    int arrays_ = 0, texts_ = 0;
};

class BinanceParser final : public BookParser {
  public:
    BookFault parse(std::string_view line, std::vector<BookEvent>& out) override {
        message_.clear();
        std::int64_t time = 0;
        const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), time);
        if (error != std::errc{} || end == line.data() + line.size() || *end != ' ' || time <= 0)
            return {"not_a_time", quoted("the line begins with no time of receipt in nanoseconds", line)};
        MessageReader reader(message_);
        if (!Json::sax_parse(end, line.data() + line.size(), &reader) || message_.broken)
            return {"not_a_message", quoted("no JSON message follows the time", line)};
        const std::size_t begin = out.size();
        BookFault fault = append({time}, out);
        if (fault) {
            out.resize(begin);
            if (fault.text.empty()) fault.text = quoted("no message of a book, a quote or a trade", line);
        }
        return fault;
    }
    std::string_view symbol() const override { return message_.symbol; }

  private:
    static std::string quoted(std::string_view what, std::string_view line) {
        return std::string(what) + ": " + std::string(line.substr(0, 60));
    }

    BookFault append(UnixNanos time, std::vector<BookEvent>& out) {
        const std::int64_t ms = message_.time_ms != 0 ? message_.time_ms : message_.event_ms;
        if (ms < 0 || ms > INT64_MAX / 1'000'000 || message_.last < 0 || message_.first < 0 || message_.trade < 0)
            return {"not_a_message", {}};
        BookEvent row;
        row.time = time;
        row.exchange_time = {ms * 1'000'000};
        row.last_of_message = false;
        if (message_.snapshot || message_.type == "depthUpdate") return append_levels(row, out);
        if (message_.type == "trade" || message_.type == "aggTrade") return append_trade(row, out);
        if (!message_.bid_size.empty() && !message_.ask_size.empty()) return append_quote(row, out);
        return {"not_a_message", {}};
    }

    BookFault append_levels(BookEvent row, std::vector<BookEvent>& out) {
        row.kind = message_.snapshot ? BookKind::snapshot : BookKind::level;
        row.first_id = message_.first;
        row.last_id = message_.last;
        row.previous_id = message_.previous;
        for (std::size_t i = 0; i < message_.level_count; ++i) {
            const Message::Level& level = message_.levels[i];
            row.side = level.side;
            if (BookFault fault = read_price(level.price, row.price)) return fault;
            if (BookFault fault = read_quantity(level.quantity, row.quantity)) return fault;
            out.push_back(row);
        }
        if (message_.level_count == 0) {
            if (message_.snapshot) return {"not_a_message", "a snapshot without a level"};
            row.kind = BookKind::mark;
            out.push_back(row);
        }
        out.back().last_of_message = true;
        return {};
    }

    BookFault append_trade(BookEvent row, std::vector<BookEvent>& out) {
        row.kind = BookKind::trade;
        row.first_id = row.last_id = message_.trade;
        row.side = message_.maker ? BookSide::ask : BookSide::bid;  // the buyer rested, so the seller took
        row.last_of_message = true;
        if (BookFault fault = read_price(message_.price, row.price)) return fault;
        if (BookFault fault = read_quantity(message_.quantity, row.quantity)) return fault;
        out.push_back(row);
        return {};
    }

    BookFault append_quote(BookEvent row, std::vector<BookEvent>& out) {
        row.kind = BookKind::quote;
        row.first_id = row.last_id = message_.last;
        if (BookFault fault = read_price(message_.bid, row.price)) return fault;
        if (BookFault fault = read_quantity(message_.bid_size, row.quantity)) return fault;
        out.push_back(row);
        row.side = BookSide::ask;
        row.last_of_message = true;
        if (BookFault fault = read_price(message_.ask, row.price)) return fault;
        if (BookFault fault = read_quantity(message_.ask_size, row.quantity)) return fault;
        out.push_back(row);
        return {};
    }

    Message message_;
};

}  // namespace

std::unique_ptr<BookParser> make_binance_parser() { return std::make_unique<BinanceParser>(); }

}  // namespace aitrading::market

// MetaTrader 5 history centre: tab separated, header `<DATE> <TIME> <OPEN> … <SPREAD>`, older ones without the angle
// brackets, daily and longer bars without the column TIME. Ticks are `<DATE> <TIME> <BID> <ASK> <LAST> <VOLUME> <FLAGS>`, in which
// a side that did not change is left empty.
#include <array>
#include <memory>
#include <string>

#include "market/history/layout.hpp"
#include "market/history/table_parser.hpp"

namespace aitrading::market {
namespace {

std::string_view bare(std::string_view name) {
    if (name.size() > 2 && name.front() == '<' && name.back() == '>') return name.substr(1, name.size() - 2);
    return name;
}

char delimiter_of(const std::string& header) { return header.find('\t') != std::string::npos ? '\t' : ','; }

int confidence(const Sample& sample, const LayoutOptions&) {
    if (sample.lines.empty()) return 0;
    const std::string& header = sample.lines[0];
    if (header.starts_with("<DATE>")) return 100;
    return header.starts_with("DATE\tTIME\tOPEN\t") || header.starts_with("DATE\tOPEN\tHIGH\t") ? 100 : 0;
}

Role role_of(std::string_view name, bool ticks) {
    if (name == "DATE") return Role::date;
    if (name == "TIME") return Role::clock;
    if (name == "OPEN") return Role::open;
    if (name == "HIGH") return Role::high;
    if (name == "LOW") return Role::low;
    if (name == "CLOSE") return Role::close;
    if (name == "TICKVOL") return Role::volume;
    if (name == "SPREAD") return Role::spread;
    if (ticks && name == "BID") return Role::bid;
    if (ticks && name == "ASK") return Role::ask;
    return Role::ignore;
}

/// Puts the side that a row leaves out, the last one written, in its place.
class ChangedSides final : public RowParser {
  public:
    explicit ChangedSides(TableShape shape) : shape_(shape), table_(make_table_parser(std::move(shape))) {}

    RowFault parse(std::string_view line, ParsedRow& row) override {
        std::array<std::string_view, fields_max> fields;
        const std::size_t count = split_fields(line, shape_.delimiter, fields);
        if (count != shape_.columns.size() || count > fields_max) return table_->parse(line, row);
        whole_.clear();
        for (std::size_t i = 0; i < count; ++i) {
            const Role role = shape_.columns[i].role;
            std::string* last = role == Role::bid ? &bid_ : role == Role::ask ? &ask_ : nullptr;
            if (last != nullptr && fields[i].empty() && last->empty()) return {"missing_value", shape_.columns[i].name, ""};
            if (last != nullptr && !fields[i].empty()) last->assign(fields[i]);
            if (i > 0) whole_ += shape_.delimiter;
            whole_ += last != nullptr ? std::string_view(*last) : fields[i];
        }
        return table_->parse(whole_, row);
    }

  private:
    static constexpr std::size_t fields_max = 32;
    TableShape shape_;
    std::unique_ptr<RowParser> table_;
    std::string bid_, ask_, whole_;
};

Result<OpenLayout> open_file(const Sample& sample, const LayoutOptions& options, std::string_view) {
    OpenLayout open;
    TableShape shape;
    shape.delimiter = delimiter_of(sample.lines[0]);
    shape.decimal_point = options.decimal_point;
    std::array<std::string_view, 32> names;
    const std::size_t count = split_fields(sample.lines[0], shape.delimiter, names);
    bool has_clock = false, has_close = false, has_bid = false, has_ask = false;
    for (std::size_t i = 0; i < std::min(count, names.size()); ++i) {
        has_clock = has_clock || bare(names[i]) == "TIME";
        has_close = has_close || bare(names[i]) == "CLOSE";
        has_bid = has_bid || bare(names[i]) == "BID";
        has_ask = has_ask || bare(names[i]) == "ASK";
    }
    const bool ticks = has_bid && !has_close;
    for (std::size_t i = 0; i < std::min(count, names.size()); ++i) {
        const Role role = role_of(bare(names[i]), ticks);
        open.has_spread = open.has_spread || role == Role::spread;
        shape.columns.push_back({std::string(bare(names[i])), role});
    }
    int prices = 0;
    for (const TableColumn& column : shape.columns) prices += column.role >= Role::open && column.role <= Role::close;
    if (!ticks && prices != 4)
        return fail(ErrorCode::bad_input, sample.path.string() + ", line 1: an MT5 export needs the columns OPEN, HIGH, LOW "
                                                                 "and CLOSE; export the bars again");
    open.header_lines = 1;
    if (!has_clock) open.timeframe = Timeframe::d1;
    if (ticks && !(has_ask && has_clock))
        return fail(ErrorCode::bad_input, sample.path.string() + ", line 1: MT5 ticks need the columns TIME and ASK; export them again");
    if (ticks) open.kind = RowKind::ticks;
    open.parser = ticks ? std::make_unique<ChangedSides>(std::move(shape)) : make_table_parser(std::move(shape));
    open.default_clock = "Europe/Athens";
    open.clock_reason = "MT5 exports carry the broker's clock, mostly EET/EEST";
    open.clock_is_assumed = open.clock_is_unknown = true;
    return open;
}

}  // namespace

const Layout mt5_export_layout{"mt5-export", confidence, open_file};

}  // namespace aitrading::market

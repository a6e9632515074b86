#include "insight/features/service/candle_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "kit/atomic_file.hpp"

namespace aitrading::insight {
namespace {

constexpr std::array<std::string_view, 6> fields{"time", "open", "high", "low", "close", "volume"};
constexpr std::size_t volume_field = 5;

std::string_view trimmed(std::string_view cell) {
    while (!cell.empty() && (cell.front() == ' ' || cell.front() == '"')) cell.remove_prefix(1);
    while (!cell.empty() && (cell.back() == ' ' || cell.back() == '"' || cell.back() == '\r')) cell.remove_suffix(1);
    return cell;
}

std::vector<std::string_view> cells_of(std::string_view line) {
    std::vector<std::string_view> cells;
    while (true) {
        const std::size_t comma = line.find(',');
        cells.push_back(trimmed(line.substr(0, comma)));
        if (comma == std::string_view::npos) return cells;
        line.remove_prefix(comma + 1);
    }
}

/// Hands out the lines of a text, without empty ones at its end.
class Lines {
  public:
    explicit Lines(std::string_view text) : rest_(text) {
        if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
        while (!rest_.empty() && (rest_.back() == '\n' || rest_.back() == '\r')) rest_.remove_suffix(1);
    }
    bool next(std::string_view& line) {
        if (rest_.empty()) return false;
        const std::size_t end = rest_.find('\n');
        line = rest_.substr(0, end);
        rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
        ++number;
        return true;
    }
    std::size_t number = 0;  ///< of the last line, from 1

  private:
    std::string_view rest_;
};

/// Column of each field in the file.
struct Layout {
    std::array<std::optional<std::size_t>, fields.size()> at;
    std::size_t columns = 0;
};

/// A cell for a message: as it stands where it is text, with ? for every strange byte where it is not.
std::string shown(std::string_view cell) {
    std::string text(cell.substr(0, 60));
    const auto control = [](unsigned char c) { return c < 0x20 || c == 0x7F; };
    if (std::ranges::any_of(text, control))
        std::ranges::replace_if(text, [&](unsigned char c) { return control(c) || c >= 0x80; }, '?');
    return text;
}

Result<Layout> read_header(std::string_view line, const std::filesystem::path& path) {
    Layout layout;
    const auto cells = cells_of(line);
    layout.columns = cells.size();
    for (std::size_t i = 0; i < cells.size(); ++i) {
        std::string word(cells[i]);
        std::ranges::transform(word, word.begin(), [](unsigned char c) { return std::tolower(c); });
        const auto field = std::ranges::find(fields, word);
        if (field != fields.end()) layout.at[static_cast<std::size_t>(field - fields.begin())] = i;
    }
    for (std::size_t f = 0; f < volume_field; ++f)
        if (!layout.at[f])
            return fail(ErrorCode::bad_input,
                        fmt::format("{}, row 1: no column \"{}\" in the header \"{}\"; expected "
                                    "time,open,high,low,close[,volume]",
                                    path.string(), fields[f], shown(line)));
    return layout;
}

/// One row of the file, and what is wrong with it.
class RowReader {
  public:
    RowReader(const Layout& layout, const std::filesystem::path& path) : layout_(layout), path_(path) {}

    Result<void> read(std::string_view line, std::size_t row, CandleTable& table) const {
        const auto cells = cells_of(line);
        if (cells.size() != layout_.columns)
            return wrong(row, "the row", fmt::format("{} fields, but the header has {}", cells.size(), layout_.columns));
        const auto time = parse_iso8601(cells[*layout_.at[0]]);
        if (!time)
            return wrong(row, "time", fmt::format("\"{}\" is not a date or an ISO 8601 time", shown(cells[*layout_.at[0]])));
        if (!table.time.empty() && *time <= table.time.back())
            return wrong(row, "time", fmt::format("{} is not after the row before; sort the rows and remove duplicates",
                                                  to_iso8601(*time)));
        std::array<double, fields.size()> values{};
        for (std::size_t f = 1; f < fields.size(); ++f) {
            if (!layout_.at[f]) continue;
            const std::string_view cell = cells[*layout_.at[f]];
            const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), values[f]);
            const bool number = error == std::errc{} && end == cell.data() + cell.size() && std::isfinite(values[f]);
            if (!number) return wrong(row, fields[f], fmt::format("\"{}\" is not a number", shown(cell)));
            if (f < volume_field ? values[f] <= 0 : values[f] < 0)
                return wrong(row, fields[f], fmt::format("{} is {}", cell, f < volume_field ? "not positive" : "negative"));
        }
        const Candle candle{values[1], values[2], values[3], values[4], values[5], time->value};
        if (candle.low > std::min(candle.open, candle.close) || candle.high < std::max(candle.open, candle.close))
            return wrong(row, "high, low", fmt::format("the range {} to {} does not hold open {} and close {}", candle.low,
                                                       candle.high, candle.open, candle.close));
        table.time.push_back(*time);
        table.candles.push_back(candle);
        return {};
    }

  private:
    std::unexpected<Error> wrong(std::size_t row, std::string_view field, const std::string& text) const {
        return fail(ErrorCode::bad_input, fmt::format("{}, row {}, {}: {}", path_.string(), row, field, text));
    }
    const Layout& layout_;
    const std::filesystem::path& path_;
};

/// Collects CSV text and passes it on in large pieces.
class CsvWriter {
  public:
    explicit CsvWriter(kit::AtomicFile& file) : file_(file) {}
    void name(std::string_view text) {
        const std::string_view quote = text.find(',') == std::string_view::npos ? "" : "\"";
        fmt::format_to(std::back_inserter(text_), ",{0}{1}{0}", quote, text);
    }
    void begin(UnixNanos time) { text_ += to_iso8601(time); }
    void begin(std::string_view word) { text_ += word; }
    void value(double v) {
        text_ += ',';
        if (std::isfinite(v)) fmt::format_to(std::back_inserter(text_), "{}", v);
    }
    Result<void> end_row() {
        text_ += '\n';
        return text_.size() < piece_bytes ? Result<void>{} : flush();
    }
    Result<void> flush() {
        TRY_VOID(file_.write(text_));
        text_.clear();
        return {};
    }

  private:
    static constexpr std::size_t piece_bytes = 1 << 20;
    kit::AtomicFile& file_;
    std::string text_;
};

Result<void> write_header(CsvWriter& csv, std::span<const std::string> names) {
    csv.begin("time");
    for (const std::string& name : names) csv.name(name);
    return csv.end_row();
}

}  // namespace

Result<CandleTable> parse_candles(std::string_view text, const std::filesystem::path& path) {
    CandleTable table;
    Lines lines(text);
    std::string_view line;
    if (!lines.next(line))
        return fail(ErrorCode::bad_input, fmt::format("{} is empty; expected a header time,open,high,low,close[,volume] "
                                                      "and a row for each bar",
                                                      path.string()));
    TRY(const Layout layout, read_header(line, path));
    table.has_volume = layout.at[volume_field].has_value();
    const RowReader reader(layout, path);
    while (lines.next(line)) TRY_VOID(reader.read(line, lines.number, table));
    if (table.candles.empty())
        return fail(ErrorCode::bad_input, fmt::format("{} has a header but no bar", path.string()));
    return table;
}

Result<CandleTable> read_candles(const std::filesystem::path& path) {
    TRY(const std::string text, kit::read_file(path));
    return parse_candles(text, path);
}

Result<void> write_columns(const std::filesystem::path& path, std::span<const UnixNanos> time,
                           std::span<const std::string> names, std::span<const std::vector<double>> columns) {
    TRY(kit::AtomicFile file, kit::AtomicFile::create(path));
    CsvWriter csv(file);
    TRY_VOID(write_header(csv, names));
    for (std::size_t i = 0; i < time.size(); ++i) {
        csv.begin(time[i]);
        for (const std::vector<double>& column : columns) csv.value(column[i]);
        TRY_VOID(csv.end_row());
    }
    TRY_VOID(csv.flush());
    return file.commit();
}

Result<std::size_t> write_features(const std::filesystem::path& path, FeatureStream& rows, const std::stop_token& stop) {
    TRY(kit::AtomicFile file, kit::AtomicFile::create(path));
    CsvWriter csv(file);
    TRY_VOID(write_header(csv, rows.names()));
    std::size_t count = 0;
    for (; rows.next(); ++count) {
        if (stop.stop_requested())
            return fail(ErrorCode::interrupted, fmt::format("{}: stopped, nothing was written", path.string()));
        csv.begin(rows.time());
        for (const double value : rows.row()) csv.value(value);
        TRY_VOID(csv.end_row());
    }
    TRY_VOID(csv.flush());
    TRY_VOID(file.commit());
    return count;
}

}  // namespace aitrading::insight

#include "market/history/row_stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "market/history/soundness.hpp"

namespace aitrading::market {
namespace {

std::string symbol_of_column(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (c != '/' && c != ' ') out += c;
    return out;
}

/// Eight zeros or nines in a row and more digits after them: 100076.00000000001.
bool has_float_noise(std::string_view line) {
    for (const std::string_view run : {"00000000", "99999999"}) {
        std::size_t at = line.find(run);
        if (at == std::string_view::npos || line.rfind('.', at) == std::string_view::npos) continue;
        while (at < line.size() && line[at] == run[0]) ++at;
        if (run[0] == '9' || (at < line.size() && line[at] >= '1' && line[at] <= '9')) return true;
    }
    return false;
}

Result<void> scan_lines(const std::filesystem::path& path, const std::function<bool(std::string_view)>& want) {
    TRY(LineReader lines, open_lines(path));
    std::string_view line;
    while (true) {
        TRY(const bool more, lines.next(line));
        if (!more || !want(line)) return {};
    }
}

}  // namespace

Result<RowStream> RowStream::open(const std::filesystem::path& path, const ImportOptions& options) {
    TRY(LineReader lines, open_lines(path));
    return open(std::move(lines), options);
}

Result<RowStream> RowStream::open(LineReader lines, const ImportOptions& options) {
    constexpr std::size_t sample_lines = 20;
    constexpr std::size_t head_bytes = 4096;
    Sample sample{lines.path(), lines.inner_name(), {}};
    TRY(sample.head, lines.head(head_bytes));
    sample.binary = lines.binary();
    if (!sample.binary) {
        TRY(sample.lines, lines.peek(sample_lines));
    }
    if (std::error_code code; std::filesystem::is_regular_file(sample.path, code))
        sample.scan = [path = sample.path](const std::function<bool(std::string_view)>& want) { return scan_lines(path, want); };
    TRY(const Layout* const layout, find_layout(options.format, sample, options.layout));
    RowStream stream(std::move(lines));
    stream.format_ = std::string(layout->name);
    stream.symbol_was_asked_ = !options.layout.symbol.empty();
    stream.symbol_ = stream.symbol_was_asked_ ? options.layout.symbol : symbol_in_name(sample);
    TRY(stream.layout_, layout->open(sample, options.layout, stream.symbol_));
    if (!stream.symbol_was_asked_ && !stream.layout_.symbol.empty()) stream.symbol_ = stream.layout_.symbol;
    if (stream.layout_.record_bytes > 0) stream.lines_.read_records(stream.layout_.skip_bytes, stream.layout_.record_bytes);
    if (stream.layout_.kind == RowKind::bars && !stream.layout_.has_ask)
        stream.layout_.side = options.layout.side.value_or(side_in_name(sample));
    stream.stop_ = options.stop;
    stream.progress_ = options.progress;
    stream.decimal_point_ = options.layout.decimal_point;
    std::string_view header;
    for (std::int64_t i = 0; i < stream.layout_.header_lines; ++i) TRY_VOID(stream.lines_.next(header));
    return stream;
}

Result<void> RowStream::check_symbol(std::string_view text) {
    if (text.empty() || text == symbol_column_) return {};
    if (symbol_column_.empty()) {
        symbol_column_ = std::string(text);
        if (!symbol_was_asked_) symbol_ = symbol_of_column(text);
        return {};
    }
    return fail(ErrorCode::bad_input,
                fmt::format("{}, line {}, column symbol: {} after {}; a file holds one series, split it by symbol",
                            lines_.path().string(), lines_.line_number(), text, symbol_column_));
}

void RowStream::note_float_noise(std::string_view line) {
    constexpr std::size_t noise_digits = 8;  // a row with noise is longer than the shortest without
    shortest_line_ = std::min(shortest_line_, line.size());
    if (line.size() < shortest_line_ + noise_digits || !has_float_noise(line)) return;
    defects_.note("float_noise", lines_.line_number(),
                  defects_.knows("float_noise") ? ""
                                                : fmt::format("\"{}\" holds the noise of floating point numbers; rounded", line));
}

Result<bool> RowStream::next(ParsedRow& row) {
    constexpr std::int64_t rows_between_reports = 8192;
    std::string_view line;
    while (true) {
        TRY(const bool more, lines_.next(line));
        if (!more) {
            if (const std::string remark = lines_.remark(); !remark.empty() && !defects_.knows("trailing_bytes"))
                defects_.note("trailing_bytes", 0, remark);
            return false;
        }
        if (line.empty()) continue;
        if (++rows_read_ % rows_between_reports == 0) {
            if (progress_) progress_(rows_read_);
            if (stop_.stop_requested())
                return fail(ErrorCode::interrupted, fmt::format("{}: stopped, nothing of it was stored", lines_.path().string()));
        }
        line_ = line;
        note_float_noise(line);
        RowFault fault = layout_.parser->parse(line, row);
        if (!fault) fault = find_unsound(layout_.kind, row, layout_.has_ask);
        if (fault) {
            defects_.refuse(fault.kind, lines_.line_number(),
                            defects_.is_full(fault.kind) ? "" : describe_fault(fault, decimal_point_), line);
            continue;
        }
        TRY_VOID(check_symbol(row.symbol));
        if (layout_.may_be_negative && row.bid[3].raw <= 0)
            defects_.note("not_positive", lines_.line_number(), "the value is zero or below: a rate, not a price");
        return true;
    }
}

Result<void> RowStream::verdict() const {
    const std::string path = lines_.path().string();
    if (rows_read_ == 0)
        return fail(ErrorCode::bad_input, fmt::format("{}: a header without rows; export or download it again", path));
    // Days without a value (holidays, currencies not quoted yet) are no fault of the file.
    const auto found = std::ranges::find(defects_.list(), "no_value", &Defect::kind);
    const std::int64_t empty = found == defects_.list().end() ? 0 : found->count;
    if (rows_read_ > empty && 2 * (defects_.refused() - empty) <= rows_read_ - empty) return {};
    const Defect* most = nullptr;
    for (const Defect& defect : defects_.list())
        if (defect.refused && (most == nullptr || defect.count > most->count)) most = &defect;
    return fail(ErrorCode::bad_input,
                fmt::format("{}, line {}, {} ({} of {} rows are unsound, {} of them so: {}); nothing was stored. Correct the "
                            "file, or name its layout with --format or --columns",
                            path, most->row, most->text, defects_.refused(), rows_read_, most->count, most->kind));
}

}  // namespace aitrading::market

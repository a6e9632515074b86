#include "market/history/bars_csv.hpp"

#include <fmt/format.h>

#include "market/history/collect_bars.hpp"

namespace aitrading::market {

Result<BarColumns> load_bars_csv(const std::filesystem::path& path, const BarsCsvOptions& options) {
    ImportOptions import;
    import.layout.symbol = options.symbol;
    import.timezone = options.timezone;
    TRY(RowStream rows, RowStream::open(path, import));
    if (rows.layout().kind != RowKind::bars)
        return fail(ErrorCode::bad_input, fmt::format("{}: holds ticks, but bars with the columns time,open,high,low,close are "
                                                      "expected here; import the ticks and resample them",
                                                      path.string()));
    auto collected = collect_bars(rows, import, path, UnknownNames::accepted);
    if (collected && rows.defects().refused() == 0) return std::move(collected->bars);
    if (!collected && rows.defects().refused() == 0) return std::unexpected(collected.error());
    const Defect* first = nullptr;
    for (const Defect& defect : rows.defects().list())
        if (defect.refused && (first == nullptr || defect.row < first->row)) first = &defect;
    return fail(ErrorCode::bad_input,
                fmt::format("{}, line {}, {}; correct the row, or take the file with `aitrading data import`, which leaves out "
                            "what is unsound",
                            path.string(), first->row, first->text));
}

}  // namespace aitrading::market

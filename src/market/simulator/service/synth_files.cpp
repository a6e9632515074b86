#include "market/simulator/service/synth_files.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "kit/atomic_file.hpp"
#include "market/simulator/market_csv.hpp"
#include "market/simulator/other_market.hpp"
#include "market/simulator/ticks.hpp"

namespace aitrading::market {
namespace {

constexpr std::int64_t rows_per_piece = 8192;

/// Writes the header, then `rows` lines as `line(text)` appends them.
template <class Line>
Result<void> write_lines(const std::filesystem::path& out, std::string_view header, const SynthOptions& options,
                         const Line& line) {
    TRY(kit::AtomicFile file, kit::AtomicFile::create(out));
    std::string text(header);
    text += '\n';
    for (std::int64_t done = 0; done < options.rows;) {
        if (options.stop.stop_requested())
            return std::unexpected(Error{ErrorCode::interrupted,
                                         fmt::format("{}: stopped after {} of {} rows; nothing was written", out.string(),
                                                     done, options.rows), false});
        const std::int64_t end = std::min(done + rows_per_piece, options.rows);
        for (; done < end; ++done) line(text);
        TRY_VOID(file.write(text));
        text.clear();
        if (options.progress) options.progress(done);
    }
    return file.commit();
}

}  // namespace

const std::vector<std::string>& market_names() {
    static const std::vector<std::string> names{"market-strong", "market-realistic", "market-null", "market-other"};
    return names;
}

Result<NamedMarket> open_market(std::string_view name, std::uint64_t seed) {
    if (name == "market-other") {
        const OtherParameters parameters = draw_other_market(seed);
        return NamedMarket{std::make_unique<OtherMarket>(parameters, seed), std::make_unique<OtherFilter>(parameters)};
    }
    double strength = null_strength;
    if (name == "market-strong") strength = strong_strength;
    else if (name == "market-realistic") strength = realistic_strength;
    else if (name != "market-null")
        return std::unexpected(Error{ErrorCode::not_found, fmt::format("there is no market {}; there are {}", name,
                                                                       fmt::join(market_names(), ", ")), false});
    const MarketParameters parameters = specified_market(strength);
    return NamedMarket{std::make_unique<SyntheticMarket>(parameters, seed), std::make_unique<ExactFilter>(parameters)};
}

Result<void> write_synth(std::string_view name, const std::filesystem::path& out, const SynthOptions& options) {
    if (options.rows < 1)
        return std::unexpected(Error{ErrorCode::usage, fmt::format("--rows is {}; it must be at least 1", options.rows), false});
    if (name == "ticks") {
        TickSimulator ticks(options.seed);
        TickCsv csv(TickSimulator::digits);
        return write_lines(out, tick_header, options, [&](std::string& text) { csv.append(text, ticks.next()); });
    }
    TRY(const NamedMarket market, open_market(name, options.seed));
    return write_lines(out, options.judge ? judged_market_header : market_header, options, [&](std::string& text) {
        const MarketRow row = market.generator->next();
        if (!options.judge) return append_csv(text, row, std::nullopt);
        market.filter->update(row);
        append_csv(text, row, Judgement{market.filter->p_up_next(), row.regime});
    });
}

Result<MarketTable> load_market_table(const std::filesystem::path& path) {
    TRY(const std::string text, kit::read_file(path));
    return parse_market_table(text, path.string());
}

}  // namespace aitrading::market

#include "market/history/layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace aitrading::market {
namespace {

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return out;
}

/// Letters and digits between anything else.
std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words(1);
    for (const char c : text) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0)
            words.back() += c;
        else if (!words.back().empty())
            words.emplace_back();
    }
    if (words.back().empty()) words.pop_back();
    return words;
}

/// The pair that a word begins with: three letters and a usual quote currency (EURUSD, GBPUSDh1, XAUUSD, BTCUSDT).
std::string pair_in(const std::string& word) {
    static constexpr std::array<std::string_view, 26> quotes{
        "USD", "EUR", "JPY", "GBP", "CHF", "CAD", "AUD", "NZD", "SEK", "NOK", "DKK", "PLN", "HUF",
        "CZK", "TRY", "ZAR", "MXN", "SGD", "HKD", "CNH", "CNY", "INR", "KRW", "BRL", "ILS", "THB"};
    const std::string text = upper(word);
    if (text.size() < 6) return {};
    for (std::size_t i = 0; i < 6; ++i)
        if (text[i] < 'A' || text[i] > 'Z') return {};
    if (std::ranges::find(quotes, std::string_view(text).substr(3, 3)) == quotes.end()) return {};
    return text.substr(0, text.size() == 7 && text[6] == 'T' ? 7 : 6);
}

/// `XAU` and `USD` as neighbours: a pair written with something between.
std::string split_pair(const std::vector<std::string>& words) {
    for (std::size_t i = 0; i + 1 < words.size(); ++i)
        if (words[i].size() == 3 && words[i + 1].size() == 3)
            if (std::string pair = pair_in(words[i] + words[i + 1]); !pair.empty() && pair == words[i] + words[i + 1]) return pair;
    return {};
}

bool says_nothing(std::string_view word) {
    static constexpr std::array<std::string_view, 32> plain{
        "data",   "prices", "price",  "ticks", "tick",   "bars",    "bar",  "quotes",  "quote", "history",
        "export", "ohlc",   "ohlcv",  "sample", "csv",   "file",    "tmp",  "test",    "input", "output",
        "dat",    "ascii",  "market", "daily", "hourly", "minute",  "gz",   "zip",     "txt",   "rates",
        "bid",    "ask"};
    std::string lower(word);
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return std::ranges::find(plain, lower) != plain.end() || parse_timeframe(word).has_value() ||
           std::isalpha(static_cast<unsigned char>(word[0])) == 0;
}

}  // namespace

std::span<const Layout* const> layouts() {
    static constexpr std::array all{
        &histdata_layout,      &histdata_ticks_layout, &mt5_export_layout, &mt5_rates_layout,  &dukascopy_layout,
        &dukascopy_bi5_layout, &ejtrader_layout,       &lean_layout,       &lean_day_layout,   &truefx_layout,
        &binance_layout,       &cryptodatadownload_layout, &hst_layout,    &investing_layout,  &open_close_layout,
        &rates_table_layout,   &single_value_layout,   &generic_layout};
    return all;
}

std::string layout_names() {
    std::string out;
    for (const Layout* layout : layouts()) out += fmt::format("{}{}", out.empty() ? "" : " ", layout->name);
    return out;
}

Result<const Layout*> find_layout(std::string_view name, const Sample& sample, const LayoutOptions& options) {
    if (sample.lines.empty() && !sample.binary)
        return fail(ErrorCode::bad_input,
                    fmt::format("{}: the file holds no rows; export or download it again", sample.path.string()));
    if (name != "auto") {
        for (const Layout* layout : layouts()) {
            if (layout->name == name && layout->binary != sample.binary)
                return fail(ErrorCode::bad_input, fmt::format("{}: --format {} is {}, and this file is not; leave it out",
                                                              sample.path.string(), name, layout->binary ? "binary" : "text"));
            if (layout->name == name) return layout;
        }
        return fail(ErrorCode::usage, fmt::format("--format \"{}\" is not known; use one of auto {}", name, layout_names()));
    }
    const Layout* best = nullptr;
    int most = 0;
    for (const Layout* layout : layouts()) {
        if (layout->binary != sample.binary) continue;
        const int confidence = layout->confidence(sample, options);
        if (confidence <= most) continue;
        most = confidence;
        best = layout;
    }
    if (best != nullptr) return best;
    if (sample.binary)
        return fail(ErrorCode::bad_input,
                    fmt::format("{}: not a text file (it holds zero bytes), nor ticks of Dukascopy (.bi5) or bars of MetaTrader 4 "
                                "(.hst); export it as CSV",
                                sample.path.string()));
    return fail(ErrorCode::bad_input, fmt::format("{}, line 1: no known layout; name the columns with --columns",
                                                  sample.path.string()));
}

std::string symbol_in_name(const Sample& sample) {
    const std::vector<std::string> texts{sample.path.filename().string(), sample.inner_name,
                                         sample.path.parent_path().filename().string()};
    for (const std::string& text : texts)
        for (const std::string& word : words_of(text))
            if (std::string pair = pair_in(word); !pair.empty()) return pair;
    if (std::string pair = split_pair(words_of(texts[0])); !pair.empty()) return pair;
    for (const std::string& word : words_of(texts[0]))
        if (!says_nothing(word)) return word;
    return {};
}

Side side_in_name(const Sample& sample) {
    const std::vector<std::string> words = words_of(upper(sample.path.filename().string()));
    const bool bid = std::ranges::find(words, "BID") != words.end(), ask = std::ranges::find(words, "ASK") != words.end();
    return bid == ask ? Side::unknown : bid ? Side::bid : Side::ask;
}

}  // namespace aitrading::market

#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fixed.hpp"
#include "base/result.hpp"

namespace aitrading::market {

enum class InstrumentClass : std::uint8_t { fx, metal, index, energy, crypto, share };
/// `fx metal index energy crypto share`
std::string_view name(InstrumentClass kind);

/// What must be known of an instrument before its prices mean money.
struct Instrument {
    std::string symbol, title;
    InstrumentClass kind = InstrumentClass::fx;
    std::string base, quote;     ///< currency legs; `base` is empty for an index or oil
    int digits = 5;              ///< decimals of a quoted price
    Price pip;                   ///< what traders call one pip
    Quantity contract_size;      ///< units of the base in one lot
    Quantity lot_min, lot_step;  ///< in lots
    std::string hours, holidays; ///< as TradingHours::parse reads them
    std::optional<double> swap_long, swap_short;  ///< points a lot and night; empty: not known, brokers differ
    int triple_day = -1;         ///< weekday on which three nights are charged, 0 = Monday; -1: none
    int leverage_max = 30;       ///< margin class of a retail client under ESMA: 30, 20, 10, 5 or 2 to 1
    std::vector<std::string> aliases;

    Price point() const;  ///< one unit of the last digit
};

/// Names of the columns, in the order of the table.
const std::vector<std::string>& instrument_fields();
/// A field as the table writes it; empty where not known. @pre `field` is one of instrument_fields
std::string field_text(const Instrument& instrument, std::string_view field);
/// Sets a field from its text. @errors bad_input: what stands there and what is expected
Result<void> set_field(Instrument& instrument, std::string_view field, std::string_view text);

/// Instruments by symbol, with the names that people also use for them.
class InstrumentTable {
  public:
    /// The table that is compiled in: instruments.inc. @complexity parsed once per call
    static const InstrumentTable& built_in();

    /// Rows of a CSV with a header of instrument_fields (at least `symbol`) laid over this table: an empty field keeps what
    /// is known; a new symbol starts as an FX pair of 100,000 units and must name class, quote and digits.
    /// @param source names the text in messages @errors bad_input: source, line, field, what is expected
    Result<void> overlay(std::string_view csv, std::string_view source);

    /// By symbol or alias, in any case of letters; null where unknown.
    const Instrument* find(std::string_view symbol) const;
    /// In the order of the table.
    const std::vector<Instrument>& all() const { return all_; }

  private:
    Result<void> read_row(std::string_view line, const std::vector<std::string>& columns, std::string_view where);
    void index(std::size_t at);
    std::vector<Instrument> all_;
    std::map<std::string, std::size_t> by_name_;  ///< upper-case symbols and aliases
};

}  // namespace aitrading::market

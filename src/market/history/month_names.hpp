#pragma once

#include <cstddef>
#include <string_view>

#include "base/time.hpp"

namespace aitrading::market {

/// The month that a word names, whole or as usually shortened, in English, German, French, Spanish, Italian, Portuguese,
/// Dutch, Swedish, Polish, Turkish or Russian, in any case, with or without its accents, as UTF-8 or Latin-1; 0 for none.
int month_of_name(std::string_view word);

/// `17 March 2014`, `17. März 2014`, `Mar 17, 2014`, `17-mars-2014`, `17 de marzo de 2014`, `2014-Mar-17`: sets day, month and
/// year and how much was used. @pre nothing   @return false for any other text
bool read_named_date(std::string_view text, std::size_t& used, CivilTime& civil);

}  // namespace aitrading::market

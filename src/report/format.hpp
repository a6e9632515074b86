#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/fixed.hpp"
#include "base/time.hpp"
#include "domain/model.hpp"

namespace aitrading::report {

/// Text safe between tags and inside quoted attributes of HTML and XML: markup escaped, control characters dropped,
/// broken UTF-8 replaced by U+FFFD.
std::string escape(std::string_view text);

/// 1234567 as "1,234,567", with a true minus sign.
std::string grouped(std::int64_t value);
/// Thousands separated, exactly `digits` decimals; "n/a" where the value is not finite.
std::string number(double value, int digits);
/// As `number`, with + or − before every value that does not print as zero.
std::string signed_number(double value, int digits);
/// A share as "52.8 %" (no-break space).
std::string percent(double share, int digits = 1);
/// A share as "+2.4 %".
std::string signed_percent(double share, int digits = 1);
/// Decimals that an uncertainty of this half width justifies: two digits of the half width, 0..4.
int digits_for(double half_width);
/// "9,412 USD"; cents are shown below `cents_below` in absolute value.
std::string money(Money amount, const std::string& currency, double cents_below = 1000);
std::string signed_money(Money amount, const std::string& currency, double cents_below = 1000);
/// The number, or "n/a".
std::string number(const Figure& figure, int digits);
/// "<a> to <b>".
std::string interval(double low, double high, int digits);

/// 2019-05-31, UTC.
std::string date(UnixNanos time);
/// 2019-05-31 20:00, UTC.
std::string date_time(UnixNanos time);
/// HTML `<time>` of the day whose local time stands in the tooltip.
std::string html_time(UnixNanos time, bool with_clock);

/// "1 trade", "1,200 trades".
std::string counted(std::int64_t count, std::string_view singular, std::string_view plural);

/// Width of `text` in em of a usual sans-serif face: an estimate for margins, 5 % generous.
double width_em(std::string_view text);

}  // namespace aitrading::report

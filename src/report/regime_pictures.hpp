#pragma once

#include <string>
#include <vector>

#include "report/facts.hpp"
#include "report/page.hpp"
#include "report/picture.hpp"
#include "report/regime_path.hpp"

namespace aitrading::report {

// The pictures of regimes. Each may refer to what it is given until it is drawn.

/// Price in the colour of the regime that ruled each pixel, a lane for each regime under it. @pre series.known()
Picture regime_price_picture(const RegimePrices& series);
/// The latest stays close up, every bar in its regime's colour, named where there is room. @pre series.known()
Picture regime_close_up_picture(const RegimePrices& series);

/// Which regime follows which: share of the changes out of each, with counts; on the diagonal the share of bars that stay.
/// @pre figures.known > 0
Picture regime_transition_picture(const RegimeFigures& figures, const std::string& series);
/// Median length of the stays with its interval. @pre figures.known > 0
Picture regime_duration_picture(const RegimeFigures& figures, const std::string& series);
/// Share of the bars in each regime. @pre figures.known > 0
Picture regime_share_picture(const RegimeFigures& figures, const std::string& series);

/// Accuracy in each regime with its interval beside the majority rate of the same bars; the whole panel in the table.
/// @pre rows not empty
Picture regime_accuracy_picture(const std::string& model, const std::vector<RegimeRow>& rows);
/// Net result of a bar in each regime with its interval, over zero. @pre some row has net_bp
Picture regime_cost_picture(const std::vector<RegimeRow>& rows);

/// The section that every report shares: what followed what, how long it lasted and where the price was. Says what is
/// missing where no regime is known.
void add_regime_pictures(Page& page, const RegimePrices& series);

}  // namespace aitrading::report

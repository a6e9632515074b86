#pragma once

#include <string>
#include <utility>
#include <vector>

#include "report/picture.hpp"

namespace aitrading::report {

/// One of the four to six numbers under the verdict.
struct KeyFigure {
    std::string label, value, note;
    std::string style = {};  ///< gain, loss or empty
};

/// One self-contained HTML page: no network, no fonts, readable at 360 px, in the dark and on paper.
/// All text is escaped here; nothing that enters is trusted to be markup.
class Page {
  public:
    /// @param source line under each picture: where the values come from   @param command what was typed
    Page(std::string title, const std::string& kicker, std::string source, std::string command);

    void verdict(const std::string& sentence, const std::string& explanation);
    void figures(const std::vector<KeyFigure>& figures);
    void section(const std::string& heading, const std::string& lead = "");
    void heading(const std::string& text);
    void paragraph(const std::string& text);
    void list(const std::vector<std::string>& lines);
    void terms(const std::vector<std::pair<std::string, std::string>>& rows);
    /// What is not there and why, in one line.
    void missing(const std::string& what, const std::string& why);
    void picture(const Picture& picture);
    /// Two or three side by side where the screen is wide enough.
    void pictures(const std::vector<Picture>& pictures);
    void table(const DataTable& table, const std::string& caption = "", const std::string& subtitle = "");
    /// Boxes side by side, each with its own content from `begin_card` to `end_card`.
    void begin_cards();
    void begin_card(const std::string& title, const std::string& subtitle);
    void end_card();
    void end_cards();
    std::string finish();

  private:
    std::string svg_variants(const Picture& picture, std::size_t side_by_side);
    void figure(const Picture& picture, std::size_t side_by_side);
    std::string title_, source_, command_, body_;
    bool in_section_ = false, in_card_ = false;
    int pictures_ = 0;
};

}  // namespace aitrading::report

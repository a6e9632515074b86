#include "report/page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/format.hpp"
#include "report/style.hpp"

namespace aitrading::report {
namespace {

/// Escaped, with "95 %", "n = 30" and the parts of a date kept on one line.
std::string prose(const std::string& text) {
    std::string out;
    const auto digit = [&](std::size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '9'; };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool unit = text[i] == ' ' && i > 0 && digit(i - 1) && i + 1 < text.size() && text[i + 1] == '%';
        const bool equals = text[i] == ' ' && i > 0 && i + 1 < text.size() && (text[i + 1] == '=' || text[i - 1] == '=');
        out += unit || equals ? std::string("\u00a0") : std::string(1, text[i]);
        if (text[i] == '-' && i > 0 && digit(i - 1) && digit(i + 1)) out += "\u2060";  // word joiner
    }
    return escape(out);
}

std::string element(std::string_view tag, std::string_view css_class, const std::string& text) {
    if (text.empty()) return "";
    return css_class.empty() ? fmt::format("<{0}>{1}</{0}>\n", tag, prose(text))
                             : fmt::format("<{0} class=\"{1}\">{2}</{0}>\n", tag, css_class, prose(text));
}

std::string cell_attributes(const Cell& cell, bool right) {
    std::string css = right ? "r" : "";
    if (!cell.style.empty()) css += (css.empty() ? "" : " ") + cell.style;
    std::string out = css.empty() ? "" : " class=\"" + escape(css) + "\"";
    if (cell.share != 0 && std::isfinite(cell.share))
        out += fmt::format(" style=\"background:color-mix(in srgb,var(--{}) {:.0f}%,transparent)\"",
                           cell.share > 0 ? "blue" : "vermilion", std::min(1.0, std::abs(cell.share)) * 55);
    return out;
}

std::string table_html(const DataTable& table) {
    std::string out = "<div class=\"scroll\" tabindex=\"0\"><table><thead><tr>";
    for (const TableColumn& column : table.columns)
        out += fmt::format("<th scope=\"col\"{}>{}</th>", column.right ? " class=\"r\"" : "", escape(column.title));
    out += "</tr></thead><tbody>\n";
    for (const auto& row : table.rows) {
        out += "<tr>";
        for (std::size_t c = 0; c < row.size(); ++c) {
            const bool right = c < table.columns.size() && table.columns[c].right;
            out += fmt::format("<td{}>{}</td>", cell_attributes(row[c], right), row[c].time ? html_time(*row[c].time, true) : escape(row[c].text));
        }
        out += "</tr>\n";
    }
    return out + "</tbody></table></div>\n" + element("p", "sub", table.remark);
}

}  // namespace

Page::Page(std::string title, const std::string& kicker, std::string source, std::string command)
    : title_(std::move(title)), source_(std::move(source)), command_(std::move(command)) {
    body_ = "<header>" + element("p", "kicker", kicker) + element("h1", "", title_) + "</header>\n";
}

void Page::verdict(const std::string& sentence, const std::string& explanation) {
    body_ += element("p", "verdict", sentence) + element("p", "lead", explanation);
}

void Page::figures(const std::vector<KeyFigure>& figures) {
    body_ += "<dl class=\"figures\">";
    for (const KeyFigure& f : figures)
        body_ += fmt::format("<div><dt>{}</dt><dd class=\"v{}{}\">{}</dd><dd class=\"n\">{}</dd></div>", prose(f.label),
                             f.style.empty() ? "" : " ", f.style, prose(f.value), prose(f.note));
    body_ += "</dl>\n";
}

void Page::section(const std::string& heading, const std::string& lead) {
    if (in_section_) body_ += "</section>\n";
    in_section_ = true;
    body_ += "<section>\n" + element("h2", "", heading) + element("p", "", lead);
}

void Page::heading(const std::string& text) { body_ += element("h3", "", text); }
void Page::paragraph(const std::string& text) { body_ += element("p", "", text); }

void Page::list(const std::vector<std::string>& lines) {
    body_ += "<ul>";
    for (const std::string& line : lines) body_ += element("li", "", line);
    body_ += "</ul>\n";
}

void Page::terms(const std::vector<std::pair<std::string, std::string>>& rows) {
    body_ += "<dl class=\"terms\">";
    for (const auto& [term, text] : rows)
        body_ += fmt::format("<dt>{}</dt><dd>{}</dd>", escape(term), escape(text));
    body_ += "</dl>\n";
}

void Page::missing(const std::string& what, const std::string& why) {
    body_ += fmt::format("<p class=\"missing\"><strong>{}: not available.</strong> {}</p>\n", escape(what), escape(why));
}

std::string Page::svg_variants(const Picture& picture, std::size_t side_by_side) {
    const std::string description =
        picture.description.empty() ? picture.title + ". " + picture.subtitle : picture.description;
    const double wide = side_by_side <= 1 ? 1100 : side_by_side == 2 ? 534 : 312;
    const double middle = side_by_side <= 1 ? 720 : side_by_side == 2 ? 348 : 312;
    const Layout layouts[] = {{328, true}, {middle, middle < 500}, {wide, wide < 400}};
    constexpr std::string_view css[] = {"small", "middle", "wide"};
    std::string out;
    for (std::size_t i = 0; i < 3; ++i) {
        const std::string id = fmt::format("p{}{}", pictures_, css[i][0]);
        out += fmt::format("<div class=\"{}\">{}</div>", css[i],
                           picture.draw(layouts[i]).finish(id, picture.title, description));
    }
    ++pictures_;
    return out;
}

void Page::figure(const Picture& picture, std::size_t side_by_side) {
    body_ += "<figure><figcaption>" + element("h3", "", picture.title) + element("p", "sub", picture.subtitle) +
             "</figcaption>\n" + svg_variants(picture, side_by_side);
    if (!picture.table.rows.empty())
        body_ += "<details><summary>The numbers as a table</summary>" + table_html(picture.table) + "</details>\n";
    body_ += "<p class=\"source\">" + (source_.empty() ? "" : escape("Source: " + source_ + ". "));
    if (!command_.empty()) body_ += "<code>" + escape(command_) + "</code>";
    body_ += "</p></figure>\n";
}

void Page::picture(const Picture& picture) { figure(picture, in_card_ ? 3 : 1); }

void Page::pictures(const std::vector<Picture>& pictures) {
    if (pictures.empty()) return;
    body_ += fmt::format("<div class=\"beside n{}\">\n", std::min<std::size_t>(pictures.size(), 3));
    for (const Picture& p : pictures) figure(p, std::min<std::size_t>(pictures.size(), 3));
    body_ += "</div>\n";
}

void Page::table(const DataTable& table, const std::string& caption, const std::string& subtitle) {
    body_ += "<div class=\"table\">" + element("h3", "", caption) + element("p", "sub", subtitle) + table_html(table) + "</div>\n";
}

void Page::begin_cards() { body_ += "<div class=\"cards\">\n"; }

void Page::begin_card(const std::string& title, const std::string& subtitle) {
    in_card_ = true;
    body_ += "<article>" + element("h3", "", title) + element("p", "sub", subtitle);
}

void Page::end_card() {
    in_card_ = false;
    body_ += "</article>\n";
}

void Page::end_cards() { body_ += "</div>\n"; }

std::string Page::finish() {
    if (in_section_) body_ += "</section>\n";
    in_section_ = false;
    return fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
        "<meta name=\"color-scheme\" content=\"light dark\"/>\n<title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n"
        "<main>\n{}</main>\n<script>\n{}</script>\n</body>\n</html>\n",
        escape(title_), style_sheet(), body_, hover_script());
}

}  // namespace aitrading::report

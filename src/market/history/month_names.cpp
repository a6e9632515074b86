#include "market/history/month_names.hpp"

#include <array>
#include <string>

namespace aitrading::market {
namespace {

/// Each month's names between blanks, folded as by `folded`.
constexpr std::array<std::string_view, 12> month_names{
    " jan january januar janvier janv ene enero gen gennaio janeiro januari sty styczen stycznia ocak oca янв январь января ",
    " feb february februar fev fevr fevrier febrero febbraio fevereiro februari lut luty lutego sub subat фев февр февраль февраля ",
    " mar march marz maerz mrz mars marzo marco maart mrt marzec marca mart мар март марта ",
    " apr april avr avril abr abril aprile kwi kwiecien kwietnia nis nisan апр апрель апреля ",
    " may mai mayo mag maggio maio mei maj maja mayis май мая ",
    " jun june juni juin junio giu giugno junho cze czerwiec czerwca haz haziran июн июнь июня ",
    " jul july juli juil juillet julio lug luglio julho lip lipiec lipca tem temmuz июл июль июля ",
    " aug august augusti augustus aout aou ago agosto sie sierpien sierpnia agu agustos авг август августа ",
    " sep sept september septembre septiembre set settembre setembro wrz wrzesien wrzesnia eyl eylul сен сент сентябрь сентября ",
    " oct october okt oktober octobre octubre ott ottobre out outubro paz pazdziernik pazdziernika eki ekim окт октябрь октября ",
    " nov november novembre noviembre novembro lis listopad listopada kas kasim ноя нояб ноябрь ноября ",
    " dec december dez dezember decembre dic diciembre dicembre dezembro gru grudzien grudnia ara aralik дек декабрь декабря "};

constexpr std::string_view latin_letters =  // of U+00C0 to U+00FF
    "aaaaaaaceeeeiiiidnooooo ouuuuytsaaaaaaaceeeeiiiidnooooo ouuuuyty";

char fold_latin_extended(unsigned char lead, unsigned char next) {
    if (lead == 0xC4) return next <= 0x85 ? 'a' : next <= 0x8D ? 'c' : next >= 0x92 && next <= 0x9B ? 'e' : next == 0x9F ? 'g' : 'i';
    return next >= 0x81 && next <= 0x82 ? 'l' : next <= 0x88 ? 'n' : next >= 0x99 && next <= 0xA1 ? 's' : next >= 0xB9 ? 'z' : 'u';
}

/// Small letters without accents; Cyrillic small, as UTF-8.
std::string folded(std::string_view word) {
    std::string out;
    for (std::size_t i = 0; i < word.size(); ++i) {
        const auto c = static_cast<unsigned char>(word[i]);
        const auto next = static_cast<unsigned char>(i + 1 < word.size() ? word[i + 1] : 0);
        const bool pair = next >= 0x80 && next < 0xC0;
        if (c < 0x80) {
            out += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
        } else if (pair && (c == 0xD0 || c == 0xD1)) {
            const bool capital = c == 0xD0 && next >= 0x90 && next < 0xB0;
            const int letter = (c - 0xD0) * 64 + next + (capital ? 32 : 0);  // offset from U+0400 - 0x80
            out += static_cast<char>(letter >= 0xC0 ? 0xD1 : 0xD0);
            out += static_cast<char>(letter >= 0xC0 ? letter - 64 : letter);
            ++i;
        } else if (pair && c == 0xC3) {
            out += latin_letters[next - 0x80U];
            ++i;
        } else if (pair && (c == 0xC4 || c == 0xC5)) {
            out += fold_latin_extended(c, next);
            ++i;
        } else if (c >= 0xC0) {
            out += latin_letters[c - 0xC0U];
        } else {
            return {};
        }
    }
    return out;
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

int month_of_name(std::string_view word) {
    constexpr std::size_t word_max = 32;
    if (word.size() < 3 || word.size() > word_max || word.find(' ') != std::string_view::npos) return 0;
    const std::string wanted = " " + folded(word) + " ";
    if (wanted.size() < 5) return 0;
    for (std::size_t month = 0; month < month_names.size(); ++month)
        if (month_names[month].find(wanted) != std::string_view::npos) return static_cast<int>(month) + 1;
    return 0;
}

bool read_named_date(std::string_view text, std::size_t& used, CivilTime& civil) {
    constexpr std::size_t numbers_max = 2;
    int month = 0, day = -1, year = -1;
    std::size_t at = 0, numbers = 0;
    while (at < text.size() && (month == 0 || numbers < numbers_max)) {
        const std::size_t begin = at;
        if (is_digit(text[at])) {
            int value = 0;
            while (at < text.size() && is_digit(text[at]) && at - begin < 5) value = value * 10 + (text[at++] - '0');
            if (++numbers > numbers_max) return false;
            if (at - begin == 4)
                year = value;
            else if (at - begin <= 2)
                day = value;
            else
                return false;
        } else if (is_letter(text[at])) {
            while (at < text.size() && is_letter(text[at])) ++at;
            const std::string_view word = text.substr(begin, at - begin);
            if (word == "de") continue;
            if (month != 0 || (month = month_of_name(word)) == 0) return false;
        } else if (at > 0 && std::string_view(" -./,").find(text[at]) != std::string_view::npos) {
            ++at;
        } else {
            return false;
        }
    }
    if (month == 0 || day < 0 || year < 0) return false;
    civil.day = day, civil.month = month, civil.year = year;
    used = at;
    return true;
}

}  // namespace aitrading::market

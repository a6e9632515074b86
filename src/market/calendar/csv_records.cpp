#include "market/calendar/csv_records.hpp"

namespace aitrading::market {

CsvRecords::CsvRecords(std::string_view text, char separator) : rest_(text), separator_(separator) {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
}

/// Reads one field; true where another follows in the record.
bool CsvRecords::read_field(std::string& field) {
    std::size_t at = 0;
    if (!rest_.empty() && rest_[0] == '"') {
        for (at = 1; at < rest_.size(); ++at) {
            if (rest_[at] == '"') {
                if (at + 1 >= rest_.size() || rest_[at + 1] != '"') break;
                ++at;
            }
            next_line_ += rest_[at] == '\n' ? 1 : 0;
            field += rest_[at];
        }
        at = at < rest_.size() ? at + 1 : at;
    }
    for (; at < rest_.size() && rest_[at] != separator_ && rest_[at] != '\n'; ++at) field += rest_[at];
    const bool more = at < rest_.size() && rest_[at] == separator_;
    if (!more) {
        if (field.ends_with('\r')) field.pop_back();
        ++next_line_;
    }
    rest_.remove_prefix(at < rest_.size() ? at + 1 : at);
    return more;
}

bool CsvRecords::next(std::vector<std::string>& fields) {
    while (!rest_.empty()) {
        fields.clear();
        line_ = next_line_;
        while (read_field(fields.emplace_back())) {
        }
        if (fields.size() > 1 || !fields[0].empty()) return true;
    }
    return false;
}

std::string csv_field(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + '"';
}

}  // namespace aitrading::market

#include "report/provenance.hpp"

namespace aitrading::report {

std::string source_line(const Provenance& provenance, const std::string& series) {
    return provenance.data.empty() ? series : provenance.data;
}

void add_protocol(Page& page, const std::vector<std::string>& protocol, const Provenance& provenance) {
    page.section("Protocol and how to make it again");
    if (protocol.empty())
        page.missing("Protocol", "The caller stated none.");
    else
        page.list(protocol);
    std::vector<std::pair<std::string, std::string>> rows;
    const auto add = [&](const char* term, const std::string& text) {
        if (!text.empty()) rows.emplace_back(term, text);
    };
    add("Command", provenance.command_line);
    add("Data", provenance.data);
    add("Version", provenance.version);
    add("Seed", provenance.seed);
    add("Hash of the result", provenance.hash);
    for (const auto& [term, text] : provenance.more) add(term.c_str(), text);
    if (!rows.empty()) page.terms(rows);
}

}  // namespace aitrading::report

#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "domain/market.hpp"
#include "market/history/import.hpp"

namespace CLI {
class App;
}

namespace aitrading::apps {

struct Context;
using Json = nlohmann::ordered_json;

/// The keys of `files[]`, `defects[]` and `series[]` in the contract of the command line.
Json to_json(const market::ImportReport& report);
Json to_json(const market::Defect& defect);
Json to_json(const SeriesInfo& info);
/// `bid`, `bid+ask` or `bid+spread`.
std::string sides_of(const SeriesInfo& info);
/// One document on stdout; bytes of file names that are no UTF-8 are replaced.
void print_json(const Json& document);

/// `data check`, `data export` and `data resample`, which read what is stored.
void add_data_tools(CLI::App& group, Context& context);

}  // namespace aitrading::apps

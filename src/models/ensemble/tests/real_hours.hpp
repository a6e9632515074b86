#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <zlib.h>

#include "domain/market.hpp"

namespace aitrading::models::testing_hours {

inline std::filesystem::path shared_file(const char* name) {
    const char* root = std::getenv("AITRADING_SHARED");
    return (root != nullptr ? std::filesystem::path(root)
                            : std::filesystem::path(AIT_SOURCE_DIR) / ".." / "shared") /
           "data" / name;
}

/// `YYYY-MM-DD HH:MM,open,high,low,close,volume` up to a date, bars with high < low left out.
inline BarColumns read_hours(const std::filesystem::path& path, const std::string& before) {
    BarColumns bars;
    bars.key = {"EURUSD", Timeframe::h1};
    gzFile file = gzopen(path.c_str(), "rb");
    char line[256];
    while (file != nullptr && gzgets(file, line, sizeof line) != nullptr) {
        char date[11], clock[6];
        double o, h, l, c, v;
        if (std::sscanf(line, "%10s %5[0-9:],%lf,%lf,%lf,%lf,%lf", date, clock, &o, &h, &l, &c, &v) != 7)
            continue;
        if (date >= before || h < l || l <= 0) continue;
        bars.append({*parse_iso8601(std::string(date) + "T" + clock), Price::from_double(o),
                     Price::from_double(h), Price::from_double(l), Price::from_double(c),
                     Quantity::from_double(v)});
    }
    if (file != nullptr) gzclose(file);
    return bars;
}

}  // namespace aitrading::models::testing_hours

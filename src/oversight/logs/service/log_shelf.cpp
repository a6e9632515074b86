#include "oversight/logs/service/log_shelf.hpp"

#include <algorithm>

namespace aitrading::logs {

bool fits(const LogQuery& query, const kit::LogRecord& record) {
    if (record.tenant != query.tenant || record.level < query.least) return false;
    if (!query.service.empty() && record.service != query.service) return false;
    return query.trace.empty() || (record.trace && record.trace->traceparent().substr(3, 32) == query.trace);
}

void LogShelf::put(const kit::LogRecord& record) {
    const std::lock_guard lock(mutex_);
    records_.push_back(record);
    if (records_.size() > most_) records_.pop_front();
}

std::vector<kit::LogRecord> LogShelf::find(const LogQuery& query) const {
    std::vector<kit::LogRecord> out;
    const std::lock_guard lock(mutex_);
    for (auto record = records_.rbegin(); record != records_.rend() && out.size() < query.most; ++record)
        if (fits(query, *record)) out.push_back(*record);
    std::ranges::reverse(out);
    return out;
}

}  // namespace aitrading::logs

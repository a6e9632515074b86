#include "kit/events/committing.hpp"

#include <algorithm>
#include <map>

namespace aitrading::kit {

std::vector<ports::Position> last_positions(const std::vector<ports::Delivery>& polled) {
    std::map<int, std::int64_t> last;
    for (const ports::Delivery& d : polled) last[d.position.partition] = std::max(last[d.position.partition], d.position.offset);
    std::vector<ports::Position> out;
    out.reserve(last.size());
    for (const auto& [partition, offset] : last) out.push_back({partition, offset});
    return out;
}

Result<bool> commit_or_poll_again(ports::Subscription& member, const ports::Commit& step) {
    if (auto done = member.commit(step); !done) {
        if (!done.error().retry_helps) return std::unexpected(done.error());
        member.rewind();
        return false;
    }
    return true;
}

}  // namespace aitrading::kit

#include "aitrading/v1/database.pb.h"
#include "serving/database/service/database_state.hpp"

namespace aitrading::serving {
namespace {

std::unexpected<Error> none_yet() { return fail(ErrorCode::failed, "histories are not available in this build yet"); }

Result<v1::ListHistoriesReply> list_histories(DatabaseState&, const DatabaseStores&, const v1::ListHistoriesRequest&, const kit::Call&) { return none_yet(); }

Result<v1::ReadHistoryReply> read_history(DatabaseState&, const DatabaseStores&, const v1::ReadHistoryRequest&, const kit::Call&) { return none_yet(); }

}  // namespace

void add_history_requests(kit::RequestHandlers& handlers, const std::shared_ptr<DatabaseState>& state) {
    answer(handlers, state, "aitrading.v1.SeriesService/ListHistories", list_histories);
    answer(handlers, state, "aitrading.v1.SeriesService/ReadHistory", read_history);
}

}  // namespace aitrading::serving

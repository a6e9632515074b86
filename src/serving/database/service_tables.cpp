#include "serving/database/service_tables.hpp"

namespace aitrading::serving {

using ports::ColumnType;

ports::TableSchema service_writes_table() {
    return {.name = "service_writes",
            .columns = {{"key", ColumnType::text}, {"print", ColumnType::text}, {"written", ColumnType::integer}, {"at", ColumnType::time}},
            .key = {"key"},
            .indexes = {{"by_time", {"at"}, false}}};
}

ports::TableSchema object_labels_table() {
    return {.name = "object_labels", .columns = {{"object", ColumnType::text}, {"label", ColumnType::text}}, .key = {"object"}, .indexes = {{"by_label", {"label"}, false}}};
}

bool is_service_table(std::string_view table) { return table == "service_writes" || table == "object_labels"; }

}  // namespace aitrading::serving

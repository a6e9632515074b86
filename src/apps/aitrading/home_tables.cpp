#include "apps/aitrading/home_tables.hpp"

#include "serving/database/service_tables.hpp"

namespace aitrading::apps {

std::filesystem::path tables_file(const std::filesystem::path& home) { return home / "tables" / "tables.sqlite"; }

std::vector<ports::Migration> home_migrations() {
    using ports::ColumnType;
    const ports::TableSchema users{.name = "users",
                                   .columns = {{"id", ColumnType::text},
                                               {"email", ColumnType::text},
                                               {"name", ColumnType::text},
                                               {"role", ColumnType::text},
                                               {"disabled", ColumnType::boolean},
                                               {"created", ColumnType::time}},
                                   .key = {"id"},
                                   .indexes = {{"by_email", {"email"}, true}}};
    const ports::TableSchema strategies{.name = "strategies",
                                        .columns = {{"id", ColumnType::text},
                                                    {"name", ColumnType::text},
                                                    {"kind", ColumnType::text},
                                                    {"settings", ColumnType::text},  // JSON
                                                    {"active", ColumnType::boolean},
                                                    {"changed", ColumnType::time}},
                                        .key = {"id"},
                                        .indexes = {{"by_name", {"name"}, true}}};
    const ports::TableSchema metadata{.name = "metadata",
                                      .columns = {{"kind", ColumnType::text}, {"id", ColumnType::text}, {"value", ColumnType::text}, {"changed", ColumnType::time}},
                                      .key = {"kind", "id"}};
    // One row a day and kind of use (`predictions`, `requests`, …): what a quota and an invoice add up.
    const ports::TableSchema usage{.name = "usage",
                                   .columns = {{"account", ColumnType::text}, {"day", ColumnType::integer}, {"kind", ColumnType::text}, {"amount", ColumnType::integer}},
                                   .key = {"account", "day", "kind"}};
    return {{"0001-users", {ports::CreateTable{users}}},
            {"0002-strategies", {ports::CreateTable{strategies}}},
            {"0003-metadata", {ports::CreateTable{metadata}}},
            {"0004-usage", {ports::CreateTable{usage}}},
            {"0005-service-writes", {ports::CreateTable{serving::service_writes_table()}}},
            {"0006-object-labels", {ports::CreateTable{serving::object_labels_table()}}}};
}

std::set<std::string, std::less<>> open_tables_of_users() { return {"strategies", "metadata"}; }

}  // namespace aitrading::apps

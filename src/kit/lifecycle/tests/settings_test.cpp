#include "kit/lifecycle/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kit/atomic_file.hpp"
#include "kit/lifecycle/service_table.hpp"

namespace aitrading::kit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Settings::Environment environment(std::map<std::string, std::string> values) {
    return [values = std::move(values)](const std::string& name) -> std::optional<std::string> {
        const auto found = values.find(name);
        return found == values.end() ? std::nullopt : std::optional(found->second);
    };
}

std::vector<SettingSpec> specs() {
    return {{.name = "LEVEL", .kind = SettingKind::choice, .fallback = "info", .choices = {"debug", "info"}, .hot = true},
            {.name = "THRESHOLD", .service = "a", .kind = SettingKind::number, .fallback = "0.7", .hot = true},
            {.name = "KEY", .service = "a", .secret = true},
            {.name = "PAIRS", .service = "b", .kind = SettingKind::list, .fallback = "EURUSD, XAUUSD,"},
            {.name = "URL", .service = "b", .kind = SettingKind::url}};
}

TEST(settings, the_environment_wins_over_the_file_and_the_file_over_the_default) {
    const auto settings = Settings::load(specs(), environment({{"LEVEL", "debug"}, {"KEY", "k"}, {"URL", ""}}), {{"LEVEL", "info"}, {"THRESHOLD", "0.9"}});
    ASSERT_TRUE(settings) << settings.error().text;
    EXPECT_EQ((*settings)->text("LEVEL"), "debug");
    EXPECT_EQ((*settings)->number("THRESHOLD"), 0.9);
    EXPECT_THAT((*settings)->list("PAIRS"), ElementsAre("EURUSD", "XAUUSD"));
    EXPECT_EQ((*settings)->text("URL"), "");
    const auto shown = (*settings)->shown();
    EXPECT_EQ(shown[1].spec.name, "KEY");
    EXPECT_EQ(shown[1].value, "***");
    EXPECT_EQ(shown[1].origin, Settings::Origin::environment);
    EXPECT_EQ(shown[2].origin, Settings::Origin::file);
}

TEST(settings, refuses_what_does_not_fit_and_never_repeats_a_secret) {
    for (const auto& [name, value] : std::map<std::string, std::string>{{"LEVEL", "loud"}, {"THRESHOLD", "0,7"}, {"URL", "host"}, {"THRESHOLD", "nan"}}) {
        const auto refused = Settings::load(specs(), environment({{name, value}}), {});
        ASSERT_FALSE(refused) << name;
        EXPECT_THAT(refused.error().text, HasSubstr(name));
    }
    auto with_secret_number = specs();
    with_secret_number[2].kind = SettingKind::integer;
    EXPECT_THAT(Settings::load(with_secret_number, environment({{"KEY", "hunter2"}}), {}).error().text, ::testing::Not(HasSubstr("hunter2")));
    EXPECT_FALSE(Settings::load(specs(), environment({}), {{"LEVLE", "info"}}));
}

TEST(settings, a_reload_changes_all_hot_ones_or_nothing) {
    const auto settings = Settings::load(specs(), environment({{"LEVEL", "debug"}}), {});
    std::vector<std::string> seen;
    (*settings)->on_change("THRESHOLD", [&](const std::string& value) { seen.push_back(value); });
    EXPECT_FALSE((*settings)->reload({{"THRESHOLD", "0.8"}, {"URL", "nonsense"}}));
    EXPECT_EQ((*settings)->number("THRESHOLD"), 0.7);
    const auto done = (*settings)->reload({{"THRESHOLD", "0.8"}, {"LEVEL", "info"}, {"URL", "http://h"}});
    ASSERT_TRUE(done);
    EXPECT_THAT(done->changed, ElementsAre("THRESHOLD"));
    EXPECT_THAT(done->need_restart, ElementsAre("URL"));
    EXPECT_EQ((*settings)->text("LEVEL"), "debug") << "the environment wins";
    EXPECT_EQ((*settings)->text("URL"), "");
    EXPECT_TRUE((*settings)->reload({}));
    EXPECT_THAT(seen, ElementsAre("0.8", "0.7"));
}

TEST(settings, a_change_event_holds_at_once_and_survives_a_reload) {
    const auto settings = Settings::load(specs(), environment({{"LEVEL", "debug"}}), {});
    EXPECT_EQ((*settings)->apply("THRESHOLD", "0.6"), true);
    EXPECT_TRUE((*settings)->reload({{"THRESHOLD", "0.9"}}));
    EXPECT_EQ((*settings)->number("THRESHOLD"), 0.6);
    EXPECT_EQ((*settings)->apply("THRESHOLD", ""), true);
    EXPECT_EQ((*settings)->number("THRESHOLD"), 0.7);
    EXPECT_EQ((*settings)->apply("LEVEL", "info"), false);
    EXPECT_EQ((*settings)->apply("URL", "http://h").error().code, ErrorCode::usage);
    EXPECT_EQ((*settings)->apply("NONE", "x").error().code, ErrorCode::not_found);
    EXPECT_EQ((*settings)->apply("THRESHOLD", "x").error().code, ErrorCode::bad_input);
}

TEST(service_table, reads_the_projects_own_and_opens_the_gateway_alone) {
    const auto text = read_file(AIT_SOURCE_DIR "/services.toml");
    ASSERT_TRUE(text) << text.error().text;
    const auto table = parse_service_table(*text, "services.toml");
    ASSERT_TRUE(table) << table.error().text;
    EXPECT_EQ(table->find("log-service")->port, 8025);
    std::vector<std::string> open;
    for (const ServiceSpec& service : table->services)
        if (service.address != "127.0.0.1") open.push_back(service.name);
    EXPECT_THAT(open, ElementsAre("api-gateway"));
    const auto order = start_order(*table, {"telegram-service"});
    ASSERT_TRUE(order);
    EXPECT_EQ(order->front().name, "database-service");
    EXPECT_EQ(order->back().name, "telegram-service");
}

TEST(service_table, says_where_it_is_wrong) {
    const std::string a = "[[service]]\nname = \"a\"\nport = 1\n";
    const std::vector<std::pair<std::string, std::string>> cases{
        {"[[service]]\nname = \"a\"\n", "port 0"},
        {a + "colour = \"red\"\n", "colour"},
        {a + "listens = \"nowhere\"\n", "listens"},
        {a + "needs = [\"b\"]\n", "b, which is no service"},
        {a + "needs = [1]\n", "list of texts"},
        {a + "[[service]]\nname = \"a\"\nport = 2\n", "twice"},
        {a + "[[service]]\nname = \"b\"\nport = 1\n", "port 1 is given to a and b"},
        {a + "needs = [\"b\"]\n[[service]]\nname = \"b\"\nport = 2\nneeds = [\"a\"]\n", "circle"},
        {"[[setting]]\nname = \"S\"\nkind = \"number\"\ndefault = \"x\"\n", "a number is expected"},
        {"[[setting]]\nname = \"S\"\nkind = \"colour\"\n", "kind 'colour'"},
        {"[[setting]]\nname = \"S\"\nservice = \"a\"\n", "no service"},
        {"[service]\n", "[[service]]"},
        {"name = \n", "line 1"},
    };
    for (const auto& [text, says] : cases) {
        const auto table = parse_service_table(text, "t.toml");
        ASSERT_FALSE(table) << text;
        EXPECT_THAT(table.error().text, HasSubstr(says));
        EXPECT_THAT(table.error().text, HasSubstr("t.toml"));
    }
    EXPECT_THAT(start_order(*parse_service_table(a, "t"), {"c"}).error().text, HasSubstr("there are: a"));
}

}  // namespace
}  // namespace aitrading::kit

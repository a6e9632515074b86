#include "models/registry/service/promotions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "kit/atomic_file.hpp"
#include "models/registry/tests/registry_home.hpp"

namespace aitrading::models {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

constexpr const char* no_skill = R"({"n":1200,"majority_rate":0.5,"accuracy_ci95":[0.48,0.53],"log_loss_skill":-0.001,"ece":0.01,"ece_noise_p95":0.02,)"
                                 R"("net_sharpe_1x":-1,"dsr":0.1})";

class PromotionsTest : public testing::Test {
  protected:
    int keep(const std::string& bytes, const char* panel = RegistryHome::good_panel) { return *home_.store().store(RegistryHome::model("m", bytes, panel)); }
    Result<Change> promote(int version) { return home_.promotions().promote(RegistryHome::promotion("m", version)); }
    Result<Change> back(const RollbackRequest& request = {}) { return home_.promotions().rollback(request); }
    int serving() { return home_.promotions().in_production()->at(0).version; }

    RegistryHome home_{"promotions"};
};

TEST_F(PromotionsTest, one_version_serves_and_a_rollback_brings_the_one_before) {
    for (const char* bytes : {"a", "b", "c"}) keep(bytes);
    EXPECT_TRUE(home_.promotions().in_production()->empty());
    ASSERT_TRUE(promote(1));
    const auto second = promote(3);
    ASSERT_TRUE(second) << second.error().text;
    EXPECT_EQ(home_.promotions().in_production()->size(), 1U) << "one alias for the series and label";
    EXPECT_EQ(serving(), 3);
    EXPECT_EQ(second->before, 1);
    EXPECT_EQ(second->content, home_.store().show("m", 3)->content_hash);
    const auto undone = back();
    ASSERT_TRUE(undone) << undone.error().text;
    EXPECT_EQ(serving(), 1);
    EXPECT_EQ(undone->reason, "back from m version 3");
    EXPECT_EQ(back().error().code, ErrorCode::not_found);
    EXPECT_EQ(home_.promotions().history()->size(), 3U);
    EXPECT_EQ(home_.promotions().history()->at(1), *second) << "nothing of the record changes";
}

TEST_F(PromotionsTest, promoting_what_serves_changes_nothing) {
    keep("a");
    ASSERT_TRUE(promote(1));
    EXPECT_EQ(promote(1)->id, 1);
    EXPECT_EQ(home_.promotions().history()->size(), 1U);
}

TEST_F(PromotionsTest, a_panel_that_fails_needs_force_and_a_reason_that_is_kept) {
    keep("a", no_skill);
    const auto refused = promote(1);
    EXPECT_EQ(refused.error().code, ErrorCode::gate_refused);
    EXPECT_THAT(refused.error().text, AllOf(HasSubstr("refused  log-loss skill: -0.0010"), HasSubstr("refused  net Sharpe"), HasSubstr("passed   scored bars")));
    EXPECT_TRUE(home_.promotions().in_production()->empty());
    for (const char* reason : {"", "  \n"})
        EXPECT_EQ(home_.promotions().promote(RegistryHome::forced("m", 1, reason)).error().code, ErrorCode::usage);
    const auto forced = home_.promotions().promote(RegistryHome::forced("m", 1, "paper trading only"));
    ASSERT_TRUE(forced) << forced.error().text;
    const Change kept = home_.promotions().history()->at(0);
    EXPECT_TRUE(kept.forced);
    EXPECT_EQ(kept.reason, "paper trading only");
    EXPECT_THAT(kept.gates, HasSubstr("refused  log-loss skill"));
    EXPECT_EQ(kept, *forced);
}

TEST_F(PromotionsTest, force_is_no_mark_where_every_gate_passes) {
    keep("a");
    EXPECT_FALSE(home_.promotions().promote(RegistryHome::forced("m", 1, "to be sure"))->forced);
}

TEST_F(PromotionsTest, damage_cannot_be_forced) {
    keep("a");
    keep("b");
    ASSERT_TRUE(promote(1));
    ASSERT_TRUE(promote(2));
    const fs::path file = home_.models() / "m" / "1" / "model.bin";
    fs::permissions(file, fs::perms::owner_write, fs::perm_options::add);
    std::ofstream(file) << "z";
    EXPECT_EQ(home_.promotions().promote(RegistryHome::forced("m", 1, "please")).error().code, ErrorCode::gate_refused);
    EXPECT_EQ(back().error().code, ErrorCode::gate_refused);
    EXPECT_EQ(serving(), 2) << "what served goes on serving";
}

TEST_F(PromotionsTest, each_series_and_label_has_its_own) {
    keep("a");
    StoredModel other = RegistryHome::model("n");
    other.metadata.label = "volatility(120)";
    ASSERT_TRUE(home_.store().store(other));
    ASSERT_TRUE(promote(1));
    ASSERT_TRUE(home_.promotions().promote(RegistryHome::promotion("n", 1)));
    EXPECT_EQ(home_.promotions().in_production()->size(), 2U);
    EXPECT_EQ(back().error().code, ErrorCode::usage);
    EXPECT_THAT(back().error().text, AllOf(HasSubstr("EURUSD H1 next_bar: m version 1"), HasSubstr("EURUSD H1 volatility(120): n version 1")));
    EXPECT_THAT(back({.label = "volatility( 120 )"}).error().text, HasSubstr("n version 1 serves EURUSD H1 volatility(120), and nothing served it before"));
    EXPECT_THAT(back({.symbol = "GBPUSD"}).error().text, HasSubstr("there is:\n  EURUSD H1 next_bar"));
}

TEST_F(PromotionsTest, what_is_not_there_is_said) {
    EXPECT_EQ(promote(1).error().code, ErrorCode::not_found);
    EXPECT_THAT(back().error().text, HasSubstr("nothing is in production"));
    EXPECT_FALSE(fs::exists(home_.models())) << "asking writes nothing";
    keep("a");
    EXPECT_THAT(promote(2).error().text, HasSubstr("there are 1"));
}

TEST_F(PromotionsTest, a_version_whose_folder_was_changed_or_went_away_is_refused) {
    keep("a");
    keep("b");
    // A sound version in the place of another: its own checksums agree, the registry's do not.
    const fs::path first = home_.models() / "m" / "1", second = home_.models() / "m" / "2";
    fs::rename(first, home_.path() / "kept");
    fs::copy(second, first, fs::copy_options::recursive);
    for (const auto& code : {home_.store().load("m", 1).error(), home_.store().show("m", 1).error()}) {
        EXPECT_EQ(code.code, ErrorCode::gate_refused);
        EXPECT_THAT(code.text, HasSubstr("versions do not change"));
    }
    EXPECT_THAT(home_.store().list()->at(0).damage, HasSubstr("versions do not change"));
    fs::remove_all(first);
    EXPECT_EQ(home_.store().load("m", 1).error().code, ErrorCode::gate_refused);
    EXPECT_NE(home_.store().list()->at(0).damage, "") << "a version that went away is still known";
    fs::remove_all(second);
    EXPECT_EQ(keep("c"), 3) << "no number is given twice";
    fs::rename(home_.path() / "kept", first);
    EXPECT_TRUE(home_.store().load("m", 1)) << "put back";
}

TEST_F(PromotionsTest, equal_contents_have_one_hash_whatever_version_they_are) {
    keep("a");
    keep("a");
    EXPECT_EQ(home_.store().show("m", 1)->content_hash, home_.store().show("m", 2)->content_hash);
    EXPECT_EQ(home_.store().show("m", 2)->metadata.version, 2);
    EXPECT_EQ(home_.store().show("m", 1)->content_hash.size(), 64U);
    StoredModel other = RegistryHome::model("m", "a");
    other.metadata.seed = 2;
    ASSERT_TRUE(home_.store().store(other));
    EXPECT_NE(home_.store().show("m", 1)->content_hash, home_.store().show("m", 3)->content_hash);
}

TEST_F(PromotionsTest, a_copied_version_is_one_in_another_home) {
    keep("a");
    keep("b");
    const fs::path out = home_.path() / "out" / "copy";
    const auto entry = home_.store().copy_out("m", 1, out / "");
    ASSERT_TRUE(entry) << entry.error().text;
    EXPECT_THAT(home_.store().copy_out("m", 2, out).error().text, HasSubstr("is there already"));
    const RegistryHome other("promotions_other");
    fs::create_directories(other.models() / "m");
    fs::copy(out, other.models() / "m" / "5", fs::copy_options::recursive);
    const auto loaded = other.store().load("m");
    ASSERT_TRUE(loaded) << loaded.error().text;
    EXPECT_EQ(loaded->bytes, "a");
    EXPECT_EQ(loaded->metadata.version, 5) << "the folder decides";
    EXPECT_EQ(other.store().show("m")->content_hash, entry->content_hash);
    EXPECT_EQ(*other.store().store(RegistryHome::model("m")), 6);
}

/// The layout before the registry: format 1 of metadata and checksums, no registry file.
TEST_F(PromotionsTest, versions_of_the_former_layout_are_read_promoted_and_made_known) {
    const fs::path former = fs::path(AIT_ROOM_DIR) / "tests" / "data" / "former" / "walk" / "1";
    ASSERT_TRUE(fs::exists(former));
    fs::create_directories(home_.models() / "walk");
    fs::copy(former, home_.models() / "walk" / "1", fs::copy_options::recursive);
    const auto list = home_.store().list();
    ASSERT_TRUE(list) << list.error().text;
    ASSERT_EQ(list->size(), 1U);
    EXPECT_EQ(list->at(0).damage, "");
    const auto loaded = home_.store().load("walk");
    ASSERT_TRUE(loaded) << loaded.error().text;
    EXPECT_EQ(loaded->metadata.version, 1);
    EXPECT_EQ(loaded->features_json, "");
    EXPECT_EQ(loaded->bytes, "trees");
    ASSERT_TRUE(home_.promotions().promote(RegistryHome::forced("walk", 1, "it served before")));
    StoredModel next = RegistryHome::model("walk");
    EXPECT_EQ(*home_.store().store(next), 2);
    EXPECT_EQ(home_.store().load("walk", 1)->bytes, "trees") << "nothing is lost";
    for (const auto& entry : fs::directory_iterator(former))
        EXPECT_EQ(*kit::read_file(entry.path()), *kit::read_file(home_.models() / "walk" / "1" / entry.path().filename())) << "not a byte is rewritten";
    // From now on the registry knows its contents.
    fs::rename(home_.models() / "walk" / "2", home_.path() / "kept");
    fs::remove_all(home_.models() / "walk" / "1");
    fs::rename(home_.path() / "kept", home_.models() / "walk" / "1");
    EXPECT_THAT(home_.store().load("walk", 1).error().text, HasSubstr("versions do not change"));
}

}  // namespace
}  // namespace aitrading::models

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>

#include "kit/atomic_file.hpp"
#include "models/registry/tests/registry_home.hpp"
#include "models/registry/tests/step_faults.hpp"

namespace aitrading::models {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// Everything that a reader can see of a registry.
struct Seen {
    std::vector<std::string> versions;  ///< name/version content
    std::vector<Change> changes;
    friend bool operator==(const Seen&, const Seen&) = default;
};

Result<Seen> look(const RegistryHome& home) {
    Seen seen;
    TRY(const std::vector<ModelEntry> list, home.store().list());
    for (const ModelEntry& e : list) {
        if (!e.damage.empty()) return fail(ErrorCode::gate_refused, e.damage);
        TRY(const StoredModel model, home.store().load(e.metadata.name, e.metadata.version));
        seen.versions.push_back(e.metadata.name + "/" + std::to_string(e.metadata.version) + " " + e.content_hash + " " + model.bytes.substr(0, 8));
    }
    TRY(seen.changes, home.promotions().history());
    return seen;
}

using Command = std::function<int(const RegistryHome&)>;

int store_one(const RegistryHome& home) { return home.store().store(RegistryHome::model("m", std::string(20'000, 'n'))) ? 0 : 1; }
int promote_second(const RegistryHome& home) { return home.promotions().promote(RegistryHome::promotion("m", 2)) ? 0 : 1; }
int roll_back(const RegistryHome& home) { return home.promotions().rollback({}) ? 0 : 1; }

/// Two versions, the second of them serving after the first.
void prepare(const RegistryHome& home, bool second_serves) {
    ASSERT_TRUE(home.store().store(RegistryHome::model("m", "first")));
    ASSERT_TRUE(home.store().store(RegistryHome::model("m", "second")));
    ASSERT_TRUE(home.promotions().promote(RegistryHome::promotion("m", 1)));
    if (second_serves) {
        ASSERT_TRUE(home.promotions().promote(RegistryHome::promotion("m", 2)));
    }
}

/// The command is interrupted at every one of its steps, in a fresh copy of the same home each time. What is left is the
/// state before it or the one after it, and the same command then runs through.
void interrupt_everywhere(StepFault fault, const Command& command, bool empty, bool second_serves) {
    RegistryHome ground("faults_ground");
    if (!empty) prepare(ground, second_serves);
    const Seen before = *look(ground);
    RegistryHome whole("faults_whole");
    fs::copy(ground.path(), whole.path(), fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    ASSERT_EQ(command(whole), 0);
    const Seen after = *look(whole);
    ASSERT_NE(before, after);
    int before_count = 0, after_count = 0;
    for (int at = 1;; ++at) {
        RegistryHome home("faults");
        fs::copy(ground.path(), home.path(), fs::copy_options::recursive | fs::copy_options::overwrite_existing);
        int status = 0;
        const bool ended = run_with_fault(fault, at, [&] { return command(home); }, status);
        const auto seen = look(home);
        ASSERT_TRUE(seen) << "step " << at << ": " << seen.error().text;
        ASSERT_TRUE(*seen == before || *seen == after) << "step " << at;
        (*seen == after ? after_count : before_count) += 1;
        EXPECT_TRUE(!ended || status == 0 || fault == StepFault::disk_full) << "step " << at;
        if (ended && status == 0) {
            EXPECT_EQ(*seen, after) << "what was acknowledged is there";
            break;  // the fault lay behind the last step
        }
        ASSERT_LT(at, 400) << "the command has no end";
        // Whoever comes next finds a way, and clears up.
        if (*seen == before) {
            ASSERT_EQ(command(home), 0) << "step " << at;
        }
        for (const auto& entry : fs::recursive_directory_iterator(home.models()))
            EXPECT_THAT(entry.path().filename().string(), testing::Not(HasSubstr("part"))) << "step " << at;
        const auto finished = look(home);
        ASSERT_TRUE(finished) << finished.error().text;
        EXPECT_EQ(*finished, after) << "step " << at;
    }
    EXPECT_GT(before_count, 3);
    EXPECT_GT(after_count, 0);
    testing::Test::RecordProperty("steps", before_count + after_count - 1);
}

TEST(RegistryFaults, kill_at_any_step_of_a_first_store) {
    interrupt_everywhere(StepFault::kill_before, store_one, true, false);
}
TEST(RegistryFaults, kill_at_any_step_of_a_store) {
    interrupt_everywhere(StepFault::kill_torn, store_one, false, false);
}
TEST(RegistryFaults, kill_at_any_step_of_a_promotion) {
    interrupt_everywhere(StepFault::kill_before, promote_second, false, false);
    interrupt_everywhere(StepFault::kill_torn, promote_second, false, false);
}
TEST(RegistryFaults, kill_at_any_step_of_a_rollback) {
    interrupt_everywhere(StepFault::kill_torn, roll_back, false, true);
}
TEST(RegistryFaults, a_disk_that_fills_at_any_step_leaves_what_was_there) {
    interrupt_everywhere(StepFault::disk_full, store_one, true, false);
    interrupt_everywhere(StepFault::disk_full, store_one, false, false);
    interrupt_everywhere(StepFault::disk_full, promote_second, false, false);
    interrupt_everywhere(StepFault::disk_full, roll_back, false, true);
}

TEST(RegistryFaults, a_full_disk_is_named) {
    RegistryHome home("full");
    prepare(home, false);
    int status = 0;
    const auto words = [&home](const auto& done) {
        const std::string text = done ? "" : done.error().text;
        return text.find("o space left") != std::string::npos && text.find(home.models().string()) != std::string::npos ? 0 : 1;
    };
    const auto stored = [&] { return words(home.store().store(RegistryHome::model("m"))); };
    const auto promoted = [&] { return words(home.promotions().promote(RegistryHome::promotion("m", 2))); };
    for (int at = 1; at <= 4; ++at) {
        EXPECT_TRUE(run_with_fault(StepFault::disk_full, at, stored, status));
        EXPECT_EQ(status, 0) << "store, step " << at;
        EXPECT_TRUE(run_with_fault(StepFault::disk_full, at, promoted, status));
        EXPECT_EQ(status, 0) << "promotion, step " << at;
    }
}

/// Every byte of the file in turn has one bit flipped: what a reader then sees is the same, or it is refused.
TEST(RegistryFaults, a_flipped_bit_in_the_registry_file_is_harmless_or_refused) {
    RegistryHome home("flips");
    prepare(home, true);
    const Seen before = *look(home);
    const fs::path file = home.models() / "registry.sqlite";
    const std::string sound = *kit::read_file(file);
    int refused = 0;
    for (std::size_t byte = 0; byte < sound.size(); byte += sound[byte] == 0 && byte > 200 ? 37 : 1) {
        std::string flipped = sound;
        flipped[byte] = static_cast<char>(flipped[byte] ^ (1 << (byte % 8)));
        std::ofstream(file, std::ios::binary) << flipped;
        const auto changes = home.promotions().history();
        const auto list = home.store().list();
        for (const auto& error : {changes ? Error{} : changes.error(), list ? Error{} : list.error()})
            EXPECT_TRUE(error.text.empty() || error.text.find("registry.sqlite") != std::string::npos) << error.text;
        refused += !changes || !list;
        if (changes) {
            EXPECT_EQ(*changes, before.changes) << "byte " << byte;
        }
        if (list) {
            EXPECT_EQ(list->size(), before.versions.size()) << "byte " << byte;
        }
    }
    EXPECT_GT(refused, 100);
    for (std::size_t size = 0; size < sound.size(); size += 509) {
        std::ofstream(file, std::ios::binary | std::ios::trunc) << sound.substr(0, size);
        const auto changes = home.promotions().history();
        ASSERT_FALSE(changes) << size << " bytes";
        EXPECT_EQ(changes.error().code, ErrorCode::gate_refused) << size << " bytes: " << changes.error().text;
        const auto built = home.store().store(RegistryHome::model("m"));
        ASSERT_FALSE(built) << size << " bytes: nothing is built on damage";
        EXPECT_EQ(built.error().code, ErrorCode::gate_refused) << built.error().text;
    }
    std::ofstream(file, std::ios::binary | std::ios::trunc) << sound;
    EXPECT_EQ(*look(home), before);
}

TEST(RegistryFaults, a_newer_registry_file_and_a_foreign_one_are_refused) {
    RegistryHome home("newer");
    prepare(home, false);
    const fs::path file = home.models() / "registry.sqlite";
    {
        auto open = SqliteFile::open(file, SqliteFile::Mode::existing);
        ASSERT_TRUE(open->run("PRAGMA user_version=2"));
    }
    EXPECT_EQ(home.store().load("m").error().code, ErrorCode::bad_input);
    EXPECT_THAT(home.promotions().history().error().text, HasSubstr("registry.sqlite: format 2 is newer than this build knows (1); use a newer aitrading"));
    std::ofstream(file, std::ios::binary | std::ios::trunc) << "time,open,high,low,close\n";
    EXPECT_THAT(home.store().list().error().text, HasSubstr("registry.sqlite: the file is damaged"));
    fs::remove(file);
    EXPECT_TRUE(home.store().load("m", 2)) << "moved away, as the message says: the versions stay";
    EXPECT_TRUE(home.promotions().in_production()->empty());
    EXPECT_TRUE(home.promotions().promote(RegistryHome::promotion("m", 2)));
}

TEST(RegistryFaults, a_promotion_changed_by_hand_is_refused) {
    for (const char* sql : {"UPDATE changes SET version=2", "UPDATE changes SET reason='x'", "UPDATE changes SET id=5 WHERE id=2", "DELETE FROM changes WHERE id=1",
                            "UPDATE changes SET forced=1", "UPDATE versions SET content='x'", "UPDATE changes SET sum=1", "DROP TABLE changes"}) {
        RegistryHome home("by_hand");
        prepare(home, true);
        {
            auto open = SqliteFile::open(home.models() / "registry.sqlite", SqliteFile::Mode::existing);
            ASSERT_TRUE(open->run(sql)) << sql;
        }
        const bool in_changes = std::string(sql).find("changes") != std::string::npos;
        EXPECT_EQ(in_changes ? home.promotions().history().error().code : home.store().list().error().code, ErrorCode::gate_refused) << sql;
    }
}

}  // namespace
}  // namespace aitrading::models

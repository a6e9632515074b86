#include "proving/learning/service/trial_store.hpp"

#include <algorithm>
#include <fstream>
#include <limits>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "proving/learning/tests/surfaces.hpp"

namespace aitrading::learning {
namespace {

using testing::HasSubstr;

class TrialStoreTest : public testing::Test {
  protected:
    void SetUp() override {
        folder_ = std::filesystem::path(testing::TempDir()) /
                  ("trial_store_" + std::to_string(getpid()) + "_" +
                   testing::UnitTest::GetInstance()->current_test_info()->name());
        std::filesystem::create_directories(folder_);
        path_ = folder_ / "trials.txt";
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }
    std::string bytes() const {
        std::ostringstream out;
        out << std::ifstream(path_, std::ios::binary).rdbuf();
        return out.str();
    }
    void put(const std::string& text) const { std::ofstream(path_, std::ios::binary) << text; }
    Result<TrialStore> open(const std::string& question = "branin, seed 1") const {
        return TrialStore::open(path_, branin_space(), question);
    }
    /// Five trials with awkward numbers.
    std::vector<Trial> fill() const {
        auto store = *open();
        const std::vector<Trial> trials{{0, {0.1, 1e-300}, 0.69314718055994529},
                                        {1, {-5, 15}, std::numeric_limits<double>::infinity()},
                                        {2, {1.0 / 3, std::nan("")}, -3},
                                        {3, {2, 2}, 5e-324},
                                        {4, {3, 3}, 1}};
        for (const auto& trial : trials) EXPECT_TRUE(store.append(trial));
        return trials;
    }
    static void expect_equal(const Trial& a, const Trial& b) {
        EXPECT_EQ(a.number, b.number);
        EXPECT_EQ(a.loss, b.loss);
        ASSERT_EQ(a.values.size(), b.values.size());
        for (std::size_t i = 0; i < a.values.size(); ++i)
            EXPECT_TRUE(a.values[i] == b.values[i] || (std::isnan(a.values[i]) && std::isnan(b.values[i])));
    }
    std::filesystem::path folder_, path_;
};

TEST_F(TrialStoreTest, gives_back_what_was_appended) {
    const auto trials = fill();
    const auto store = open();
    ASSERT_TRUE(store) << store.error().text;
    ASSERT_EQ(store->trials().size(), trials.size());
    for (std::size_t i = 0; i < trials.size(); ++i) expect_equal(store->trials()[i], trials[i]);
}

TEST_F(TrialStoreTest, cut_anywhere_keeps_every_whole_line_and_goes_on) {
    const auto trials = fill();
    const auto whole = bytes();
    for (std::size_t cut = 0; cut <= whole.size(); cut += 5) {
        put(whole.substr(0, cut));
        const auto lines = std::count(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(cut), '\n');
        const auto kept = static_cast<std::size_t>(std::max<std::ptrdiff_t>(lines - 1, 0));
        {
            auto store = open();
            ASSERT_TRUE(store) << cut << ": " << store.error().text;
            ASSERT_EQ(store->trials().size(), kept);
            for (std::size_t i = kept; i < trials.size(); ++i) ASSERT_TRUE(store->append(trials[i]));
        }
        ASSERT_EQ(bytes(), whole);
    }
}

TEST_F(TrialStoreTest, damage_inside_is_refused_with_its_line) {
    fill();
    const auto whole = bytes();
    const auto third = whole.find('\n', whole.find('\n', whole.find('\n') + 1) + 1);
    auto damaged = whole;
    damaged[third - 20] ^= 1;
    put(damaged);
    EXPECT_THAT(open().error().text, HasSubstr("line 3 is damaged"));
    EXPECT_EQ(open().error().code, ErrorCode::bad_input);
    EXPECT_EQ(bytes(), damaged);
    put("open,high,low\n1,2,3\n");
    EXPECT_EQ(open().error().code, ErrorCode::bad_input);
    put("no line end");
    EXPECT_EQ(open().error().code, ErrorCode::bad_input);
    EXPECT_EQ(bytes(), "no line end");
}

TEST_F(TrialStoreTest, trials_of_another_search_are_refused) {
    fill();
    EXPECT_THAT(open("branin, seed 2").error().text, HasSubstr("another search"));
    EXPECT_FALSE(TrialStore::open(path_, hartmann6_space(), "branin, seed 1"));
    EXPECT_TRUE(open());
}

TEST_F(TrialStoreTest, one_writer_at_a_time) {
    const auto first = open();
    const auto second = open();
    ASSERT_FALSE(second);
    EXPECT_TRUE(second.error().retry_helps);
    EXPECT_THAT(second.error().text, HasSubstr("another search is writing"));
}

TEST_F(TrialStoreTest, missing_folder_is_an_error_with_its_path) {
    const auto store = TrialStore::open(folder_ / "no" / "trials.txt", branin_space(), "");
    ASSERT_FALSE(store);
    EXPECT_THAT(store.error().text, HasSubstr("no/trials.txt"));
}

TEST_F(TrialStoreTest, interrupted_search_resumes_to_the_same_trials) {
    SearchOptions options;
    options.trials = 40;
    const Objective objective = [](const Trial& t) -> Result<double> {
        return branin(t.values[0], t.values[1]);
    };
    const auto whole = search(branin_space(), objective, options);
    for (const int stop_after : {3, 15, 39}) {
        std::filesystem::remove(path_);
        std::stop_source stop;
        {
            auto store = *open();
            auto stoppable = options;
            stoppable.stop = stop.get_token();
            EXPECT_FALSE(search(branin_space(), objective, stoppable, store.trials(), [&](const Trial& t) {
                if (t.number + 1 == stop_after) stop.request_stop();
                return store.append(t);
            }));
        }
        auto store = *open();
        EXPECT_EQ(store.trials().size(), static_cast<std::size_t>(stop_after));
        const auto resumed = search(branin_space(), objective, options, store.trials(),
                                    [&](const Trial& t) { return store.append(t); });
        ASSERT_TRUE(resumed);
        EXPECT_EQ(resumed->best, whole->best);
        for (std::size_t i = 0; i < 40; ++i) expect_equal(resumed->trials[i], whole->trials[i]);
        EXPECT_EQ(store.trials().size(), 40U);
    }
}

}  // namespace
}  // namespace aitrading::learning

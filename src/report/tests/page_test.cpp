#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "sample.hpp"

namespace aitrading::report {
namespace {

void write(const std::filesystem::path& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

/// Python's XML parser accepts the page: an independent check that every tag is closed and every entity known.
int parse_as_xml(const std::string& page, const std::string& name) {
    const std::filesystem::path path = std::filesystem::path(testing::TempDir()) / ("report-" + name + ".html");
    write(path, page.substr(page.find('\n') + 1));
    const std::string command = "python3 -c \"import sys,xml.dom.minidom as m; m.parse(sys.argv[1])\" '" + path.string() + "'";
    return std::system(command.c_str());  // NOLINT(concurrency-mt-unsafe)
}

TEST(Page, leaves_samples_to_look_at) {
    const char* folder = std::getenv("AITRADING_REPORT_OUT");  // NOLINT(concurrency-mt-unsafe)
    if (folder == nullptr) GTEST_SKIP() << "AITRADING_REPORT_OUT names no folder";
    const std::filesystem::path out(folder);
    std::filesystem::create_directories(out);
    write(out / "run.html", render_run_report(sample::run()));
    write(out / "evaluation.html", render_evaluation_report(sample::evaluation()));
    write(out / "demo.html", render_demo_report(sample::demo()));
}

TEST(Page, is_well_formed_and_self_contained) {
    const std::string pages[] = {render_run_report(sample::run(3000)), render_evaluation_report(sample::evaluation()), render_demo_report(sample::demo())};
    int index = 0;
    for (const std::string& page : pages) {
        EXPECT_EQ(parse_as_xml(page, std::to_string(index++)), 0);
        EXPECT_THAT(page, testing::Not(testing::HasSubstr("url(")));
        EXPECT_THAT(page, testing::Not(testing::HasSubstr("src=")));
        EXPECT_THAT(page, testing::Not(testing::HasSubstr("<link")));
        std::string rest = page;
        for (std::size_t at; (at = rest.find("http://www.w3.org/2000/svg")) != std::string::npos;) rest.erase(at, 26);
        EXPECT_THAT(rest, testing::Not(testing::ContainsRegex("https?:")));
        EXPECT_THAT(page, testing::Not(testing::ContainsRegex("[ \"]nan[ \"]")));
    }
}

}  // namespace
}  // namespace aitrading::report

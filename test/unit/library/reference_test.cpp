#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "test/unit/syntax/round_trip.h"

using namespace dnnc;

namespace {

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path);
  EXPECT_TRUE(in) << path;
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

/// The blocks of a page that are marked `dnn`, each with `dnn 1` before it if it lacks that.
std::vector<std::string> examples_of(const std::string& page) {
  const std::string opening = "```dnn\n", closing = "```";
  std::vector<std::string> examples;
  for (size_t at = page.find(opening); at != std::string::npos; at = page.find(opening, at)) {
    at += opening.size();
    const size_t end = page.find(closing, at);
    const std::string text = page.substr(at, end - at);
    examples.push_back(text.starts_with("dnn 1") ? text : "dnn 1\n" + text);
    at = end;
  }
  return examples;
}

TEST(Reference, HoldsProgramsThatParse) {
  const auto examples = examples_of(read(DNNC_SOURCE_FOLDER "/grammar/README.md"));
  EXPECT_GT(examples.size(), 10u);
  for (const std::string& example : examples) EXPECT_EQ(RoundTrip(example).fault, "") << example;
}

TEST(Lessons, AreInTheirCanonicalForm) {
  size_t lessons = 0;
  for (const auto& entry : std::filesystem::directory_iterator(DNNC_SOURCE_FOLDER "/examples")) {
    if (entry.path().extension() != ".dnn") continue;
    ++lessons;
    const std::string text = read(entry.path());
    const RoundTrip trip(text);
    EXPECT_EQ(trip.fault, "") << entry.path();
    EXPECT_EQ(trip.once, text) << entry.path() << ": run `dnnc fmt`";
  }
  EXPECT_GE(lessons, 10u);
}

}  // namespace

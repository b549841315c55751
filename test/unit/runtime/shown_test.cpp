#include "runtime/program/shown.h"

#include <gtest/gtest.h>

#include "runtime/program/failure.h"

namespace dnnc::runtime {
namespace {

TEST(Shown, LeavesWhatIsSeenAsItIs) {
  for (const char* name : {"", "w.safetensors", "a b", "\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "back\\slash"})
    EXPECT_EQ(shown(name), name);
}

TEST(Shown, EscapesWhatATerminalObeys) {
  EXPECT_EQ(shown("a\nb\tc\rd"), "a\\nb\\tc\\rd");
  EXPECT_EQ(shown("\x1b[2J\x7f\b"), "\\x1B[2J\\x7F\\x08");
  EXPECT_EQ(shown(std::string_view("\0", 1)), "\\x00");
  EXPECT_EQ(shown("\xc2\x9b"), "\\u009B");
  EXPECT_EQ(shown("\xe2\x80\xae.exe\xe2\x81\xa6"), "\\u202E.exe\\u2066");
}

TEST(Shown, EscapesBytesThatAreNoText) {
  EXPECT_EQ(shown("\x9b\xff"), "\\x9B\\xFF");
  EXPECT_EQ(shown("\xc3("), "\\xC3(");
  EXPECT_EQ(shown("\xe2\x82"), "\\xE2\\x82");
  EXPECT_EQ(shown("\xc0\x8a"), "\\xC0\\x8A");
}

TEST(Shown, AMessageKeepsItsOwnLinesAlone) {
  EXPECT_EQ(showable("f\nerror: none: is damaged\n  read by t.dnn:1:2\nhelp: mend it"),
            "f\\nerror: none: is damaged\n  read by t.dnn:1:2\nhelp: mend it");
  EXPECT_EQ(showable("\nx\n"), "\\nx\\n");
  EXPECT_EQ(showable(std::string(3000, 'x')), std::string(2000, 'x') + " ...");
  const Failure failure(exit_wrong, "a\nb\n  read by c");
  EXPECT_EQ(Failure(exit_wrong, std::string(failure.what()) + "\n  read by d").what(),
            std::string("a\\nb\n  read by c\n  read by d"));
}

}  // namespace
}  // namespace dnnc::runtime

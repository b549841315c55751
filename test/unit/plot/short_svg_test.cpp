#include "compiler/plot/short_svg.h"

#include <gtest/gtest.h>

#include <sstream>

namespace dnnc::chart {
namespace {

TEST(ShortSvg, StepsFromPointToPoint) {
  EXPECT_EQ(short_svg(R"(<path d="M 10.25 20 L 12 19.75 L 13 19.75 C 1 2 3 4 0.123456 -5 Z M 10.25 20 "/>)"),
            R"(<path d="M10.25 20l1.75-.25 1 0c-12-17.75-10-15.75-12.88-24.75z"/>)");
  EXPECT_EQ(short_svg(R"(<path d="M 1 1 L 1 1 M -2 -3 L 0 0 M 7 7 Z"/>)"), R"(<path d="M1 1l0 0M-2-3l2 3M7 7z"/>)");
}

TEST(ShortSvg, LosesNothingOnItsWay) {
  // Steps of a third of a hundredth come to whole ones in the end.
  std::string path = "M 0 0 ";
  for (int k = 1; k <= 300; ++k) path += "L " + std::to_string(k / 300.0) + " 0 ";
  const std::string shorter = short_svg("<path d=\"" + path + "\"/>");
  std::istringstream steps(shorter.substr(shorter.find('l') + 1));
  double x = 0, y = 0;
  for (double right = 0, down = 0; steps >> right >> down; x += right) y += down;
  EXPECT_NEAR(x, 1, 1e-9);
  EXPECT_EQ(y, 0);
}

TEST(ShortSvg, LeavesPathsThatItDoesNotKnow) {
  EXPECT_EQ(short_svg(R"(<path d="M 1 1 A 5 5 0 0 1 3 3"/>)"), R"(<path d="M 1 1 A 5 5 0 0 1 3 3"/>)");
}

TEST(ShortSvg, SaysNothingThatIsSaidAnyway) {
  EXPECT_EQ(short_svg(R"(<use x="1.234567" y="-0.001"/><g style="fill:rgb(100%,50.196078%,0%);fill-opacity:1;"/>)"),
            R"(<use x="1.23" y="0"/><g style="fill:#ff8000;"/>)");
  EXPECT_EQ(
      short_svg("<symbol overflow=\"visible\" id=\"glyph0-0\">\n<path style=\"stroke:none;\" d=\"\"/>\n</symbol>\n"
                "<symbol overflow=\"visible\" id=\"glyph0-1\">\n<path style=\"stroke:none;\" d=\"\"/>\n</symbol>\n"
                "<use xlink:href=\"#glyph0-1\"/>"),
      "<path id=\"glyph0-1\" d=\"\"/>\n<use xlink:href=\"#glyph0-1\"/>");
}

TEST(ShortSvg, FillsAndFramesAtOnce) {
  const std::string fill = "<path style=\" stroke:none;fill:#0000ff;\" d=\"M1 1l2 2z\"/>\n",
                    other = "<path style=\" stroke:none;fill:#0000ff;\" d=\"M1 1l2 3z\"/>\n",
                    frame = "<path style=\"fill:none;stroke-width:2;stroke:#ff0000;\" d=\"M1 1l2 2z\"/>\n";
  const auto long_form = [](std::string text) {
    for (const auto& [is, was] : {std::pair("M1 1l2 2z", "M 1 1 L 3 3 Z"), std::pair("M1 1l2 3z", "M 1 1 L 3 4 Z")})
      if (const size_t at = text.find(is); at != text.npos) text.replace(at, std::string(is).size(), was);
    return text;
  };
  EXPECT_EQ(short_svg("<g>\n" + long_form(fill) + long_form(frame) + "</g>\n"),
            "<g>\n<path style=\"fill:#0000ff;stroke-width:2;stroke:#ff0000;\" d=\"M1 1l2 2z\"/>\n</g>\n");
  EXPECT_EQ(short_svg(long_form(other) + long_form(frame)), other + frame);
  EXPECT_EQ(short_svg(long_form(frame) + long_form(fill)), frame + fill);
}

}  // namespace
}  // namespace dnnc::chart

#include "compiler/plot/short_svg.h"

#include <fmt/core.h>

#include <cmath>
#include <cstdlib>
#include <optional>
#include <regex>
#include <string_view>
#include <utility>
#include <vector>

namespace dnnc::chart {
namespace {

/// Hundredths of a pixel: a sum of whole numbers does not drift.
using Hundredths = long long;

Hundredths hundredths(double value) { return std::llround(value * 100); }

/// "12.5", "-.25"
std::string text_of(Hundredths value) {
  const Hundredths size = std::llabs(value);
  std::string text = value < 0 ? "-" : "";
  if (size >= 100 || size == 0) text += fmt::format("{}", size / 100);
  if (size % 100 != 0) text += size % 10 == 0 ? fmt::format(".{}", size % 100 / 10) : fmt::format(".{:02}", size % 100);
  return text;
}

/// What replaces each match, and all between as it is.
template <class Replace>
std::string replaced(const std::string& text, const std::regex& pattern, Replace replace) {
  std::string all;
  auto from = text.begin();
  for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match) {
    all.append(from, (*match)[0].first);
    all += replace(*match);
    from = (*match)[0].second;
  }
  return all.append(from, text.end());
}

struct Point {
  Hundredths x = 0, y = 0;
};

/// Writes a path of commands M, L, C and Z, whose places are those of the picture, as one of steps from point to point.
class ShortPath {
 public:
  explicit ShortPath(std::string_view path) {
    const char* at = path.data();
    const char* const end = at + path.size();
    while (at < end) {
      const char letter = *at++;
      if (letter == 'Z') {
        close();
      } else if (letter == 'M' || letter == 'L' || letter == 'C') {
        std::vector<Point> points;
        for (int k = 0; k < (letter == 'C' ? 3 : 1); ++k) {
          char* behind = nullptr;
          const double x = std::strtod(at, &behind), y = std::strtod(behind, &behind);
          points.push_back({hundredths(x), hundredths(y)});
          at = behind;
        }
        if (letter == 'M') moved_ = points[0];
        else add(letter == 'L' ? 'l' : 'c', points);
      } else if (letter != ' ') {
        known_ = false;
      }
    }
  }

  /// Nothing where the path has other commands.
  std::string text() const { return known_ ? text_ : ""; }

 private:
  /// A point that is moved to and that nothing leads from draws nothing.
  void move() {
    if (!moved_) return;
    text_ += 'M' + text_of(moved_->x) + (moved_->y < 0 ? "" : " ") + text_of(moved_->y);
    here_ = start_ = *std::exchange(moved_, std::nullopt);
    letter_ = 'M';
  }
  void add(char letter, const std::vector<Point>& points) {
    move();
    bool first = letter != letter_;
    if (first) text_ += letter_ = letter;
    for (const Point& point : points)
      for (const Hundredths step : {point.x - here_.x, point.y - here_.y}) {
        if (!std::exchange(first, false) && step >= 0) text_ += ' ';
        text_ += text_of(step);
      }
    here_ = points.back();
  }
  void close() {
    move();
    text_ += letter_ = 'z';
    here_ = start_;
  }

  std::string text_;
  std::optional<Point> moved_;
  Point here_, start_;
  char letter_ = 0;
  bool known_ = true;
};

/// What stands between two texts is replaced, wherever both follow each other; std::regex has no stack for long ones.
template <class Replace>
std::string replaced_between(const std::string& text, std::string_view open, std::string_view close, Replace replace) {
  std::string all;
  size_t from = 0;
  for (size_t at = text.find(open); at != text.npos; at = text.find(open, from)) {
    const size_t inner = at + open.size(), end = text.find(close, inner);
    if (end == text.npos) break;
    all.append(text, from, at - from);
    all += replace(text.substr(inner, end - inner));
    from = end + close.size();
  }
  return all.append(text, from);
}

std::string short_paths(const std::string& svg) {
  return replaced_between(svg, " d=\"", "\"", [](const std::string& path) {
    const std::string shorter = ShortPath(path).text();
    return " d=\"" + (shorter.empty() ? path : shorter) + '"';
  });
}

std::string short_places(const std::string& svg) {
  static const std::regex places(R"re(( (?:x|y|width|height)=")(-?[0-9.]+)")re");
  return replaced(svg, places, [](const std::smatch& match) {
    return match.str(1) + text_of(hundredths(std::strtod(match.str(2).c_str(), nullptr))) + '"';
  });
}

std::string short_styles(std::string svg) {
  static const std::regex colours(R"(rgb\(([0-9.]+)%,([0-9.]+)%,([0-9.]+)%\))");
  svg = replaced(svg, colours, [](const std::smatch& match) {
    std::string text = "#";
    for (const size_t k : {1u, 2u, 3u})
      text += fmt::format("{:02x}", std::lround(std::strtod(match.str(k).c_str(), nullptr) * 2.55));
    return text;
  });
  static const std::regex usual(
      "fill-rule:nonzero;|fill-opacity:1;|stroke-opacity:1;|stroke-linecap:butt;|stroke-linejoin:miter;");
  return std::regex_replace(svg, usual, "");
}

/// Glyphs. Each font has one for letters that it does not have, which is seldom drawn.
std::string short_glyphs(const std::string& svg) {
  const std::string open = "<symbol overflow=\"visible\" id=\"", close = "</symbol>\n",
                    path = "<path style=\"stroke:none;\"";
  return replaced_between(svg, open, close, [&](const std::string& symbol) {
    const std::string id = symbol.substr(0, symbol.find('"'));
    if (svg.find("\"#" + id + '"') == svg.npos) return std::string();
    const size_t glyph = symbol.find(path);
    return glyph == symbol.npos ? open + symbol + close : "<path id=\"" + id + '"' + symbol.substr(glyph + path.size());
  });
}

/// A shape that is filled and then framed is written twice, one behind the other.
std::string joined_shapes(const std::string& svg) {
  const std::string fill = "<path style=\" stroke:none;", stroke = "<path style=\"fill:none;", path = "\" d=\"";
  std::string all;
  for (size_t from = 0; from < svg.size();) {
    const size_t end = std::min(svg.find('\n', from), svg.size() - 1) + 1;
    const std::string_view line(svg.data() + from, end - from);
    from = end;
    const size_t places = line.find(path), last = all.rfind('\n', all.size() < 2 ? 0 : all.size() - 2) + 1;
    const std::string_view before = std::string_view(all).substr(last);
    if (places != line.npos && line.starts_with(stroke) && before.starts_with(fill) &&
        before.ends_with(line.substr(places))) {
      const std::string filled(before.substr(fill.size(), before.find(path) - fill.size()));
      const std::string joined = "<path style=\"" + filled + std::string(line.substr(stroke.size()));
      all.resize(last);
      all += joined;
    } else {
      all += line;
    }
  }
  return all;
}

}  // namespace

std::string short_svg(const std::string& svg) {
  return joined_shapes(short_glyphs(short_styles(short_places(short_paths(svg)))));
}

}  // namespace dnnc::chart

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "compiler/library/library.h"
#include "compiler/report/answer_view.h"
#include "compiler/report/highlight.h"
#include "compiler/report/page.h"
#include "compiler/report/picture_text.h"
#include "runtime/files/image.h"

using namespace dnnc;
using Json = nlohmann::json;

namespace {

std::string joined(const std::vector<TextPiece>& pieces) {
  std::string text;
  for (const TextPiece& piece : pieces) text += piece.text;
  return text;
}

std::vector<TextPiece> pieces_of(const std::string& text, Sources& sources) {
  return highlight(sources.add("a.dnn", text), sources);
}

TextKind kind_of(const std::vector<TextPiece>& pieces, std::string_view text) {
  for (const TextPiece& piece : pieces)
    if (piece.text == text) return piece.kind;
  ADD_FAILURE() << "no piece is " << text;
  return TextKind::Plain;
}

TEST(Highlight, LosesNothingOfAnyProgram) {
  Sources sources;
  for (const EmbeddedText& file : library_files())
    EXPECT_EQ(joined(pieces_of(file.text, sources)), file.text) << file.name;
  for (const auto& entry : std::filesystem::directory_iterator(DNNC_SOURCE_FOLDER "/examples")) {
    if (entry.path().extension() != ".dnn") continue;
    std::ifstream file(entry.path());
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    EXPECT_EQ(joined(pieces_of(text, sources)), text) << entry.path();
  }
  for (const std::string& text :
       {std::string("a \xff b"), std::string("\"open\n'"), std::string("dnn 1\r\n# \xe2\x80\xa8 é\r\n"),
        std::string("\xef\xbb\xbf"
                    "dnn 1\nw = 3x3\n"),
        std::string("a\0b", 3), std::string()})
    EXPECT_EQ(joined(pieces_of(text, sources)), text);
}

TEST(Highlight, TellsWordsByWhereTheyStand) {
  Sources sources;
  const auto pieces =
      pieces_of("dnn 1\ntrain price on boston {  # why\n  loss = mse\n  optimizer = sgd(rate: 0.5)\n}\n", sources);
  EXPECT_EQ(kind_of(pieces, "train"), TextKind::Keyword);
  EXPECT_EQ(kind_of(pieces, "on"), TextKind::Keyword);
  EXPECT_EQ(kind_of(pieces, "price"), TextKind::Defined);
  EXPECT_EQ(kind_of(pieces, "# why"), TextKind::Comment);
  EXPECT_EQ(kind_of(pieces, "loss"), TextKind::Key);
  EXPECT_EQ(kind_of(pieces, "optimizer"), TextKind::Key);
  EXPECT_EQ(kind_of(pieces, "sgd"), TextKind::Called);
  EXPECT_EQ(kind_of(pieces, "0.5"), TextKind::Number);
}

TEST(JsonInPage, EndsNoScript) {
  const Json json = {{"</script><!--&\u2028\u2029\n\"", "\xff]]>"}};
  const std::string text = json_in_page(json);
  EXPECT_EQ(text.find_first_of("<>&\n"), text.npos);
  EXPECT_EQ(text.find("\u2028"), text.npos);
  EXPECT_EQ(text.find("\u2029"), text.npos);
  EXPECT_EQ(Json::parse(text), (Json{{"</script><!--&\u2028\u2029\n\"", "\uFFFD]]>"}}));
}

TEST(PictureAddress, IsThePicture) {
  std::vector<uint8_t> points(5 * 7 * 3);
  for (size_t at = 0; at < points.size(); ++at) points[at] = static_cast<uint8_t>(at * 37);
  const std::string address = picture_address(points, 5, 7, 3), begins = "data:image/png;base64,";
  ASSERT_TRUE(address.starts_with(begins));
  const std::string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  uint32_t bits = 0, held = 0;
  for (const char letter : address.substr(begins.size())) {
    if (letter == '=') break;
    bits = bits << 6 | static_cast<uint32_t>(letters.find(letter));
    held += 6;
    if (held >= 8) bytes += static_cast<char>(bits >> (held -= 8));
  }
  const runtime::Picture picture = runtime::decode_image(bytes.data(), bytes.size(), "it");
  EXPECT_EQ(picture.height, 5);
  EXPECT_EQ(picture.width, 7);
  EXPECT_EQ(picture.rgb, points);
}

/// Answers with ties, of which some are wrong.
OutputAnswers some_probabilities(uint32_t count) {
  OutputAnswers output{.name = "", .head = runtime::Head::Probability, .classes = {"0", "1"}, .answers = {}};
  std::mt19937 draw(7);
  for (uint32_t row = 0; row < count; ++row) {
    const double truth = draw() % 3 == 0;
    output.answers.push_back({row, truth, static_cast<double>((draw() % 40 + (truth > 0 ? 15 : 0))) / 60});
  }
  return output;
}

TEST(AnswerView, AreasAreThoseOfAllPairsAndAllThresholds) {
  for (const uint32_t count : {1u, 7u, 700u}) {
    const OutputAnswers output = some_probabilities(count);
    const Json json = answer_view(output, nullptr);
    double pairs = 0, won = 0, right = 0, average = 0, recall = 0;
    std::set<double> thresholds;
    for (const AnswerToExample& a : output.answers) {
      right += a.truth;
      thresholds.insert(a.answer);
      for (const AnswerToExample& b : output.answers)
        if (a.truth > b.truth) {
          ++pairs;
          won += a.answer > b.answer ? 1 : a.answer == b.answer ? 0.5 : 0;
        }
    }
    for (auto threshold = thresholds.rbegin(); threshold != thresholds.rend(); ++threshold) {
      double above = 0, good = 0;
      for (const AnswerToExample& a : output.answers) {
        above += a.answer >= *threshold;
        good += a.answer >= *threshold && a.truth > 0;
      }
      if (right > 0) average += (good / right - recall) * good / above;
      if (right > 0) recall = good / right;
    }
    if (pairs > 0) {
      EXPECT_NEAR(json["area"].get<double>(), won / pairs, 1e-8) << count;
    } else {
      EXPECT_TRUE(json["area"].is_null());
    }
    if (right > 0) {
      EXPECT_NEAR(json["average"].get<double>(), average, 1e-8) << count;
    }
  }
}

TEST(AnswerView, EveryCellHasItsExamplesTheSurestFirst) {
  OutputAnswers output{.name = "", .head = runtime::Head::Class, .classes = {"a", "b", "c"}, .answers = {}};
  for (uint32_t row = 0; row < 300; ++row)
    output.answers.push_back(
        {row, static_cast<double>(row % 3), static_cast<double>(row % 7 == 0 ? 2 : row % 3), 0.4 + row * 0.001});
  const Json json = answer_view(output, nullptr);
  int64_t all = 0;
  for (size_t truth = 0; truth < 3; ++truth)
    for (size_t answer = 0; answer < 3; ++answer) {
      const auto there = json["counts"][truth][answer].get<int64_t>();
      all += there;
      const auto cell = json["cells"].find(std::to_string(truth) + "," + std::to_string(answer));
      EXPECT_EQ(cell != json["cells"].end(), there > 0);
      double before = 2;
      if (cell == json["cells"].end()) continue;
      for (const Json& at : *cell) {
        const Json& example = json["examples"][at.get<size_t>()];
        EXPECT_EQ(example["truth"], output.classes[truth]);
        EXPECT_EQ(example["answer"], output.classes[answer]);
        EXPECT_LE(example["sure"].get<double>(), before);
        before = example["sure"].get<double>();
      }
    }
  EXPECT_EQ(all, 300);
  EXPECT_EQ(json["examples"][json["worst"][0].get<size_t>()]["row"], 295 - 295 % 7);
}

TEST(AnswerView, FarthestNumbersAreWorst) {
  OutputAnswers output{.name = "", .head = runtime::Head::Real, .classes = {}, .answers = {}};
  for (uint32_t row = 0; row < 100; ++row)
    output.answers.push_back({row, 1.0 * row, row == 40 ? 1e6 : row + 0.001 * row});
  const Json json = answer_view(output, nullptr);
  EXPECT_EQ(json["points"].size(), 100u);
  const Json& worst = json["examples"][json["worst"][0].get<size_t>()];
  EXPECT_EQ(worst["row"], 40);
  EXPECT_EQ(worst["error"], 1e6 - 40);
  EXPECT_EQ(json["examples"][json["worst"][1].get<size_t>()]["row"], 99);
}

}  // namespace

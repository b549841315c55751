#include "compiler/report/answer_view.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "runtime/run/events.h"

namespace dnnc {
namespace {

using Json = nlohmann::json;
using runtime::Head;

/// Examples of a cell of the table, of all cells and among the worst; points of a curve or cloud.
constexpr size_t most_of_cell = 12, most_of_cells = 700, most_worst = 24, most_far = 12, most_steps = 400,
                 most_points = 3000;
/// A table of more classes cannot be read.
constexpr size_t most_classes = 60;

/// The labels of an answer: of a probability those of its nearer end.
struct Labels {
  size_t truth, answer;
};
Labels labels_of(const OutputAnswers& output, const AnswerToExample& answer) {
  if (output.head == Head::Probability) return {answer.truth > 0.5, answer.answer > 0.5};
  return {static_cast<size_t>(answer.truth), static_cast<size_t>(answer.answer)};
}

double sureness(const OutputAnswers& output, const AnswerToExample& answer) {
  return output.head == Head::Probability ? std::max(answer.answer, 1 - answer.answer) : answer.sure;
}

/// Examples that the page shows, each once.
class Shown {
 public:
  Shown(const OutputAnswers& output, const ExampleView* view) : output_(output), view_(view) {}

  size_t place_of(const AnswerToExample& answer) {
    const auto [known, is_new] = places_.try_emplace(answer.row, list_.size());
    if (is_new) list_.push_back(json_of(answer));
    return known->second;
  }
  size_t size() const { return list_.size(); }
  Json take() { return std::move(list_); }

 private:
  Json json_of(const AnswerToExample& answer) const {
    Json json = view_ ? view_->of(answer.row) : Json{{"row", answer.row}};
    if (output_.head == Head::Real) {
      json["truth"] = runtime::json_number(answer.truth);
      json["answer"] = runtime::json_number(answer.answer);
      json["error"] = runtime::json_number(answer.answer - answer.truth);
      return json;
    }
    const Labels labels = labels_of(output_, answer);
    json["truth"] = output_.classes.at(labels.truth);
    json["answer"] = output_.classes.at(labels.answer);
    json["sure"] = runtime::json_number(sureness(output_, answer));
    json["wrong"] = labels.truth != labels.answer;
    return json;
  }

  const OutputAnswers& output_;
  const ExampleView* view_;
  std::map<uint32_t, size_t> places_;
  Json list_ = Json::array();
};

/// What was taken for what, and examples of each cell: of mistakes those of which the net was surest come first.
void add_table(const OutputAnswers& output, Shown& shown, Json& json) {
  const size_t classes = output.classes.size();
  if (classes > most_classes) return;
  std::vector<std::vector<int64_t>> counts(classes, std::vector<int64_t>(classes));
  std::map<std::pair<size_t, size_t>, std::vector<const AnswerToExample*>> cells;
  for (const AnswerToExample& answer : output.answers) {
    const Labels labels = labels_of(output, answer);
    if (labels.truth >= classes || labels.answer >= classes) continue;
    ++counts[labels.truth][labels.answer];
    cells[{labels.truth, labels.answer}].push_back(&answer);
  }
  json["counts"] = counts;
  const size_t most = std::clamp<size_t>(most_of_cells / std::max<size_t>(1, cells.size()), 2, most_of_cell);
  Json places = Json::object();
  for (auto& [labels, of_cell] : cells) {
    std::ranges::stable_sort(of_cell, std::greater(),
                             [&](const AnswerToExample* answer) { return sureness(output, *answer); });
    Json list = Json::array();
    for (size_t number = 0; number < std::min(most, of_cell.size()); ++number)
      list.push_back(shown.place_of(*of_cell[number]));
    places[fmt::format("{},{}", labels.first, labels.second)] = std::move(list);
  }
  json["cells"] = std::move(places);
}

/// For each threshold, from the highest on, how many answers above it are right and how many are wrong; and what lies below the
/// curves that this makes: by trapezoids where both are shares, by steps where precision is.
void add_thresholds(const OutputAnswers& output, Json& json) {
  std::vector<const AnswerToExample*> sorted;
  for (const AnswerToExample& answer : output.answers) sorted.push_back(&answer);
  std::ranges::sort(sorted, std::greater(), [](const AnswerToExample* answer) { return answer->answer; });
  struct Step {
    double threshold, right, wrong;
  };
  std::vector<Step> steps;
  double right = 0, wrong = 0;
  for (size_t at = 0; at < sorted.size(); ++at) {
    (sorted[at]->truth > 0.5 ? right : wrong) += 1;
    if (at + 1 == sorted.size() || sorted[at + 1]->answer != sorted[at]->answer)
      steps.push_back({sorted[at]->answer, right, wrong});
  }
  double area = 0, average = 0, right_before = 0, wrong_before = 0;
  for (const Step& step : steps) {
    area += (step.wrong - wrong_before) * (step.right + right_before) / 2;
    average += (step.right - right_before) * step.right / (step.right + step.wrong);
    right_before = step.right;
    wrong_before = step.wrong;
  }
  Json list = Json::array();
  const size_t most = std::min(most_steps, steps.size());
  for (size_t number = 0; number < most; ++number) {
    const Step& step = steps[most == 1 ? 0 : number * (steps.size() - 1) / (most - 1)];
    list.push_back({runtime::json_number(step.threshold), step.right, step.wrong});
  }
  json["steps"] = std::move(list);
  json["positives"] = right;
  json["negatives"] = wrong;
  json["area"] = right > 0 && wrong > 0 ? runtime::json_number(area / right / wrong) : Json();
  json["average"] = right > 0 ? runtime::json_number(average / right) : Json();
}

void add_points(const OutputAnswers& output, Json& json) {
  Json list = Json::array();
  const size_t all = output.answers.size(), most = std::min(most_points, all);
  for (size_t number = 0; number < most; ++number) {
    const AnswerToExample& answer = output.answers[number * all / most];
    list.push_back({runtime::json_number(answer.truth), runtime::json_number(answer.answer)});
  }
  json["points"] = std::move(list);
}

void add_worst(const OutputAnswers& output, Shown& shown, Json& json) {
  std::vector<std::pair<double, const AnswerToExample*>> wrong;
  for (const AnswerToExample& answer : output.answers) {
    if (output.head == Head::Real) wrong.emplace_back(std::fabs(answer.answer - answer.truth), &answer);
    else if (const Labels labels = labels_of(output, answer); labels.truth != labels.answer)
      wrong.emplace_back(sureness(output, answer), &answer);
  }
  std::ranges::stable_sort(wrong, std::greater(), &std::pair<double, const AnswerToExample*>::first);
  Json list = Json::array();
  for (size_t number = 0; number < std::min(output.head == Head::Real ? most_far : most_worst, wrong.size()); ++number)
    list.push_back(shown.place_of(*wrong[number].second));
  json["worst"] = std::move(list);
}

}  // namespace

Json answer_view(const OutputAnswers& output, const ExampleView* examples) {
  Json json = {{"name", output.name}, {"kind", runtime::word_of(output.head)}, {"classes", output.classes}};
  Shown shown(output, examples);
  add_worst(output, shown, json);
  if (output.head == Head::Real) {
    add_points(output, json);
  } else {
    add_table(output, shown, json);
    if (output.head == Head::Probability) add_thresholds(output, json);
  }
  json["examples"] = shown.take();
  return json;
}

}  // namespace dnnc

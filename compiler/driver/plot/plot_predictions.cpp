#include <fmt/core.h>

#include <algorithm>
#include <numeric>

#include "compiler/driver/manifest.h"
#include "compiler/driver/plot/plots.h"
#include "compiler/driver/plot/program_data.h"
#include "compiler/driver/plot/trained_net.h"
#include "runtime/program/failure.h"

namespace dnnc {
namespace {

constexpr size_t most_shares = 3;

/// The surest classes with their bars.
std::vector<chart::Images::Share> shares_of(const ClassOutput& output, const ClassAnswer& answer,
                                            const std::optional<size_t>& target) {
  std::vector<size_t> order(answer.probabilities.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, std::greater<>(), [&](size_t label) { return answer.probabilities[label]; });
  std::vector<chart::Images::Share> shares;
  for (size_t k = 0; k < order.size() && k < most_shares; ++k) {
    const chart::Role role = !target || *target == order[k] ? chart::Role::Good
                             : order[k] == answer.label     ? chart::Role::Bad
                                                            : chart::Role::Quiet;
    shares.push_back({output.names()[order[k]], answer.probabilities[order[k]], {role}});
  }
  return shares;
}

bool answers_with_classes(const TrainedNet& net) {
  return std::ranges::any_of(net.manifest().outputs, [](const runtime::OutputInfo& output) {
    const int64_t places = runtime::element_count(output.shape);
    return (output.head == runtime::Head::Probability && places == 1) ||
           (output.head == runtime::Head::Class && places == output.classes);
  });
}

chart::Panel pictures(const TrainedNet& net, const std::vector<Answer>& answers, const runtime::RawField& field) {
  std::vector<uint32_t> examples;
  for (const Answer& answer : answers) examples.push_back(answer.example);
  chart::Images images{.columns = 5, .images = pictures_of(net.data(), field, examples)};
  std::optional<ClassOutput> output;
  if (answers_with_classes(net)) output.emplace(net);
  for (size_t k = 0; k < answers.size(); ++k) {
    chart::Images::Image& image = images.images[k];
    if (!output) {
      image.caption = runtime::text_of(answers[k].answers);
      continue;
    }
    const ClassAnswer answer = output->answer(answers[k]);
    const std::optional<size_t> target = output->target(answers[k]);
    const bool wrong = target && *target != answer.label;
    image.caption = output->names()[answer.label];
    if (wrong) {
      image.caption = fmt::format("{}, not {}", output->names()[*target], image.caption);
      image.role = chart::Role::Bad;
    }
    image.shares = shares_of(*output, answer, target);
  }
  return {"", images};
}

chart::Panel table(const TrainedNet& net, const std::vector<Answer>& answers) {
  chart::Table table{{runtime::event_fields::example}, {}};
  std::optional<ClassOutput> output;
  if (answers_with_classes(net)) output.emplace(net);
  const bool targets = !answers.empty() && !answers.front().targets.empty();
  const runtime::RawField* numbers = nullptr;
  for (const runtime::RawField& field : net.manifest().data.raw)
    if (std::ranges::count(net.manifest().data.inputs, field.name) > 0 && field.count() <= 4 && !numbers)
      numbers = &field;
  if (numbers) table.header.push_back(numbers->column_name());
  table.header.push_back(answer_title);
  if (targets) table.header.push_back(runtime::answer_words::target);
  if (targets && output) table.header.push_back("");
  for (const Answer& answer : answers) {
    std::vector<std::string> row = {std::to_string(answer.example)};
    if (numbers) {
      std::string text;
      for (const double value : numbers_of(net.data().field(numbers->name), answer.example))
        text += (text.empty() ? "" : "; ") + value_text(net.manifest().data, net.data().names, *numbers, value);
      row.push_back(text);
    }
    row.push_back(runtime::text_of(answer.answers));
    if (targets) row.push_back(runtime::text_of(answer.targets));
    if (targets && output) row.push_back(output->target(answer) == output->answer(answer).label ? "" : "✗ wrong");
    table.rows.push_back(std::move(row));
  }
  return {"", table};
}

}  // namespace

std::optional<chart::Figure> plot_predictions(Session& session) {
  std::optional<TrainedNet> net = load_trained_net(session);
  if (!net) return std::nullopt;
  const std::vector<uint32_t> rows = spread(net->examples, static_cast<size_t>(session.options().shown_examples));
  const std::vector<Answer> answers = ask(*net->run, net->data(), rows, true);
  chart::Figure figure{"What " + net->manifest().run.name + " answers",
                       fmt::format("{} of {}", some_examples(rows, net->examples), runtime::word_of(net->part)),
                       1,
                       {}};
  if (answers_with_classes(*net)) {
    const ClassOutput output(*net);
    size_t right = 0;
    for (const Answer& answer : answers) right += output.target(answer) == output.answer(answer).label;
    if (!answers.empty() && output.target(answers.front())) figure.subtitle += fmt::format(", {} of them right", right);
  }
  const runtime::RawField* const field = picture_field(net->manifest().data);
  figure.panels.push_back(field ? pictures(*net, answers, *field) : table(*net, answers));
  return figure;
}

}  // namespace dnnc

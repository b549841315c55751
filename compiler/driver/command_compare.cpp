#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "compiler/driver/code_generator.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/compare_devices.h"
#include "compiler/driver/compare_table.h"
#include "compiler/driver/emit.h"
#include "compiler/interpret/expected.h"
#include "runtime/data/dataset.h"
#include "runtime/program/event_schema.h"
#include "runtime/program/failure.h"
#include "runtime/program/tensor_names.h"
#include "runtime/program/threads.h"
#include "runtime/run/events.h"

// Steps of a training on several devices, each from the weights that the first has come to: so what is compared is known within
// bounds, however far two trainings go apart.
namespace dnnc {
namespace {

using Json = nlohmann::ordered_json;
using Devices = std::vector<std::unique_ptr<ComparedDevice>>;

double distance(double a, double b) {
  const bool same = a == b || (std::isnan(a) && std::isnan(b));
  return same ? 0 : std::isnan(a - b) ? infinity : std::fabs(a - b);
}

/// Takes the numbers of a step into what is known of a tensor.
void take(ComparedTensor& known, int64_t step, const Values& first, const Values& other, const Values& bounds) {
  for (size_t element = 0; element < first.size(); ++element)
    known.take({step, static_cast<int64_t>(element), distance(first[element], other[element]), bounds[element]});
}

bool is_within(const Values& first, const Values& other, const Values& bounds) {
  for (size_t element = 0; element < first.size(); ++element)
    if (ComparedNumber{0, 0, distance(first[element], other[element]), bounds[element]}.share() > 1) return false;
  return true;
}

Values sum(Values a, const Values& b) {
  for (size_t element = 0; element < a.size(); ++element) a[element] += b[element];
  return a;
}

std::string name_of(const Graph& graph, const Output& output) {
  return output.role == OutputRole::Update ? std::get<Input>(graph[output.target].kind).name : output.name;
}

/// What an output is, in the program's words. Of a metric a batch tells sums, of which it is made when all batches are known.
std::string what_is(const Graph& graph, const Output& output, const runtime::Manifest& manifest) {
  const std::string name = name_of(graph, output);
  if (output.role == OutputRole::Update) return name + " after the step";
  if (output.role != OutputRole::Metric) return name;
  for (const runtime::MetricInfo& metric : manifest.metrics)
    for (size_t number = 0; number < metric.means.size(); ++number) {
      const runtime::MeanInfo& mean = metric.means[number];
      if (name != mean.name && !name.starts_with(mean.name + ".")) continue;
      std::string part = name == mean.name ? "" : ", " + name.substr(mean.name.size() + 1);
      std::ranges::replace(part, '_', ' ');
      const bool several = metric.means.size() > 1;
      return metric.name + ": " + (mean.points > 0 ? "a covariance" : "a sum") + " over the batch" +
             (several ? fmt::format(", {} of {}", number + 1, metric.means.size()) : "") + part;
    }
  return name;
}

/// Where what is told by that name was written: the use of the layer whose parameter is updated, or has the gradient, or of which
/// an optimizer keeps something; or the formula.
std::string place_of(Session& session, const Graph& graph, const Output& output, const runtime::Manifest& manifest) {
  const std::string name = name_of(graph, output);
  const runtime::Tensor* nearest = nullptr;
  for (const runtime::Tensor& tensor : manifest.tensors)
    if (!tensor.place.empty() && name.find(tensor.path) != std::string::npos &&
        (!nearest || tensor.path.size() > nearest->path.size()))
      nearest = &tensor;
  return nearest ? nearest->place : session.sources().describe(graph[output.node].span);
}

class Comparing {
 public:
  Comparing(Session& session, const Graph& graph, const Devices& devices, const runtime::DataSet& data)
      : session_(session), graph_(graph), devices_(devices), data_(data) {
    for (size_t device = 1; device < devices.size(); ++device)
      for (const Output& output : graph.outputs)
        differences_.push_back(compared(graph, output, devices[device]->name()));
  }

  void run(int64_t steps) {
    const runtime::Manifest& manifest = devices_.front()->compiled().manifest;
    const RunSettings run = settings(manifest);
    const int64_t batch = devices_.front()->entry().batch, of_epoch = runtime::steps_of_epoch(batch, data_);
    devices_.front()->start(run.seed, data_);
    std::vector<uint32_t> order;
    for (int64_t step = 0; step < steps; ++step) {
      step_ = fmt::format("step {} of {}", step + 1, steps);
      runtime::Settings now = runtime::settings_of(manifest, run.seed, manifest.run.epochs, data_);
      now.step = step + 1;
      now.epoch = step / of_epoch + 1;
      if (step % of_epoch == 0) {
        order = data_.train;
        runtime::shuffle(order, run.seed, static_cast<uint64_t>(now.epoch));
      }
      const int64_t first = step % of_epoch * batch;
      take_step(now, order.data() + first, std::min(batch, static_cast<int64_t>(order.size()) - first));
    }
  }

  const std::vector<ComparedTensor>& differences() const { return differences_; }

 private:
  ComparedTensor compared(const Graph& graph, const Output& output, const std::string& device) const {
    const runtime::Manifest& manifest = devices_.front()->compiled().manifest;
    ComparedTensor tensor{name_of(graph, output), what_is(graph, output, manifest),
                          place_of(session_, graph, output, manifest), device};
    for (const Axis& axis : graph[output.node].axes) tensor.shape.push_back(axis.extent);
    return tensor;
  }

  struct RunSettings {
    uint64_t seed;
  };
  RunSettings settings(const runtime::Manifest& manifest) const {
    return {session_.options().running.seed.value_or(manifest.run.seed)};
  }

  void show(const std::string& what) {
    session_.show([text = step_ + ", " + what] { return text; });
  }

  void take_step(const runtime::Settings& settings, const uint32_t* rows, int64_t valid) {
    const std::vector<char> start = devices_.front()->kept();
    std::vector<std::vector<Values>> made;
    Inputs inputs;
    for (const auto& device : devices_) {
      show("on " + device->name());
      if (device != devices_.front()) device->restore(start);
      device->feed(settings, rows, valid);
      if (device == devices_.front()) inputs = device->inputs(graph_);
      made.push_back(device->step(graph_));
    }
    show("bounds of roundings");
    std::map<double (*)(Function), Expected> expected;
    for (const auto& device : devices_)
      expected.try_emplace(device->precision().last_places, graph_, inputs, device->precision());
    size_t number = 0;
    const Expected& of_first = expected.at(devices_.front()->precision().last_places);
    for (size_t other = 1; other < devices_.size(); ++other) {
      const Expected& of_other = expected.at(devices_[other]->precision().last_places);
      for (size_t place = 0; place < graph_.outputs.size(); ++place) {
        ComparedTensor& known = differences_[number++];
        const Values &a = made.front()[place], &b = made[other][place];
        Values bounds = sum(of_first.bounds(place), of_other.bounds(place));
        if (!is_within(a, b, bounds)) bounds = sum(of_first.widest_bounds(place), of_other.widest_bounds(place));
        take(known, settings.step, a, b, bounds);
      }
    }
  }

  Session& session_;
  const Graph& graph_;
  const Devices& devices_;
  const runtime::DataSet& data_;
  std::string step_;                         ///< that is taken, as it is shown
  std::vector<ComparedTensor> differences_;  ///< of each device but the first, by output
};

std::vector<std::string> words_of(const std::string& list) {
  std::vector<std::string> words;
  for (size_t begin = 0, end; begin <= list.size(); begin = end + 1) {
    end = std::min(list.find(',', begin), list.size());
    words.push_back(list.substr(begin, end - begin));
  }
  return words;
}

/// The target that a device needs code of.
TargetName target_for(const Session& session, const runtime::DeviceWish& wish) {
  for (const TargetName target : session.options().made_for())
    if (is_device(target) ? wish.kind == runtime::word_of(target) : wish.kind == runtime::device_words::processor)
      return target;
  throw runtime::Failure(runtime::exit_usage, fmt::format("--device: there is no code for {} to compare", wish.kind));
}

}  // namespace

int command_compare(Session& session) {
  const Options& options = session.options();
  const std::vector<std::string> names = words_of(options.running.device);
  if (options.running.device.empty() || names.size() < 2)
    throw runtime::Failure(runtime::exit_usage, "compare needs two devices at least: --device=cpu,opencl");
  std::vector<runtime::DeviceWish> wishes;
  for (const std::string& name : names) {
    wishes.push_back(runtime::read_device(name));
    if (wishes.back().kind == runtime::device_words::any)
      throw runtime::Failure(runtime::exit_usage, "--device: compare takes the names of devices, not `" + name + "`");
  }
  const std::optional<Model> model = read_model(session);
  if (!model) return runtime::exit_wrong;
  note_code_generator();
  if (options.running.threads > 0) runtime::set_threads(options.running.threads);
  const Session::Busy busy(session, "comparing");
  session.show([] { return std::string("opening devices"); });
  std::vector<TargetName> targets;
  for (const runtime::DeviceWish& wish : wishes) targets.push_back(target_for(session, wish));
  for (size_t device = 0; device < names.size(); ++device)
    if (const dnnc_device* kind = device_of(targets[device])) runtime::open_device(*kind, wishes[device].number);
  const Training& training = chosen_run(session, *model);
  tell_of_other_runs(session, *model);
  const std::string folder = options.running.data.empty() ? folder_of_program(session) : options.running.data;
  const auto fetched = runtime::data_folder();
  Devices devices;
  std::optional<runtime::DataSet> data;
  for (size_t device = 0; device < names.size(); ++device) {
    auto compiled = compile_run(session, *model, training, folder, {targets[device]});
    if (!compiled) return runtime::exit_wrong;
    if (!data)
      data = runtime::load_data(compiled->front().manifest.data, {folder, fetched.path, nullptr, fetched.why_not});
    devices.push_back(std::make_unique<ComparedDevice>(names[device], wishes[device], targets[device],
                                                       std::move(compiled->front()), *data));
  }
  Graph graph;
  {
    const Session::Quietly shown_before(session);
    for (EntryGraph& entry : entry_graphs(session, *model, training))
      if (entry.kind == EntryKind::Train) graph = std::move(entry.graph);
  }
  Comparing comparing(session, graph, devices, *data);
  comparing.run(options.steps);
  const std::vector<ComparedTensor>& rows = comparing.differences();
  const auto beyond = std::ranges::count_if(rows, [](const ComparedTensor& row) { return row.beyond(); });
  if (options.running.json) {
    Json json = {{runtime::event_key, options.command},
                 {runtime::schema_key, runtime::event_schema},
                 {runtime::form_of(runtime::RunCommand::Run).name, training.name},
                 {runtime::form_of(runtime::RunCommand::Devices).name, names},
                 {runtime::word_of(runtime::SettingName::Steps), options.steps},
                 {"beyond", beyond},
                 {"differences", Json::array()}};
    for (const ComparedTensor& row : rows) json["differences"].push_back(compared_json(row));
    session.print(json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
  } else {
    session.print(compared_text(rows, names, options.steps));
    session.print(fmt::format("steps taken: {}; {}\n", options.steps,
                              beyond == 0 ? "all are within their bounds"
                                          : fmt::format("{} of {} are beyond their bounds", beyond, rows.size())));
  }
  return beyond == 0 ? runtime::exit_done : runtime::exit_wrong;
}

}  // namespace dnnc

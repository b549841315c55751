#include "compiler/halide/gpu/take_batch.h"

#include <algorithm>
#include <array>

#include "compiler/kernels/access.h"
#include "compiler/support/check.h"

namespace dnnc {
namespace {

namespace ir = Halide::Internal;
using ir::Stmt;
using runtime::BatchWord;
using runtime::FieldWord;
using runtime::SettingName;
using runtime::TakenMemory;

constexpr int64_t threads_of_taking = 64;

const Halide::Type whole = Halide::Int(32), number = Halide::Float(32), byte = Halide::UInt(8),
                   wide = Halide::Float(64);

struct TakenView {
  TakenMemory memory;
  Halide::Type type;
};
/// All under which launches may see it.
const std::array<TakenView, 6> views = {{{TakenMemory::Words, whole},
                                         {TakenMemory::Order, whole},
                                         {TakenMemory::Data, byte},
                                         {TakenMemory::Data, whole},
                                         {TakenMemory::Data, wide},
                                         {TakenMemory::History, whole}}};

Halide::Expr load(const std::string& buffer, const Halide::Type& type, const Halide::Expr& at) {
  return ir::Load::make(type, buffer, at, Halide::Buffer<>(), Halide::Parameter(), ir::const_true(),
                        ir::ModulusRemainder());
}
Stmt store(const std::string& buffer, const Halide::Expr& value, const Halide::Expr& at) {
  return ir::Store::make(buffer, value, at, Halide::Parameter(), ir::const_true(), ir::ModulusRemainder());
}

/// Numbers of the batch, each with a name of its own.
class BatchBody {
 public:
  BatchBody(Launch& launch, std::string prefix) : launch_(launch), prefix_(std::move(prefix)) {}

  Halide::Expr taken(const TakenView& view, const Halide::Expr& at) {
    const std::string name = taken_name(view.memory, view.type);
    launch_.reads.insert(name);
    return load(name, view.type, at);
  }
  Halide::Expr word(int place) { return let("word" + std::to_string(place), taken(views[0], place)); }
  Halide::Expr word(BatchWord which) { return word(static_cast<int>(which)); }
  Halide::Expr word(size_t field, FieldWord which) {
    return word(static_cast<int>(BatchWord::Fields) + runtime::words_of_field * static_cast<int>(field) +
                static_cast<int>(which));
  }
  /// Nobody reads behind the last batch, however often kernels were called.
  Halide::Expr batch() {
    const Halide::Expr next = word(BatchWord::Batch), last = word(BatchWord::LastBatch);
    return let("batch", ir::Min::make(next, last));
  }
  Halide::Expr let(const std::string& name, const Halide::Expr& value) {
    const std::string full = prefix_ + "." + name;
    for (const auto& [known, meant] : lets_)
      if (known == full) return ir::Variable::make(value.type(), full);
    lets_.emplace_back(full, value);
    return ir::Variable::make(value.type(), full);
  }
  void put(const std::string& buffer, const Halide::Expr& value, const Halide::Expr& at,
           const Halide::Expr& condition) {
    launch_.writes.insert(buffer);
    const Stmt made = store(buffer, value, at);
    stores_.push_back(condition.defined() ? ir::IfThenElse::make(condition, made) : made);
  }
  /// If a batch is to be taken, and this is one of the threads.
  Stmt made(const Halide::Expr& is_one) {
    Stmt body = ir::Block::make(stores_);
    for (auto one = lets_.rbegin(); one != lets_.rend(); ++one) body = ir::LetStmt::make(one->first, one->second, body);
    const Halide::Expr takes = taken(views[0], static_cast<int>(BatchWord::Takes)) != 0;
    return ir::IfThenElse::make(is_one.defined() ? takes && is_one : takes, body);
  }

 private:
  Launch& launch_;
  const std::string prefix_;
  std::vector<std::pair<std::string, Halide::Expr>> lets_;
  std::vector<Stmt> stores_;
};

Launch empty_launch(const std::string& name, const Halide::Expr& groups, int64_t threads, Halide::DeviceAPI api) {
  return {name + ".block_id_x", made_thread, groups, threads, api, {}, {}, {}};
}

/// What data of each storage become in the kernel's input. Of numbers that have another storage nothing is read.
void put_element(BatchBody& body, const Taking::Field& field, Storage storage, const std::string& input,
                 const Halide::Expr& from, const Halide::Expr& to) {
  const Halide::Expr kind = body.word(field.number, FieldWord::Storage);
  const auto is = [&](Storage one) { return kind == static_cast<int>(one); };
  const TakenView &bytes = views[2], &wholes = views[3], &wides = views[4];
  if (field.rest) {
    const Halide::Expr value = body.taken(wides, from);
    const Halide::Expr rest = ir::Cast::make(number, value - ir::Cast::make(wide, ir::Cast::make(number, value)));
    body.put(input, rest, to, is(Storage::Float64));
    body.put(input, ir::make_const(number, 0.0), to, !is(Storage::Float64));
    return;
  }
  switch (storage) {
    case Storage::UInt8:
      return body.put(input, body.taken(bytes, from), to, is(Storage::UInt8));
    case Storage::Int32:
      body.put(input, ir::Cast::make(whole, body.taken(bytes, from)), to, is(Storage::UInt8));
      return body.put(input, body.taken(wholes, from), to, is(Storage::Int32));
    case Storage::Float32:
      body.put(input, ir::Cast::make(number, body.taken(bytes, from)), to, is(Storage::UInt8));
      body.put(input, ir::Cast::make(number, body.taken(wholes, from)), to, is(Storage::Int32));
      body.put(input, ir::Reinterpret::make(number, body.taken(wholes, from)), to, is(Storage::Float32));
      return body.put(input, ir::Cast::make(number, body.taken(wides, from)), to, is(Storage::Float64));
    case Storage::Float64:
      break;
  }
  check(false, "halide: a batch of unknown storage");
}

Launch launch_of_field(const Kernel& kernel, const Taking::Field& field, const std::string& input,
                       Halide::DeviceAPI api) {
  const int64_t elements = element_count(kernel.body[argument_node(kernel, field.inputs.front())]);
  const auto batch = static_cast<int>(kernel.takes->batch), of_row = static_cast<int>(elements / batch);
  const auto groups = static_cast<int>((elements + threads_of_taking - 1) / threads_of_taking);
  Launch launch = empty_launch(input + ".taken", groups, std::min(threads_of_taking, elements), api);
  BatchBody body(launch, input + ".taken");
  const Halide::Expr own = ir::Variable::make(whole, launch.group) * static_cast<int>(launch.threads) +
                           ir::Variable::make(whole, made_thread);
  const Halide::Expr element = body.let("element", own);
  const Halide::Expr row = of_row == 1 ? element : body.let("row", ir::Div::make(element, of_row));
  const Halide::Expr column = of_row == 1 ? Halide::Expr(0) : body.let("column", element - row * of_row);
  const Halide::Expr last = body.word(BatchWord::LastPlace);
  const Halide::Expr place = body.let("place", ir::Min::make(body.batch() * batch + row, last));
  const Halide::Expr source = body.let("source", body.taken(views[1], place));
  const Halide::Expr begin = body.word(field.number, FieldWord::Begin),
                     distance = body.word(field.number, FieldWord::Distance);
  const Halide::Expr from = body.let("from", begin + source * distance + column);
  put_element(body, field, kernel.inputs[field.inputs.front()], input, from, element);
  launch.body = body.made(elements % launch.threads == 0 ? Halide::Expr() : own < static_cast<int>(elements));
  return launch;
}

Launch launch_of_settings(const Kernel& kernel, const std::vector<std::string>& inputs, Halide::DeviceAPI api) {
  const std::string name = inputs[kernel.takes->settings.front().input] + ".settings";
  const auto batch = static_cast<int>(kernel.takes->batch);
  Launch launch = empty_launch(name, 1, 1, api);
  BatchBody body(launch, name);
  const Halide::Expr taken = body.batch();
  for (const auto& [input, setting] : kernel.takes->settings) {
    Halide::Expr value = taken * batch;
    if (setting == SettingName::Step) value = body.word(BatchWord::FirstStep) + taken;
    if (setting == SettingName::Count) {
      const Halide::Expr rows = body.word(BatchWord::LastPlace) + 1 - taken * batch;
      value = ir::Min::make(rows, batch);
    }
    if (kernel.inputs[input] == Storage::Float32) value = ir::Cast::make(number, value);
    body.put(inputs[input], value, 0, {});
  }
  launch.body = body.made({});
  return launch;
}

}  // namespace

std::string taken_name(TakenMemory memory, const Halide::Type& type) {
  const std::string kind = type.is_float() ? "f" : type.is_uint() ? "u" : "i";
  return "dnnc_taken" + std::to_string(static_cast<int>(memory)) + kind + std::to_string(type.bits());
}

std::vector<Launch> taking_launches(const Kernel& kernel, const std::vector<std::string>& inputs,
                                    Halide::DeviceAPI api) {
  std::vector<Launch> launches;
  for (const Taking::Field& field : kernel.takes->fields)
    launches.push_back(launch_of_field(kernel, field, inputs[field.inputs.front()], api));
  if (!kernel.takes->settings.empty()) launches.push_back(launch_of_settings(kernel, inputs, api));
  return launches;
}

Launch recording_launch(const Kernel& kernel, const std::vector<std::string>& arguments, Halide::DeviceAPI api) {
  const TakenView &words = views.front(), &history = views.back();
  const std::string told = taken_name(words.memory, words.type), stored = taken_name(history.memory, history.type);
  int64_t of_step = 0;
  for (const size_t argument : kernel.records) of_step += element_count(kernel.body[argument_node(kernel, argument)]);
  Launch launch = empty_launch(told + ".recorded", 1, 1, api);
  launch.reads = launch.writes = {told, stored};
  const auto word = [&](BatchWord which) { return load(told, whole, static_cast<int>(which)); };
  const auto counted = [](const std::string& buffer, int place) {
    return store(buffer, load(buffer, whole, place) + 1, place);
  };
  const Halide::Expr step = ir::Min::make(load(stored, whole, 0), word(BatchWord::Records) - 1);
  const std::string first = told + ".first";
  const Halide::Expr begin = ir::Variable::make(whole, first);
  std::vector<Stmt> steps;
  int64_t before = 0;
  for (const size_t argument : kernel.records) {
    const int64_t count = element_count(kernel.body[argument_node(kernel, argument)]);
    const std::string& buffer = arguments[argument];
    const std::string place = buffer + ".recorded";
    const Halide::Expr element = ir::Variable::make(whole, place);
    launch.reads.insert(buffer);
    steps.push_back(ir::For::make(place, 0, static_cast<int>(count), ir::ForType::Serial, Halide::Partition::Never,
                                  Halide::DeviceAPI::None,
                                  store(stored, ir::Reinterpret::make(whole, load(buffer, number, element)),
                                        begin + static_cast<int>(before) + element)));
    before += count;
  }
  steps.push_back(counted(stored, 0));
  const Stmt all = ir::LetStmt::make(first, step * static_cast<int>(of_step) + 1, ir::Block::make(steps));
  launch.body = ir::Block::make(ir::IfThenElse::make(word(BatchWord::Records) != 0, all),
                                counted(told, static_cast<int>(BatchWord::Batch)));
  return launch;
}

std::vector<Stmt> lets_of_taken(const std::vector<Launch>& launches, const std::string& argument) {
  std::vector<Stmt> lets;
  const Halide::Type pointer = Halide::type_of<halide_buffer_t*>();
  for (const TakenView& view : views) {
    const std::string name = taken_name(view.memory, view.type);
    const auto uses = [&](const Launch& launch) { return launch.reads.contains(name) || launch.writes.contains(name); };
    if (std::ranges::none_of(launches, uses)) continue;
    const Halide::Expr found = ir::Call::make(
        pointer, runtime::taken_memory_symbol,
        {ir::Variable::make(pointer, argument + description_ending), static_cast<int>(view.memory)}, ir::Call::Extern);
    lets.push_back(ir::LetStmt::make(name + description_ending, found, ir::Evaluate::make(0)));
  }
  return lets;
}

}  // namespace dnnc

#include "runtime/run/record.h"

#include <dirent.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>

#include "runtime/files/new_file.h"
#include "runtime/files/sha256.h"
#include "runtime/program/failure.h"
#include "runtime/program/json.h"
#include "runtime/program/processor.h"
#include "runtime/program/threads.h"
#include "runtime/program/version.h"
#include "runtime/run/answer_file.h"
#include "runtime/run/answers.h"
#include "runtime/run/info.h"
#include "runtime/run/one_run.h"
#include "runtime/run/predict.h"

namespace dnnc::runtime {
namespace {

namespace is = record_members;

[[noreturn]] void refuse_to_record(const std::string& folder, const char* why) {
  throw Failure(exit_input_output, folder + ": cannot record: " + why);
}

/// JSON, written member by member: a tenth of the code of objects that are built first.
class Members {
 public:
  explicit Members(std::string& text) : text_(text) {}
  /// The value as JSON has it.
  void add(std::string_view name, std::string_view json) {
    next();
    text_ += '"';
    text_ += name;
    text_ += "\":";
    text_ += json;
  }
  void number(std::string_view name, int64_t number) { add(name, std::to_string(number)); }
  /// Of no text nothing.
  void text(std::string_view name, std::string_view value) {
    if (!value.empty()) add(name, json_quoted(value));
  }
  void open(std::string_view name) { add(name, "{"); }
  void close() { text_ += '}'; }
  void item() {
    next();
    text_ += '{';
  }
  void texts(std::string_view name, const std::vector<std::string>& texts) {
    add(name, "[");
    for (const std::string& text : texts) {
      next();
      text_ += json_quoted(text);
    }
    text_ += ']';
  }
  /// What parts two members or values.
  void next() {
    if (!text_.empty() && text_.back() != '{' && text_.back() != '[') text_ += ',';
  }

 private:
  std::string& text_;
};

std::string now_text() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", ::gmtime_r(&now, &parts));
  return text;
}

/// What a training must have in common with a record to go on with it.
std::string record_key(const Run& run) {
  const CheckpointKey key = key_of(run.manifest, *run.data);
  return key.run + " " + key.net + " " + key.step + " " + key.data;
}

std::string path_in(const std::string& folder, const char* file) { return folder + "/" + file; }

bool is_record(const std::string& folder) { return file_exists(path_in(folder, record_files::record)); }

/// The text of one that is there, as write() made it.
std::string record_in(const std::string& folder) {
  const std::vector<char> bytes = read_file(path_in(folder, record_files::record));
  return {bytes.data(), bytes.size()};
}

/// A value in such a text: what stands behind these members, to the end of the value. Quotes inside of texts are escaped, so that
/// only members are found.
std::string value_behind(const std::string& record, std::string_view members) {
  const size_t found = record.find(members), begin = found + members.size();
  return found == record.npos ? "" : record.substr(begin, record.find_first_of("\",}", begin) - begin);
}
constexpr const char *key_member = "\"key\":\"", *begun_member = "\"begun\":\"",
                     *seconds_member = "\"seconds\":", *best_epoch_member = "\"best\":{\"epoch\":",
                     *best_value_member = "\"value\":", *best_hash_member = "\"weights\":{\"best\":{\"sha256\":\"";

bool is_empty(const std::string& folder) {
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(folder.c_str()), &::closedir);
  if (!open) refuse_to_record(folder, std::strerror(errno));
  while (const dirent* entry = ::readdir(open.get()))
    if (const std::string_view name = entry->d_name; name != "." && name != "..") return false;
  return true;
}

/// That a new folder can be made there, or that which is there is empty.
void expect_new(const std::string& folder) {
  if (is_folder(folder)) {
    if (!is_empty(folder)) refuse_to_record(folder, "the folder holds other files");
    if (::access(folder.c_str(), W_OK | X_OK) != 0) refuse_to_record(folder, std::strerror(errno));
    return;
  }
  if (file_exists(folder)) refuse_to_record(folder, "it is no folder");
  if (::access(folder_of(folder).c_str(), W_OK | X_OK) != 0) refuse_to_record(folder, std::strerror(errno));
}

void make_folder(const std::string& folder) {
  if (::mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST) refuse_to_record(folder, std::strerror(errno));
}

/// The folder of all runs, without slashes at its end.
std::string top_folder(const RunOptions& options) {
  const size_t end = options.record.find_last_not_of('/');
  return options.record.substr(0, end == options.record.npos ? 1 : end + 1);
}

/// The members of a file.
void tell_file(Members& members, const std::string& path) {
  const std::vector<char> bytes = read_file(path);
  members.text(is::file, path);
  members.number(is::bytes, static_cast<int64_t>(bytes.size()));
  members.text(is::sha256, sha256(bytes.data(), bytes.size()));
  members.close();
}

/// What chooses the best epoch: what the program keeps, else the loss.
LoopRule rule_of(const Run& run) {
  if (run.manifest.run.keep) return *run.manifest.run.keep;
  LoopRule rule;
  rule.part = run.data->validation.empty() ? DataPart::Train : DataPart::Validation;
  return rule;
}

}  // namespace

std::string record_folder(const RunOptions& options, const std::string& run, size_t runs) {
  return runs == 1 ? top_folder(options) : path_in(top_folder(options), run.c_str());
}

void expect_record(const Run& run, const RunOptions& options, size_t runs) {
  const std::string top = top_folder(options), folder = record_folder(options, run.manifest.run.name, runs);
  if (runs > 1 && is_record(top)) refuse_to_record(top, "it is the record of one run, and these are several");
  if (!is_record(folder)) return expect_new(is_folder(top) ? folder : top);
  if (options.resume.empty())
    refuse_to_record(folder, "a training is recorded there: --resume goes on with it, another folder begins one");
  if (run.data && value_behind(record_in(folder), key_member) != record_key(run))
    refuse_to_record(folder, "it is that of another training");
}

std::string bench_file(const Run& run, const std::string& folder) {
  const std::string of_run = is_record(folder) ? folder : path_in(folder, run.manifest.run.name.c_str());
  if (!is_record(of_run)) refuse_to_record(folder, "no training of this program is recorded there");
  if (value_behind(record_in(of_run), key_member) != record_key(run))
    refuse_to_record(of_run, "it is that of another training");
  std::string path = path_in(of_run, record_files::bench);
  expect_writable(path);
  return path;
}

Record::Record(const Run& run, const RunOptions& options, size_t runs)
    : run_(run),
      folder_(record_folder(options, run.manifest.run.name, runs)),
      key_(record_key(run)),
      begun_(now_text()),
      rule_(rule_of(run)),
      best_file_{is::best, record_files::best},
      last_file_{is::last, record_files::last} {
  make_folder(top_folder(options));
  make_folder(folder_);
  if (is_record(folder_)) read();
  else write(RecordState::Running, "");
  history_.emplace(path(record_files::history));
}

/// What the record that is gone on with says of what was before.
void Record::read() {
  const std::string there = record_in(folder_);
  begun_ = value_behind(there, begun_member);
  seconds_ = std::atof(value_behind(there, seconds_member).c_str());
  best_file_.epoch = std::atoll(value_behind(there, best_epoch_member).c_str());
  best_file_.sha256 = value_behind(there, best_hash_member);
  const std::string value = value_behind(there, best_value_member);  // `null` of a number that is not finite
  best_ = {value.find_first_of(hex_digits) != value.npos && best_file_.epoch > 0, std::atof(value.c_str()), 0};
}

void Record::resume(int64_t epoch) {
  if (best_file_.epoch < epoch) return;
  best_ = {};
  best_file_ = {best_file_.name, best_file_.file};
}

void Record::begin(const RunOptions& options, Report& report) {
  Members members(described_);
  const Manifest& manifest = run_.manifest;
  members.text(is::command, options.command);
  members.text(is::program, manifest.file);
  members.add(is::sources, "[");
  for (const SourceText& source : manifest.sources) {
    members.item();
    members.text(is::file, source.file);
    members.text(is::text, source.text);
    members.close();
  }
  described_ += ']';
  members.open(is::settings);
  members.text(is::run, manifest.run.name);
  members.text(is::net, manifest.run.net);
  members.number(is::batch, manifest.run.batch);
  members.add(is::seed, std::to_string(run_.seed));
  members.number(is::epochs, run_.epochs);
  members.number(is::threads, thread_count());
  members.text(is::device, options.device);
  members.text(is::data, options.data);
  members.text(is::from, options.from);
  members.texts(is::constants, manifest.constants);
  members.close();
  if (!options.from.empty()) {
    members.open(is::from);
    tell_file(members, options.from);
  }
  members.open(is::environment);
  members.text(is::dnnc, version);
  members.text(is::processor, processor_name());
  const DeviceName on = run_.machine->device_name();
  members.text(is::device, on.device);
  members.text(is::driver, on.driver);
  utsname system{};
  ::uname(&system);
  members.text(is::system, system.sysname);
  members.text(is::release, system.release);
  members.text(is::target, manifest.machine.name);
  members.text(is::machine, manifest.machine.text);
  members.close();
  std::string info = info_json(manifest);
  info.pop_back();
  members.add(is::info, info);
  members.open(is::data);
  members.text(is::name, manifest.data.name);
  members.text(is::key, key_.substr(key_.rfind(' ') + 1));
  members.open(is::examples);
  for (const auto& [part, word] : words<DataPart>)
    members.number(word, static_cast<int64_t>(run_.data->part(part).size()));
  members.close();
  members.add(is::files, "[");
  int64_t done = 0;
  const auto all = static_cast<int64_t>(run_.files.size());
  for (const std::string& path : run_.files) {
    report.loading("hashing files", done++, all);
    members.item();
    tell_file(members, path);
  }
  report.loading("", all, all);
  described_ += "]}";
  members.open(is::names);
  for (const auto& [name, lines] : metadata_of(run_.names)) members.text(name, lines);
  members.close();
  members.add(is::outputs, "[");
  for (const OutputInfo& output : manifest.outputs) {
    members.item();
    members.text(is::name, output.name);
    members.text(is::head, word_of(output.head));
    std::vector<std::string> classes = class_names(manifest, output, run_.names);
    for (auto k = static_cast<int64_t>(classes.size()); k < output.classes; ++k) classes.push_back(std::to_string(k));
    if (output.head == Head::Class) members.texts(is::classes, classes);
    members.close();
  }
  described_ += ']';
  write(RecordState::Running, "");
}

void Record::write(RecordState state, const std::string& why) const {
  std::string text = "{";
  Members members(text);
  members.number(is::record, record_form);
  members.text(is::state, word_of(state));
  members.text(is::why, why);
  members.text(is::begun, begun_);
  if (state != RecordState::Running) members.text(is::ended, now_text());
  members.add(is::seconds,
              json_exact(seconds_ + std::chrono::duration<double>(std::chrono::steady_clock::now() - since_).count()));
  members.text(is::key, key_);
  if (!described_.empty()) text += ',' + described_;
  if (!best_file_.sha256.empty()) {
    members.open(is::best);
    members.number(is::epoch, best_file_.epoch);
    members.add(is::value, json_exact(best_.best));
    members.text(is::on, rule_.on());
    members.text(is::goal, word_of(rule_.goal));
    members.close();
  }
  members.open(is::weights);
  for (const KeptFile* kept : {&best_file_, &last_file_}) {
    if (kept->sha256.empty()) continue;
    members.open(kept->name);
    members.text(is::sha256, kept->sha256);
    members.text(is::file, kept->file);
    members.number(is::epoch, kept->epoch);
    members.close();
  }
  members.close();
  if (answers_ >= 0) {
    members.open(is::answers);
    members.text(is::file, record_files::answers);
    members.text(is::part, word_of(part_));
    members.number(is::examples, answers_);
    members.close();
  }
  text += "}\n";
  write_file(path(record_files::record), text.data(), text.size());
}

void Record::keep(KeptFile& kept, const std::vector<char>& bytes) const {
  write_file(path(kept.file), bytes.data(), bytes.size());
  kept.sha256 = sha256(bytes.data(), bytes.size());
}

std::vector<char> Record::weights() const {
  return model_bytes(*run_.machine, metadata_of(run_), path(record_files::last));
}

void Record::end_epoch(int64_t epoch, const Numbers& train, const Numbers& validation) {
  last_file_.epoch = epoch;
  if (!watch_.better(best_, train, validation)) return;
  best_bytes_ = weights();
  best_file_.epoch = epoch;
}

void Record::keep_best() {
  if (best_bytes_.empty()) return;
  keep(best_file_, best_bytes_);
  best_bytes_.clear();
}

void Record::keep_weights() {
  keep_best();
  keep(last_file_, weights());
  write(RecordState::Running, "");
}

void Record::answer(Run& run, DataPart part, Report& report) {
  if (!run.machine->find(EntryKind::Predict)) return;
  AnswerFile file(path(record_files::answers));
  Question question{.seed = run.seed, .file = &file, .recorded = true};
  predict_part(*run.machine, *run.data, run.data->part(part), question, report);
  file.write();
  part_ = part;
  answers_ = file.examples();
}

void Record::result(const std::string& line) {
  results_ += line;
  write_file(path(record_files::results), results_.data(), results_.size());
}

void Record::end(RecordState state, const std::string& why) {
  keep_best();
  write(state, why);
}

}  // namespace dnnc::runtime

#include "compiler/sema/data/data_sources.h"

#include <algorithm>

namespace dnnc {
namespace {

const SourceField class_label = {.name = "label", .shape = "", .label = true};

SourceField labels_of(const char* name, const char* classes) {
  return {.name = name, .shape = "", .label = true, .classes = classes};
}
SourceField bytes_of(const char* name, const char* shape) { return {.name = name, .shape = shape, .bytes = true}; }
SourceField numbers_of(const char* name, const char* shape) { return {.name = name, .shape = shape}; }

std::vector<CallArgument> synthetic_arguments() {
  return {{"n", ArgumentKind::Whole, false, 1000},
          {"noise", ArgumentKind::Number, false, 0.1},
          {"seed", ArgumentKind::Seed, false, 0}};
}

DataSource synthetic(const char* name, const char* shape, const char* classes) {
  return {.form = {name, synthetic_arguments()},
          .fields = {numbers_of("x", shape), labels_of("y", classes)},
          .target = "y"};
}

DataSource pictures(const char* name, const char* shape, const char* classes) {
  return {.form = {name, {}}, .fields = {bytes_of("image", shape), labels_of("label", classes)}, .target = "label"};
}

}  // namespace

const std::vector<DataSource>& data_sources() {
  static const std::vector<DataSource> table = {
      {.form = {"idx",
                {{"images", ArgumentKind::File, true},
                 {"labels", ArgumentKind::File, true},
                 {"test", ArgumentKind::FilePair}}},
       .fields = {bytes_of("image", "*"), class_label},
       .target = "label"},
      {.form = {"cifar", {{"folder", ArgumentKind::File, true}}},
       .fields = {bytes_of("image", "32 32 3"), labels_of("label", "10")},
       .target = "label"},
      {.form = {"images",
                {{"folder", ArgumentKind::File, true},
                 {"size", ArgumentKind::Sizes, true},
                 {"test", ArgumentKind::File}}},
       .fields = {bytes_of("image", "size ?"), class_label},
       .target = "label"},
      {.form = {"csv",
                {{"file", ArgumentKind::File, true},
                 {"target", ArgumentKind::Column, true},
                 {"test", ArgumentKind::File}}},
       .fields = {numbers_of("features", "?")},
       .target = "target",
       .target_named = true,
       .open = true,
       .table = true},
      {.form = {"npz",
                {{"file", ArgumentKind::File, true}, {"target", ArgumentKind::Column}, {"test", ArgumentKind::File}}},
       .fields = {},
       .target = "target",
       .target_named = true,
       .open = true},
      {.form = {"text",
                {{"file", ArgumentKind::File, true},
                 {"window", ArgumentKind::Whole, true},
                 {"vocabulary", ArgumentKind::Whole, true}}},
       .fields = {{.name = "text", .shape = "window", .label = true, .classes = "vocabulary"},
                  {.name = "next", .shape = "*", .label = true, .classes = "vocabulary"}},
       .target = "next"},
      {.form = {"words",
                {{"file", ArgumentKind::File, true},
                 {"target", ArgumentKind::Column, true},
                 {"length", ArgumentKind::Whole, true},
                 {"vocabulary", ArgumentKind::Whole, true}}},
       .fields = {{.name = "words", .shape = "length", .label = true, .classes = "vocabulary"},
                  {.name = "length", .shape = "", .whole = true}},
       .target = "target",
       .target_named = true},
      synthetic("moons", "2", "2"),
      synthetic("blobs", "2", "?"),
      synthetic("circles", "2", "2"),
      synthetic("spirals", "2", "?"),
      synthetic("linear", "*", "?"),
  };
  return table;
}

const std::vector<DataSource>& builtin_sets() {
  static const std::vector<DataSource> table = {
      pictures("mnist", "28 28 1", "10"),
      pictures("fashion_mnist", "28 28 1", "10"),
      pictures("digits", "8 8 1", "10"),
      {.form = {"iris", {}},
       .fields = {numbers_of("features", "4"), numbers_of("sepal_length", ""), numbers_of("sepal_width", ""),
                  numbers_of("petal_length", ""), numbers_of("petal_width", ""), labels_of("species", "3")},
       .target = "species"},
      {.form = {"boston", {}},
       .fields = {numbers_of("features", "13"), numbers_of("crim", ""), numbers_of("zn", ""), numbers_of("indus", ""),
                  numbers_of("chas", ""), numbers_of("nox", ""), numbers_of("rm", ""), numbers_of("age", ""),
                  numbers_of("dis", ""), numbers_of("rad", ""), numbers_of("tax", ""), numbers_of("ptratio", ""),
                  numbers_of("b", ""), numbers_of("lstat", ""), numbers_of("medv", "")},
       .target = "medv"},
  };
  return table;
}

const DataSource* find_source(const std::vector<DataSource>& table, std::string_view name) {
  auto found = std::find_if(table.begin(), table.end(), [&](const DataSource& row) { return row.form.name == name; });
  return found == table.end() ? nullptr : &*found;
}

std::vector<CallForm> forms_of(const std::vector<DataSource>& table) {
  std::vector<CallForm> forms;
  for (const DataSource& row : table) forms.push_back(row.form);
  return forms;
}

}  // namespace dnnc

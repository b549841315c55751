#include "compiler/ir/axes.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "compiler/syntax/keywords.h"

namespace dnnc {
namespace {

bool may_begin_name(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; }

bool reserved(const std::string& name) {
  return name == word_of(Function::And) || name == word_of(Function::Or) || name == word_of(Function::Not) ||
         name == keyword::otherwise;
}

}  // namespace

bool is_axis_name(const std::string& name) {
  auto in_name = [](char c) { return may_begin_name(c) || std::isdigit(static_cast<unsigned char>(c)) || c == '\''; };
  return !name.empty() && may_begin_name(name[0]) && std::all_of(name.begin(), name.end(), in_name) && !reserved(name);
}

std::vector<std::string> axis_faults(const Node& node) {
  std::vector<std::string> faults;
  std::set<std::string> names;
  std::vector<Axis> axes = all_axes(node);
  for (size_t place = 0; place < axes.size(); ++place) {
    const Axis& axis = axes[place];
    if (!is_axis_name(axis.name)) faults.push_back("`" + axis.name + "` is no name for an axis");
    if (!names.insert(axis.name).second) faults.push_back("two axes are named `" + axis.name + "`");
    if (axis.extent < 1) faults.push_back("axis `" + axis.name + "` has extent " + std::to_string(axis.extent));
    if (axis.batch && place > 0 && place < node.axes.size())
      faults.push_back("the batch axis `" + axis.name + "` is not the first");
  }
  auto is_batch = [](const Axis& axis) { return axis.batch; };
  if (std::count_if(axes.begin() + node.axes.size(), axes.end(), is_batch) > 1)
    faults.push_back("two batch axes are reduced over");
  return faults;
}

}  // namespace dnnc

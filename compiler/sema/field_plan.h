#pragma once
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "compiler/sema/data_blocks.h"

namespace dnnc {

/// Which fields exist after the steps of a data block, and what each is made from. `target` and the field that is the
/// target are one until a step defines `target` itself.
class FieldNames {
 public:
  /// `defined`: whether a name means something without the data, so that it is no column.
  FieldNames(const DataBlock& block, std::function<bool(const std::string&)> defined);

  const DataBlock& block() const { return *block_; }
  /// The name under which a field is kept after the first `steps` steps: that of the target for `target`.
  std::string kept_name(const std::string& name, size_t steps) const;
  /// Whether there is such a field after the first `steps` steps; any name may be one of an open source.
  bool exists(const std::string& name, size_t steps) const;
  /// All names of fields at the end, for suggestions.
  std::vector<std::string> all() const;
  /// The fields, by kept names, that the formula of step number `step` reads.
  const std::set<std::string>& reads(size_t step) const { return reads_[step]; }

  /// What the fields called `names` at the end are made from.
  struct Need {
    std::vector<bool> steps;       ///< those to be carried out
    std::vector<std::string> raw;  ///< fields of the source, in its order, then in the order of reading
  };
  Need need_of(const std::vector<std::string>& names) const;

 private:
  std::set<std::string> fields_in(const ast::Ptr& formula, size_t step) const;

  const DataBlock* block_;
  std::function<bool(const std::string&)> defined_;
  size_t target_step_;  ///< the first step that defines `target`; the number of steps if none does
  std::vector<std::set<std::string>> reads_;
};

}  // namespace dnnc

#pragma once
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/sema/data/data_blocks.h"
#include "compiler/sema/names/program.h"

namespace dnnc {

/// Which fields exist after the steps of a data block, and what each is made from. `target` and the field that is the
/// target are one until a step defines `target` itself.
class FieldNames {
 public:
  using Means = std::function<bool(const std::string&)>;
  /// `defined`: whether a name means something without the data, so that it is no column; `is_value`: whether that is a value,
  /// not a function, which is none where a value must stand.
  FieldNames(const DataBlock& block, Means defined, Means is_value);

  const DataBlock& block() const { return *block_; }
  /// The name under which a field is kept after the first `steps` steps: that of the target for `target`.
  std::string kept_name(const std::string& name, size_t steps) const;
  /// Whether there is such a field at the end; any name may be one of an open source.
  bool exists(const std::string& name) const;
  /// The same, but the text tells it.
  bool known(const std::string& name) const { return known(name, block_->steps.size()); }
  /// All names of fields at the end, for suggestions.
  std::vector<std::string> all() const;
  /// The names in a formula of the data that mean fields after the first `steps` steps, as they are written. Names of fields
  /// hide what else they mean; other names are columns of an open source only if nothing else is called so, or if that is a
  /// function where a value must stand.
  std::set<std::string> fields_in(const ast::Ptr& formula, size_t steps) const;
  /// The same in a formula of a training, after all steps: there a function may stand alone, as `mse` does.
  std::set<std::string> fields_in_training(const ast::Ptr& formula) const;

  /// The statistics of the standardisations that end what the field called so at the end is made by, in order: those
  /// that can be undone.
  std::vector<std::string> fitted_last(const std::string& name) const;

  /// What the fields called `names` at the end are made from.
  struct Need {
    std::vector<bool> steps;       ///< those to be carried out
    std::vector<std::string> raw;  ///< fields of the source, in the order in which `names` need them
    std::set<std::string> whole;   ///< those of them that may miss no value: not all that reads them is filled
  };
  Need need_of(const std::vector<std::string>& names) const;

  /// What is known of a field of the source, or of what is read of its cells; std::nullopt if nothing is.
  std::optional<KnownField> find(const std::string& name) const;
  /// The fields that tell where a value is missing that step number `step` fills.
  const std::set<std::string>& gaps_of(size_t step) const { return gaps_[step]; }
  /// The last standardisation that what step number `step` reads is made by; null if there is none.
  const FieldStep* standardized_before(size_t step) const;

 private:
  std::set<std::string> fields_among(const ast::Ptr& formula, size_t steps, const std::set<std::string>& values) const;
  std::set<std::string> fields_that_may_miss(size_t step) const;
  void add_gap(size_t step, const std::string& name);

  bool known(const std::string& name, size_t steps) const;

  const DataBlock* block_;
  Means defined_, is_value_;
  size_t target_step_;  ///< the first step that defines `target`; the number of steps if none does
  std::vector<std::set<std::string>> reads_;   ///< of each step, by kept names
  std::vector<std::set<std::string>> gaps_;    ///< of each step
  std::map<std::string, KnownField> missing_;  ///< the fields that gaps_ names, as far as the block does not know them
};

/// The fields of a data block of that file.
FieldNames field_names(const DataBlock& block, const Module& module);

/// Reports names in the steps of a data block that mean nothing, also where nothing uses the field.
void check_unknown_names(const DataBlock& block, const Module& module, Diagnostics& diagnostics);

}  // namespace dnnc

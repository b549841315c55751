#pragma once
#include <string>
#include <string_view>
#include <vector>

/// Formulas of a net as texts that programs are compared by: `n/dense1/z[j: 4] = n/dense1/z.sum[j] + n/dense1/b[j]`. Made by
/// the compiler (compiler/sema/training/net_formulas.cpp), carried by weights. See compiler/docs/weights.md.
namespace dnnc::runtime {

template <class Place>
struct BasicFormula {
  std::string text;
  Place place = {};
  bool operator==(const BasicFormula&) const = default;
};
using Formula = BasicFormula<std::string>;

/// Weights have no more bytes of formulas than this; then they have none.
inline constexpr size_t most_formula_bytes = 4u << 20;

inline constexpr std::string_view field_mark = "field ", training_mark = "in training ";
/// A field that the net is given.
inline std::string field_formula(std::string_view name, std::string_view type) {
  return std::string(field_mark).append(name).append(": ").append(type);
}
constexpr bool is_field(std::string_view formula) { return formula.starts_with(field_mark); }
/// A formula that holds in training only.
inline std::string training_formula(std::string_view formula) { return std::string(training_mark).append(formula); }

/// What the formula defines: "n/dense1/z", "in training n/dropout1/y".
constexpr std::string_view defined_by(std::string_view formula) {
  const std::string_view name = formula.substr(0, formula.find_first_of("[:="));
  return name.ends_with(' ') ? name.substr(0, name.size() - 1) : name;
}

}  // namespace dnnc::runtime

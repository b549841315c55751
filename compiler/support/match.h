#pragma once
#include <variant>

namespace dnnc {

/// `std::visit(match{[](const A&) {...}, [](const B&) {...}}, variant)`: one lambda an alternative, none forgotten.
template <class... F>
struct match : F... {
  using F::operator()...;
};
template <class... F>
match(F...) -> match<F...>;

}  // namespace dnnc

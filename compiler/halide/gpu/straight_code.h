#pragma once
#include <Halide.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace dnnc {

/// Names with their values, the outermost first.
using Lets = std::vector<std::pair<std::string, Halide::Expr>>;

/// A store, with the names that stand around it.
struct Piece {
  Lets lets;
  const Halide::Internal::Store* store;
};

/// The stores of a statement that has nothing else.
std::optional<std::vector<Piece>> pieces_of(const Halide::Internal::Stmt& statement);

/// The statement with these names around it.
Halide::Internal::Stmt with_lets(const Lets& lets, Halide::Internal::Stmt body);

/// Loads of single numbers that are done whatever numbers are, the names of all buffers that are read, and names that mean
/// something in a part alone.
class LoadsMet : public Halide::Internal::IRVisitor {
 public:
  std::vector<Halide::Expr> certain;
  std::set<std::string> buffers, local;
  using Halide::Internal::IRVisitor::visit;
  void visit(const Halide::Internal::Load* load) override;
  void visit(const Halide::Internal::Let* let) override;
  void visit(const Halide::Internal::Call* call) override;

 private:
  bool perhaps_ = false;
};

template <class Part>
LoadsMet loads_of(const Part& part) {
  LoadsMet loads;
  part.accept(&loads);
  return loads;
}

bool uses_any(const Halide::Expr& value, const std::set<std::string>& names);

/// By how much one index lies behind another, if that is always the same.
std::optional<int64_t> distance(const Halide::Expr& from, const Halide::Expr& to);

/// Places of one buffer, each so many numbers behind the first that was met.
struct PlacesOfBuffer {
  std::string buffer;
  Halide::Type type;
  Halide::Expr first;
  std::map<int64_t, Halide::Expr> places = {};  ///< what stands at each
};

/// The row to which an index belongs, a new one if there is none, and its place in it.
std::pair<PlacesOfBuffer*, int64_t> place_in(std::vector<PlacesOfBuffer>& rows, const std::string& buffer,
                                             const Halide::Type& type, const Halide::Expr& index);

}  // namespace dnnc

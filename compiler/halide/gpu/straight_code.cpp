#include "compiler/halide/gpu/straight_code.h"

#include <algorithm>

namespace dnnc {
namespace {

namespace ir = Halide::Internal;
using ir::Stmt;

bool put_pieces(const Stmt& statement, Lets& lets, std::vector<Piece>& pieces) {
  if (const auto* store = statement.as<ir::Store>()) return pieces.push_back({lets, store}), true;
  if (const auto* block = statement.as<ir::Block>())
    return put_pieces(block->first, lets, pieces) && put_pieces(block->rest, lets, pieces);
  const auto* let = statement.as<ir::LetStmt>();
  if (!let) return false;
  const size_t before = pieces.size();
  lets.emplace_back(let->name, let->value);
  const bool whole = put_pieces(let->body, lets, pieces);
  lets.pop_back();
  // What several stores use may be what was there before the first.
  return whole && (pieces.size() - before < 2 || loads_of(let->value).buffers.empty());
}

}  // namespace

std::optional<std::vector<Piece>> pieces_of(const Stmt& statement) {
  Lets lets;
  std::vector<Piece> pieces;
  if (!put_pieces(statement, lets, pieces)) return std::nullopt;
  return pieces;
}

Stmt with_lets(const Lets& lets, Stmt body) {
  for (auto let = lets.rbegin(); let != lets.rend(); ++let) body = ir::LetStmt::make(let->first, let->second, body);
  return body;
}

void LoadsMet::visit(const ir::Load* load) {
  buffers.insert(load->name);
  if (load->type.is_scalar() && ir::is_const_one(load->predicate) && !perhaps_) certain.emplace_back(load);
  ir::IRVisitor::visit(load);
}

void LoadsMet::visit(const ir::Let* let) {
  local.insert(let->name);
  ir::IRVisitor::visit(let);
}

void LoadsMet::visit(const ir::Call* call) {
  const bool before = perhaps_;
  perhaps_ = before || call->is_intrinsic(ir::Call::if_then_else);
  ir::IRVisitor::visit(call);
  perhaps_ = before;
}

bool uses_any(const Halide::Expr& value, const std::set<std::string>& names) {
  return std::ranges::any_of(names, [&](const std::string& name) { return ir::expr_uses_var(value, name); });
}

std::optional<int64_t> distance(const Halide::Expr& from, const Halide::Expr& to) {
  return ir::as_const_int(ir::simplify(to - from));
}

std::pair<PlacesOfBuffer*, int64_t> place_in(std::vector<PlacesOfBuffer>& rows, const std::string& buffer,
                                             const Halide::Type& type, const Halide::Expr& index) {
  for (PlacesOfBuffer& row : rows)
    if (row.buffer == buffer && row.type == type)
      if (const auto behind = distance(row.first, index)) return {&row, *behind};
  return {&rows.emplace_back(PlacesOfBuffer{buffer, type, index}), 0};
}

}  // namespace dnnc

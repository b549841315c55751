"""Faults of one expression each: (what is wrong, file, where, instead). In `where`, which must stand in the file once,
the expression between « and » is replaced by `instead`."""

DERIVATIVES = "compiler/ir/functions.cpp"
GATHER = "compiler/passes/differentiate/gather_adjoint.cpp"
EQUATIONS = "compiler/passes/formulas/index_equations.cpp"
PRODUCT = "compiler/passes/formulas/product.cpp"
LOADS = "compiler/passes/differentiate/load_adjoints.cpp"
BACKWARD = "compiler/passes/differentiate/backward.cpp"
SIMPLIFY = "compiler/passes/formulas/simplify_call.cpp"
STABILIZE = "compiler/passes/stabilize.cpp"
COLLAPSE = "compiler/kernels/collapse.cpp"
LOWER = "compiler/halide/expressions/lower_expression.cpp"
REDUCTION = "compiler/halide/lower/lower_reduction.cpp"
CONTRACTION = "compiler/halide/lower/lower_contraction.cpp"
DRAW = "compiler/halide/expressions/lower_draw.cpp"

MUTATIONS = [
    # Gradients: rules.
    ("wrong sign: derivative of a difference", DERIVATIVES, "Expr minus_one(const Arguments&, const Expr&) { return «constant(-1)»; }",
     "constant(1)"),
    ("wrong sign: derivative by a divisor", DERIVATIVES, "return «-(value / a[1])»;", "value / a[1]"),
    ("missing factor: derivative of a power", DERIVATIVES, "return «a[1] * lower_power(a[0], a[1])»;",
     "lower_power(a[0], a[1])"),
    ("wrong sign: derivative of tanh", DERIVATIVES, "return «constant(1) - value * value»;", "constant(1) + value * value"),
    ("missing factor: derivative of sigmoid", DERIVATIVES, "return «value * (constant(1) - value)»;", "Expr(value)"),
    ("wrong sign: derivative of cos", DERIVATIVES, "return «-unary(Function::Sin, a[0])»;", "unary(Function::Sin, a[0])"),
    ("missing factor: derivative of sqrt", DERIVATIVES, "return «constant(0.5)» / value;", "constant(1)"),
    ("both arguments get the gradient of max", DERIVATIVES, "return «one_where(Function::Less, a[0], a[1])»;", "constant(1)"),
    ("the wrong argument gets the gradient of min", DERIVATIVES, "return «one_where(Function::LessEqual, a[0], a[1])»;",
     "one_where(Function::LessEqual, a[1], a[0])"),
    ("wrong sign: derivative of log(sigmoid(x))", DERIVATIVES, "return unary(Function::Sigmoid, «-a[0]»);", "Expr(a[0])"),
    # Gradients: places.
    ("wrong place: an index read backwards", EQUATIONS, "solve(state, unknown.index, «(affine(place) - rest) * unknown.coefficient»);",
     "affine(place) - rest"),
    ("wrong phase of a stride", EQUATIONS, "branch.region.push_back(equal(remainder, affine_constant(«phase»)));",
     "(phase + 1) % stride"),
    ("off by one: the range of a phase", EQUATIONS, "place.axis.extent = «ceil_divide(array_[axis].extent - phase, stride)»;",
     "std::max<int64_t>(1, array_[axis].extent / stride)"),
    ("a missing term: the first of stepped taps", EQUATIONS, "Affine value = affine_constant(«first»);", "first + how.step"),
    ("missing factor: a sum over an index that does not occur", GATHER, "else term.coefficient *= «part.summed[place].extent»;",
     "int64_t{1}"),
    ("a part's region is forgotten", GATHER, "chosen = «last && whole»\n                   ? expression_of", "last"),
    ("a term that may lie outside is not masked", PRODUCT, "bool below = «move.reached[index].low >= 0 || range.high - coefficient < 0»;",
     "true"),
    ("wrong sign: a negated factor", PRODUCT, "product.coefficient = «-product.coefficient»;\n    multiply(product, a[0]);",
     "product.coefficient"),
    ("wrong sign: a term that is subtracted", PRODUCT, "sum = !sum ? term : «subtract ? sum - term : sum + term»;", "sum + term"),
    ("the wrong side of an if gets the gradient", LOADS, "choose(share, call.arguments[0], «by == 1»);", "by == 2"),
    ("the value outside gets the gradient everywhere", LOADS,
     "multiply(share, «call(Function::Select, {all_inside(load), constant(0), constant(1)})»);", "constant(1)"),
    ("only one reader's gradient counts", BACKWARD, "add_adjoint(node, sum_of(«terms»));", "std::vector<Product>{terms.back()}"),
    ("wrong place: the gradient of a maximum", BACKWARD, "result.guards.push_back(\n          {«equal(helper(0), index_value(number_of_reduced(node.axes.size(), comprehension.reduced)))»});",
     "equal(index_value(number_of_reduced(node.axes.size(), comprehension.reduced)), constant(0))"),
    ("a factor of zero has no gradient in a product", BACKWARD, "Expr at_zero = select(equal(zeros, constant(1)), «product», constant(0));",
     "constant(0)"),
    # Simplifying.
    ("wrong sign: a minus in front of a difference", SIMPLIFY,
     "return «inner->arguments[1] - inner->arguments[0]»;", "inner->arguments[0] - inner->arguments[1]"),
    ("a constant factor is lost", SIMPLIFY, "return scaled(inner->arguments[0], «*number(inner->arguments[1]) * factor»);", "factor"),
    ("the sides of a choice are swapped", SIMPLIFY, "if (const double* decided = number(condition)) return «*decided != 0» ? then : otherwise;",
     "*decided == 0"),
    ("wrong sign: softplus for log(sigmoid(x))", STABILIZE, "return unary(Function::LogSigmoid, «e»);", "negated(e)"),
    ("the maximum is not added to a log of a sum", STABILIZE, "return «unary(Function::Log, terms(*sum)) + largest(*sum)»;",
     "unary(Function::Log, terms(*sum))"),
    # Kernels, memory, order.
    ("axes are joined that are not one", COLLAPSE, "return «first == second * extent»;", "true"),
    ("overlapping slots in the arena", "compiler/kernels/memory.cpp", "return «a.first <= b.last && b.first <= a.last»;",
     "a.first < b.last && b.first < a.last"),
    ("a stale buffer: written before its last reader", "compiler/kernels/updates.cpp", "«reader->second > writer->second») return false;",
     "false"),
    ("a divisor becomes a factor", "compiler/kernels/reciprocals.cpp", "return dividend * «(constant(1) / divisor)»;", "Expr(divisor)"),
    ("updates are stored twice", "compiler/native/step.cpp", 'llvm::Constant* compute = add_part(entry, "compute", «entry.step.compute»);',
     "[&] { auto all = entry.step.compute; all.insert(all.end(), entry.step.update.begin(), entry.step.update.end()); return all; }()"),
    ("a buffer at the wrong place", "compiler/native/step.cpp", "static_cast<uint64_t>(«plan_.buffers[view.buffer].offset»)",
     "plan_.buffers[view.buffer].offset / 128 * 64"),
    ("a kernel's fault is dropped", "compiler/native/step.cpp", "ir_.CreateICmpEQ(code, «ir_.getInt32(0)»)", "code"),
    ("a structure is laid out otherwise than in C", "compiler/native/c_types.cpp",
     "make(i64, pointer, pointer, i64, «types.element», i32, pointer, pointer)", "make(i32, i32)"),
    # Halide.
    ("padding is what stands at the edge", LOWER, "return Halide::select(«inside», value, lower_expression(load.outside, context));",
     "Halide::Internal::const_true()"),
    ("off by one: the last place counts as outside", LOWER, "inside = inside && «subscript <= last»;", "subscript < last"),
    ("a remainder is not taken", LOWER, "value = «value % static_cast<int>(term.modulus)»;", "HalideExpr(value)"),
    ("wrong tail: the start of a row again", REDUCTION, "reduced.back() = reduced.back() + «static_cast<int>(whole_)»;", "0"),
    ("a maximum starts at 0", REDUCTION, "case Reduction::Maximum:\n      return {HalideExpr(«-strict::infinity»)};", "0.0f"),
    ("an odd part of a tree is lost", REDUCTION, "if («states.size() % 2 == 1») next.push_back(states.back());", "false"),
    ("of equal maxima the last counts", REDUCTION, "HalideExpr better = largest ? «strict::less(a[1], b[1])» : strict::less(b[1], a[1]);",
     "!strict::less(b[1], a[1])"),
    ("wrong padding of a convolution", CONTRACTION, "domain.where(at[axis] >= 0 && «at[axis] < static_cast<int>(operand.extents[axis])»);",
     "at[axis] <= static_cast<int>(operand.extents[axis])"),
    ("the operands of a product are swapped in layout", CONTRACTION, "return funcs.sums(sum_arguments(funcs, «at», {}));",
     "std::vector<HalideExpr>(at.rbegin(), at.rend())"),
    ("every example draws the same", DRAW, "Halide::cast<uint32_t>(«lower_affine(draw.example, context.indices)»)", "HalideExpr(0)"),
    ("a normal draw of the wrong width", DRAW, "unit_number(unit_multiple(words[0]) + 1)), «-2.0f»)", "-1.0f"),
    ("every step draws the same", DRAW, "setting(«draw.step», context)},", "draw.seed"),
    # Sema.
    ("an index that stops before its axis is taken for all of it", "compiler/sema/elaborate/tensors.cpp",
     "if («elaboration.extents[(*ids)[place]] != axes[place].extent») return {};", "false"),
]

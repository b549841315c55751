#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// Reads the PTX that dnnc makes; what it does not know is refused.
namespace ptx {

struct Fault : std::runtime_error {
  using std::runtime_error::runtime_error;
};

enum class Kind : uint8_t { Unsigned, Signed, Bits, Float, Predicate };
struct Type {
  Kind kind = Kind::Bits;
  int bits = 32;
};

struct Operand {
  enum class Is : uint8_t { Register, Number, Special, Parameter, Place, Label, Pack } is = Is::Number;
  uint32_t slot = 0;    ///< of a register, a parameter, or the register of a place
  bool not_it = false;  ///< of a predicate
  uint64_t number = 0;  ///< or a distance, or the instruction behind a label
  std::vector<Operand> parts = {};
  std::string name = {};
};

enum class Special : uint8_t {
  tid_x,
  tid_y,
  tid_z,
  ntid_x,
  ntid_y,
  ntid_z,
  ctaid_x,
  ctaid_y,
  ctaid_z,
  nctaid_x,
  nctaid_y,
  nctaid_z
};

enum class Op : uint8_t {
  ld_param,
  ld_global,
  st_global,
  mov,
  cvta,
  add,
  sub,
  mul_lo,
  mul_hi,
  mul_wide,
  mad_lo,
  mad_wide,
  fma,
  div,
  rem,
  neg,
  abs,
  min,
  max,
  and_,
  or_,
  xor_,
  not_,
  shl,
  shr,
  selp,
  setp,
  cvt,
  bra,
  brx,  ///< to that of the labels behind its number
  bar,
  ret,
  sqrt,
  rcp,
  bfe,
  popc,
  red_max,
  copysign,
};

struct Instruction {
  Op op = Op::ret;
  Type type, from;                ///< `from`: what cvt reads
  std::string_view compare = {};  ///< of setp: "lt"
  char combine = 0;               ///< of setp: what is done with a second predicate: 'a', 'o' or 'x'
  char rounding = 0;              ///< of cvt: n, z, m, p
  bool to_whole = false;          ///< of cvt: rounds to a whole number
  bool saturates = false, read_only = false, flushes = false;
  int32_t guard = -1;  ///< the predicate that lets it be done
  bool guard_not = false;
  std::vector<Operand> operands = {};
  std::string text = {};
};

struct Kernel {
  std::string name;
  std::vector<uint32_t> parameters;  ///< sizes in bytes
  std::vector<uint32_t> offsets;     ///< of them, one behind the other
  std::vector<bool> places;          ///< which are addresses
  uint32_t registers = 0;
  std::vector<Instruction> code;
};

/// The kernels of a text.
std::map<std::string, std::unique_ptr<Kernel>> read(const std::string& text);

}  // namespace ptx

#include "machine.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <span>

#include "numbers.h"

namespace ptx {
namespace {

struct Thread {
  uint32_t id[3];
  size_t at = 0;
  bool ended = false;
  std::vector<uint64_t> registers;
};

class Runner {
 public:
  Runner(const Launch& launch, uint32_t number, std::vector<Allocation*> memory, Done& done)
      : launch_(launch), kernel_(*launch.kernel), memory_(std::move(memory)), done_(done), use_{number, 0, 0, 0} {}

  void run_all() {
    for (uint32_t z = 0; z < launch_.blocks[2]; ++z)
      for (uint32_t y = 0; y < launch_.blocks[1]; ++y)
        for (uint32_t x = 0; x < launch_.blocks[0]; ++x) {
          block_[0] = x, block_[1] = y, block_[2] = z;
          run_block();
          ++use_.block;
        }
  }

 private:
  void run_block() {
    const uint32_t* size = launch_.threads;
    threads_.resize(size[0] * size[1] * size[2]);
    for (uint32_t number = 0; number < threads_.size(); ++number) {
      Thread& thread = threads_[number];
      thread = {{number % size[0], number / size[0] % size[1], number / size[0] / size[1]},
                0,
                false,
                std::move(thread.registers)};
      thread.registers.assign(kernel_.registers, 0xdeadbeefdeadbeefULL);
    }
    for (use_.phase = 0;; ++use_.phase) {
      size_t waiting = 0;
      size_t barrier = 0;
      for (use_.thread = 0; use_.thread < threads_.size(); ++use_.thread) {
        Thread& thread = threads_[use_.thread];
        if (!thread.ended) run_to_barrier(thread);
        if (thread.ended) continue;
        if (waiting > 0 && barrier != thread.at) throw Fault("threads wait at different barriers: " + kernel_.name);
        barrier = thread.at;
        ++waiting;
      }
      if (waiting == 0) return;
      if (waiting != threads_.size()) throw Fault("some threads do not come to a barrier: " + kernel_.name);
    }
  }

  void run_to_barrier(Thread& thread) {
    now_ = &thread;
    while (true) {
      if (thread.at >= kernel_.code.size()) throw Fault("a kernel that does not return: " + kernel_.name);
      const Instruction& one = kernel_.code[thread.at++];
      ++done_.instructions;
      if (one.guard >= 0 && (thread.registers[static_cast<size_t>(one.guard)] & 1) == (one.guard_not ? 1u : 0u))
        continue;
      if (one.op == Op::ret) {
        thread.ended = true;
        return;
      }
      if (one.op == Op::bar) return;
      if (one.op == Op::bra || one.op == Op::brx) {
        const uint64_t label = one.op == Op::bra ? 0 : 1 + (value(one.operands[0]) & 0xffffffff);
        thread.at = one.operands.at(label).number;
        continue;
      }
      step(one);
    }
  }

  uint64_t value(const Operand& operand) const {
    switch (operand.is) {
      case Operand::Is::Register:
        return operand.not_it ? (now_->registers[operand.slot] ^ 1) & 1 : now_->registers[operand.slot];
      case Operand::Is::Number:
        return operand.number;
      case Operand::Is::Special: {
        const uint32_t axis = operand.slot % 3;
        const uint32_t* const rows[] = {now_->id, launch_.threads, block_, launch_.blocks};
        return rows[operand.slot / 3][axis];
      }
      default:
        throw Fault("an operand that is no value");
    }
  }
  void store(const Operand& operand, uint64_t value, int bits) { now_->registers[operand.slot] = cut(value, bits); }

  Allocation& allocation_of(uint64_t address, uint64_t bytes, const Instruction& one) {
    if (last_ && last_->holds(address, bytes)) return *last_;
    for (Allocation* allocation : memory_)
      if (allocation->holds(address, bytes)) return *(last_ = allocation);
    throw Fault(kernel_.name + " goes beyond its memory: " + one.text);
  }

  bool is_other(const Allocation::Use& use) const {
    return use.launch == use_.launch &&
           (use.block != use_.block || (use.thread != use_.thread && use.phase == use_.phase));
  }
  [[noreturn]] void race(const Instruction& one, const char* what) const {
    throw Fault(kernel_.name + ": " + what + " in the same launch, in no order: " + one.text);
  }
  /// One word is the flag of the device, which all may read while it is set.
  void look_at_use(Allocation& allocation, uint64_t address, const Instruction& one, bool stores) {
    if (allocation.bytes <= 4) return;
    Allocation::Word& word = allocation.word(address, one.type.bits);
    if (is_other(word.stored)) race(one, "another thread has stored this");
    if (!stores) {
      if (one.read_only) {
        if (word.stored.launch == use_.launch) race(one, "what is read as unchanged was stored");
        word.read_only_launch = use_.launch;
      }
      word.many_read = word.read.launch == use_.launch && word.read.block == use_.block &&
                       word.read.phase == use_.phase && (word.many_read || word.read.thread != use_.thread);
      if (word.read.launch == use_.launch && word.read.block != use_.block)
        return;  // the first block is enough to tell
      word.read = use_;
      return;
    }
    if (word.read_only_launch == use_.launch) race(one, "what was read as unchanged is stored");
    if (is_other(word.read) || (word.many_read && word.read.launch == use_.launch && word.read.phase == use_.phase))
      race(one, "another thread has read this");
    word.stored = use_;
  }

  /// Of all numbers that are loaded or stored at once: they begin at a multiple of their bytes.
  uint8_t* place(const Operand& operand, size_t count, const Instruction& one, bool stores) {
    const uint64_t address = now_->registers[operand.slot] + operand.number;
    const uint64_t each = static_cast<uint64_t>(one.type.bits) / 8, bytes = each * count;
    ++(stores ? done_.stores : done_.loads);
    Allocation& allocation = allocation_of(address, bytes, one);
    if (address % bytes != 0) throw Fault("an address that is not aligned: " + one.text);
    const uint64_t looked_at = std::min<uint64_t>(each, 4);  // words, or what is shorter
    for (uint64_t at = address; at < address + bytes; at += looked_at) look_at_use(allocation, at, one, stores);
    return reinterpret_cast<uint8_t*>(address);
  }
  static std::span<const Operand> parts_of(const Operand& operand) {
    if (operand.is == Operand::Is::Pack) return operand.parts;
    return {&operand, 1};
  }

  void step(const Instruction& one) {
    const auto& operands = one.operands;
    const int bits = one.type.bits;
    const bool is_float = one.type.kind == Kind::Float, is_signed = one.type.kind == Kind::Signed;
    const auto integer = [&](size_t k) { return cut(value(operands[k]), bits); };
    const auto whole = [&](size_t k) { return extended(value(operands[k]), bits); };
    const auto real = [&](size_t k) { return as_float(value(operands[k]), bits); };
    const auto give = [&](uint64_t made) { store(operands[0], made, bits); };
    const auto give_real = [&](double made) { give(bits_of(made, bits)); };
    const auto wide = [&] { return is_signed ? static_cast<uint64_t>(whole(1) * whole(2)) : integer(1) * integer(2); };
    switch (one.op) {
      case Op::ld_param: {
        uint64_t loaded = 0;
        std::memcpy(&loaded, launch_.arguments.data() + kernel_.offsets[operands[1].slot],
                    static_cast<size_t>(bits) / 8);
        return give(loaded);
      }
      case Op::ld_global: {
        const auto parts = parts_of(operands[0]);
        const uint8_t* at = place(operands[1], parts.size(), one, false);
        for (const Operand& part : parts) {
          uint64_t loaded = 0;
          std::memcpy(&loaded, at, static_cast<size_t>(bits) / 8);
          store(part, is_signed ? static_cast<uint64_t>(extended(loaded, bits)) : loaded, bits);
          at += bits / 8;
        }
        return;
      }
      case Op::st_global: {
        const auto parts = parts_of(operands[1]);
        uint8_t* at = place(operands[0], parts.size(), one, true);
        for (const Operand& part : parts) {
          const uint64_t stored = value(part);
          std::memcpy(at, &stored, static_cast<size_t>(bits) / 8);
          at += bits / 8;
        }
        return;
      }
      case Op::red_max: {
        auto* at = reinterpret_cast<int32_t*>(now_->registers[operands[0].slot] + operands[0].number);
        allocation_of(reinterpret_cast<uint64_t>(at), 4, one);
        *at = std::max(*at, static_cast<int32_t>(whole(1)));
        return;
      }
      case Op::mov:
        return move(one);
      case Op::cvta:
        return give(integer(1));
      case Op::add:
        return is_float ? give_real(real(1) + real(2)) : give(integer(1) + integer(2));
      case Op::sub:
        return is_float ? give_real(real(1) - real(2)) : give(integer(1) - integer(2));
      case Op::mul_lo:
        return is_float ? give_real(real(1) * real(2)) : give(integer(1) * integer(2));
      case Op::mul_hi:
        return give(high(integer(1), integer(2), whole(1), whole(2), bits, is_signed));
      case Op::mul_wide:
        return store(operands[0], wide(), 2 * bits);
      case Op::mad_lo:
        return give(integer(1) * integer(2) + integer(3));
      case Op::mad_wide:
        return store(operands[0], wide() + value(operands[3]), 2 * bits);
      case Op::fma:
        if (bits == 64) return give_real(std::fma(real(1), real(2), real(3)));
        return give_real(static_cast<double>(
            std::fma(static_cast<float>(real(1)), static_cast<float>(real(2)), static_cast<float>(real(3)))));
      case Op::div:
        if (is_float) return give_real(real(1) / real(2));
        return give(integer(2) == 0 ? ~uint64_t{0}
                    : is_signed     ? static_cast<uint64_t>(whole(1) / whole(2))
                                    : integer(1) / integer(2));
      case Op::rem:
        return give(integer(2) == 0 ? integer(1)
                    : is_signed     ? static_cast<uint64_t>(whole(1) % whole(2))
                                    : integer(1) % integer(2));
      case Op::neg:
        return is_float ? give(integer(1) ^ (uint64_t{1} << (bits - 1))) : give(-integer(1));
      case Op::abs:
        return is_float ? give(cut(integer(1), bits - 1)) : give(static_cast<uint64_t>(std::abs(whole(1))));
      case Op::min:
        return extreme(one, false);
      case Op::max:
        return extreme(one, true);
      case Op::and_:
        return give(integer(1) & integer(2));
      case Op::or_:
        return give(integer(1) | integer(2));
      case Op::xor_:
        return give(integer(1) ^ integer(2));
      case Op::not_:
        return give(~integer(1));
      case Op::shl: {
        const uint64_t by = cut(value(operands[2]), 32);
        return give(by >= static_cast<uint64_t>(bits) ? 0 : integer(1) << by);
      }
      case Op::shr: {
        const uint64_t by = std::min<uint64_t>(cut(value(operands[2]), 32), static_cast<uint64_t>(bits));
        if (is_signed) return give(static_cast<uint64_t>(whole(1) >> std::min<uint64_t>(by, 63)));
        return give(by >= static_cast<uint64_t>(bits) ? 0 : integer(1) >> by);
      }
      case Op::selp:
        return give(value(operands[3]) & 1 ? integer(1) : integer(2));
      case Op::setp:
        return compare(one);
      case Op::cvt:
        return convert(one);
      case Op::sqrt:
        return give_real(bits == 32 ? static_cast<double>(std::sqrt(static_cast<float>(real(1)))) : std::sqrt(real(1)));
      case Op::rcp:
        return give_real(1 / real(1));
      case Op::bfe:
        return give(cut(integer(1) >> (value(operands[2]) & 0xff), static_cast<int>(value(operands[3]) & 0xff)));
      case Op::popc:
        return give(static_cast<uint64_t>(std::popcount(integer(1))));
      case Op::copysign: {
        const uint64_t sign = uint64_t{1} << (bits - 1);
        return give((integer(1) & sign) | (integer(2) & ~sign));
      }
      default:
        throw Fault("an instruction that is not done: " + one.text);
    }
  }

  void move(const Instruction& one) {
    const Operand &to = one.operands[0], &from = one.operands[1];
    if (to.is == Operand::Is::Pack) {
      const int part = one.type.bits / static_cast<int>(to.parts.size());
      for (size_t k = 0; k < to.parts.size(); ++k)
        store(to.parts[k], value(from) >> (part * static_cast<int>(k)), part);
      return;
    }
    if (from.is != Operand::Is::Pack) return store(to, value(from), one.type.bits);
    const int part = one.type.bits / static_cast<int>(from.parts.size());
    uint64_t all = 0;
    for (size_t k = 0; k < from.parts.size(); ++k)
      all |= cut(value(from.parts[k]), part) << (part * static_cast<int>(k));
    store(to, all, one.type.bits);
  }

  void extreme(const Instruction& one, bool largest) {
    const int bits = one.type.bits;
    const uint64_t a = cut(value(one.operands[1]), bits), b = cut(value(one.operands[2]), bits);
    bool first = largest ? a > b : a < b;
    if (one.type.kind == Kind::Signed)
      first = largest ? extended(a, bits) > extended(b, bits) : extended(a, bits) < extended(b, bits);
    if (one.type.kind == Kind::Float) {
      const double x = as_float(a, bits), y = as_float(b, bits);
      first = std::isnan(y) || (x == y ? std::signbit(x) != largest : (largest ? x > y : x < y));
    }
    store(one.operands[0], first ? a : b, bits);
  }

  void compare(const Instruction& one) {
    bool holds = compared(one, value(one.operands[1]), value(one.operands[2]));
    if (one.combine != 0) {
      const bool other = value(one.operands[3]) & 1;
      holds = one.combine == 'a' ? holds && other : one.combine == 'o' ? holds || other : holds != other;
    }
    store(one.operands[0], holds ? 1 : 0, 1);
  }

  void convert(const Instruction& one) {
    store(one.operands[0], converted(one, value(one.operands[1])), one.type.bits);
  }

  const Launch& launch_;
  const Kernel& kernel_;
  std::vector<Allocation*> memory_;
  Done& done_;
  Allocation* last_ = nullptr;
  Allocation::Use use_;
  uint32_t block_[3] = {};
  std::vector<Thread> threads_;
  Thread* now_ = nullptr;
};

}  // namespace

void run(const Launch& launch, uint32_t number, std::vector<Allocation*> memory, Done& done) {
  Runner(launch, number, std::move(memory), done).run_all();
}

}  // namespace ptx

#pragma once
#include "compiler/sema/elaborate/evaluate.h"

namespace dnnc {

/// One read of a definition of the group within another.
struct RecurrenceRead {
  size_t reader = 0, read = 0;
  const ast::Element* element = nullptr;
  Span span;
};

/// Indexed definitions that read each other at earlier places of one index.
struct RecurrenceGroup {
  std::vector<const ast::IndexedStatement*> statements;
  std::vector<Span> spans;
  std::vector<RecurrenceRead> reads;
  std::string index;  ///< the one along which they run
  bool backward = false;
  std::vector<Ranges> ranges;
};

/// The numbers of nodes from here on are those of definitions that are being made.
inline constexpr uint32_t first_placeholder = 0x80000000;

inline NodeId placeholder(size_t place) { return NodeId{first_placeholder + static_cast<uint32_t>(place)}; }

/// The ranges of all indices of the group, and its names bound to placeholders. False after an error.
bool find_all_ranges(Context& context, RecurrenceGroup& group, bool batched);
bool check_extents(Context& context, const RecurrenceGroup& group);

}  // namespace dnnc

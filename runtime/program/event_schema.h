#pragma once

namespace dnnc::runtime {

/// The field `schema` of every JSON line that dnnc and trainers print. Raised when a field gets another name or meaning or is
/// left out; new fields may come at any time.
inline constexpr int event_schema = 1;

}  // namespace dnnc::runtime

#include "runtime/program/manifest.h"

namespace dnnc::runtime {

double LoopRule::number(const std::string& key, double standard) const {
  auto found = numbers.find(key);
  return found == numbers.end() ? standard : found->second;
}

std::string LoopRule::word(const std::string& key, const std::string& standard) const {
  auto found = words.find(key);
  return found == words.end() ? standard : found->second;
}

}  // namespace dnnc::runtime

#pragma once
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "runtime/program/contract.h"

namespace dnnc::runtime {

/// Where the terms of contracts get their numbers from.
struct ContractSource {
  /// `test.accuracy`, `train.loss`, `time.epoch` of a run; throws Failure, which says why, if it is not known.
  std::function<double(const std::string& run, const std::string& name)> number;
  /// The answer of a run's net to one raw example.
  std::function<double(const std::string& run, const std::vector<double>& example)> predict;
};

/// One `expect` and whether it holds.
struct ContractResult {
  std::string text, place;
  bool holds = false;
  std::string seen;  ///< the sides of a comparison as numbers, and what is none: "nan < 1: `test.loss` is not a number"
};

/// Settles every contract. A condition made of NaN, or of a number that is not known, does not hold, whatever it asks.
std::vector<ContractResult> settle_contracts(const std::vector<Contract>& contracts, const ContractSource& source);

/// The runs that a contract asks, each once.
std::set<std::string> runs_of(const Contract& contract);

}  // namespace dnnc::runtime

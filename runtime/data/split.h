#pragma once
#include "runtime/data/source.h"

namespace dnnc::runtime {

/// Takes the parts off the training examples in the order in which the program states them. The share is of what is
/// left for training at that point, rounded to the nearest whole number of examples. A pure function of the seeds:
/// `tail` takes the last; `random` the first of a permutation; `stratified` of each class its share, the numbers
/// rounded so that together they are the share of all. Parts keep the order of the source.
DataSet split_source(LoadedSource source, const DataDescription& description);

/// The class of an example; of a target from 0 to 1, which of the two it is nearer to.
int32_t class_of(const FieldData& target, uint32_t row);

}  // namespace dnnc::runtime

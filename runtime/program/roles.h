#pragma once
#include <cstdint>

#include "runtime/program/words.h"

/// What compiler and runtime call the parts of a program.
namespace dnnc::runtime {

/// The functions of a program. Some programs lack some: `fit` is there where data are standardised, `finish` with metrics.
enum class EntryKind : uint8_t {
  Initial,  ///< outputs Value: the starting value of every parameter, state and optimizer state, named like its input.
            ///< Running averages have none: they start as copies of their parameters
  Fit,  ///< outputs Value: the values of the fields to be fitted, for a batch of examples (fit_output), and where they
        ///< are missing (missing_name)
  Fields,  ///< outputs Value: the fields that a net, loss or metric is given and that formulas may make no numbers, named as
           ///< messages call them
  Train,     ///< outputs Loss, Metrics, Updates (parameters, states, optimizer states, averages) with Gradient nodes,
             ///< and each gradient before clipping as a Value (gradient_name)
  Evaluate,  ///< `training` false; outputs Loss as a mean over the batch, and Metrics
  Finish,    ///< outputs Metric: each metric from its means, which are Settings
  Targets,  ///< outputs Result: what the answers of Predict are compared with and no field of the source is, named like them
  Net,     ///< outputs as Predict, of a net inside of the trained one (NetInfo)
  Predict  ///< outputs Result: for an output `o` (called `output` if it has no name) `o`: probabilities, or the number
  ///< with a standardised target undone; for a class also its label (label_name); and Value as Fields, of inputs
};
template <>
inline constexpr std::array words<EntryKind> = {
    Word{EntryKind::Initial, "initial"}, Word{EntryKind::Fit, "fit"},           Word{EntryKind::Fields, "fields"},
    Word{EntryKind::Train, "train"},     Word{EntryKind::Evaluate, "evaluate"}, Word{EntryKind::Finish, "finish"},
    Word{EntryKind::Targets, "targets"}, Word{EntryKind::Net, "net"},           Word{EntryKind::Predict, "predict"}};

/// Whether `predict` runs it.
constexpr bool gives_answers(EntryKind kind) { return kind == EntryKind::Predict || kind == EntryKind::Targets; }

/// What the numbers of a buffer are in memory.
enum class Storage : uint8_t {
  Float32,
  UInt8,
  Int32,
  Float64  ///< of data alone, as they were read: no buffer of a program
};
template <>
inline constexpr std::array words<Storage> = {Word{Storage::Float32, "f32"}, Word{Storage::UInt8, "u8"},
                                              Word{Storage::Int32, "i32"}, Word{Storage::Float64, "f64"}};
constexpr int64_t bytes_of(Storage storage) {
  return storage == Storage::UInt8 ? 1 : storage == Storage::Float64 ? 8 : 4;
}

/// What kind of formulas a kernel computes.
enum class KernelClass : uint8_t { Contraction, Pointwise, Reduction, Gather, Scalar };
template <>
inline constexpr std::array words<KernelClass> = {
    Word{KernelClass::Contraction, "contraction"}, Word{KernelClass::Pointwise, "pointwise"},
    Word{KernelClass::Reduction, "reduction"}, Word{KernelClass::Gather, "gather"},
    Word{KernelClass::Scalar, "scalar"}};

/// Where an input comes from, and how long its value lasts.
enum class InputRole : uint8_t {
  Field,           ///< of the data, one row an example (the only role with a batch axis)
  Fitted,          ///< made from the training data once, kept with the model (statistic_name)
  Parameter,       ///< trained; kept with the model
  State,           ///< of a layer: kept with the model, changed by training steps
  OptimizerState,  ///< of an optimizer for one parameter (optimizer_state_name)
  Average,         ///< running average of a parameter, from `average = ...` (average_name)
  Setting,         ///< what the training loop gives: those of setting_names.h, and for Finish the means of metrics
  /// Of a draw (compiler/docs/draws.md): a constant, which is its name in decimal, as two i32, the lower 32 bits first.
  Stream,
};
template <>
inline constexpr std::array words<InputRole> = {
    Word{InputRole::Field, "field"},
    Word{InputRole::Fitted, "fitted"},
    Word{InputRole::Parameter, "parameter"},
    Word{InputRole::State, "state"},
    Word{InputRole::OptimizerState, "optimizer_state"},
    Word{InputRole::Average, "average"},
    Word{InputRole::Setting, "setting"},
    Word{InputRole::Stream, "stream"},
};
/// Whether its value is there before a step and after it.
constexpr bool outlives_step(InputRole role) { return role != InputRole::Field; }

enum class OutputRole : uint8_t {
  Loss,      ///< no axes: mean over the batch of the loss
  Metric,    ///< no batch axis: what tells a mean of a metric over the batch (MeanInfo)
  Weight,    ///< no axes: what the examples of the batch weigh together, where they do not all count the same
  Result,    ///< of the net: scores, or what `predict` shows after the link
  Update,    ///< the new value of the input `target`, stored after everything has been read
  Fraction,  ///< a field that is looked at before training: finite, and from 0 to 1
  Value,     ///< anything else that is asked for by name: initial values, gradients
};
template <>
inline constexpr std::array words<OutputRole> = {
    Word{OutputRole::Loss, "loss"},     Word{OutputRole::Metric, "metric"}, Word{OutputRole::Weight, "weight"},
    Word{OutputRole::Result, "result"}, Word{OutputRole::Update, "update"}, Word{OutputRole::Fraction, "fraction"},
    Word{OutputRole::Value, "value"},
};

/// A part of the data: what is trained on, what is looked at meanwhile, what is kept for the end.
enum class DataPart : uint8_t { Train, Validation, Test };
template <>
inline constexpr std::array words<DataPart> = {Word{DataPart::Train, "train"}, Word{DataPart::Validation, "validation"},
                                               Word{DataPart::Test, "test"}};

/// What a field is made of the cells of a column, or of the elements of an array.
enum class Reading : uint8_t {
  Value,    ///< what the cell says
  Missing,  ///< 1 where it says nothing, else 0
  Equals,   ///< 1 where it is a certain word, else 0
  Days,     ///< of a date: days since 1970-01-01
  Weekday,  ///< 0 for a Monday
  Hour,     ///< of the day
  Group,    ///< a number for each word that it may be
  Order     ///< a number or a date with its time: what comes first is less
};
template <>
inline constexpr std::array words<Reading> = {Word{Reading::Value, "value"},     Word{Reading::Missing, "missing"},
                                              Word{Reading::Equals, "equals"},   Word{Reading::Days, "days"},
                                              Word{Reading::Weekday, "weekday"}, Word{Reading::Hour, "hour"},
                                              Word{Reading::Group, "group"},     Word{Reading::Order, "order"}};

/// How examples are chosen that are split off.
enum class SplitMethod : uint8_t {
  Tail,        ///< the last
  Random,      ///< any
  Stratified,  ///< of each class its share
  Groups       ///< whole groups
};
template <>
inline constexpr std::array words<SplitMethod> = {Word{SplitMethod::Tail, "tail"}, Word{SplitMethod::Random, "random"},
                                                  Word{SplitMethod::Stratified, "stratified"},
                                                  Word{SplitMethod::Groups, "groups"}};

/// What the training loop may do after an epoch.
enum class LoopRuleKind : uint8_t {
  Early,   ///< stops
  Best,    ///< keeps the weights of the best epoch
  Plateau  ///< makes the rate smaller
};
template <>
inline constexpr std::array words<LoopRuleKind> = {Word{LoopRuleKind::Early, "early"}, Word{LoopRuleKind::Best, "best"},
                                                   Word{LoopRuleKind::Plateau, "plateau"}};

/// Which of the numbers that a rule watches is the best.
enum class Goal : uint8_t { Smallest, Largest };
template <>
inline constexpr std::array words<Goal> = {Word{Goal::Smallest, "smallest"}, Word{Goal::Largest, "largest"}};

/// What the numbers of a net's result mean, and so how `predict` shows them.
enum class Head : uint8_t { Class, Probability, Real, Array };
template <>
inline constexpr std::array words<Head> = {Word{Head::Class, "class"}, Word{Head::Probability, "prob"},
                                           Word{Head::Real, "real"}, Word{Head::Array, "array"}};

/// What numbers are. All are computed in float32; a Class holds whole numbers in [0, classes).
struct Element {
  enum class Kind : uint8_t { Real, Class, Integer } kind = Kind::Real;
  int64_t classes = 0;  ///< of a Class
  bool operator==(const Element&) const = default;
};
template <>
inline constexpr std::array words<Element::Kind> = {
    Word{Element::Kind::Real, "real"}, Word{Element::Kind::Class, "class"}, Word{Element::Kind::Integer, "integer"}};

}  // namespace dnnc::runtime

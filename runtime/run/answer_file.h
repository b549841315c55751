#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/files/csv.h"
#include "runtime/files/npy.h"
#include "runtime/files/write_npz.h"

namespace dnnc::runtime {

struct Items;
struct Shown;

/// What a file has of one example.
struct AnsweredExample {
  uint32_t number;
  const std::string& file;  ///< in which it is; empty where it is in one with others
  const std::vector<Shown>&answers, &targets;
};

/// A file of answers, of the kind that its ending says. Written when all are there, so that there is the whole of it or what was
/// there before.
class AnswerFile {
 public:
  /// Throws Failure(exit_usage) for an ending that is none.
  explicit AnswerFile(std::string path);
  /// Whether it wants examples; else it wants lines, the events of --json.
  bool takes_columns() const { return kind_ != Kind::Lines; }
  void add(const std::string& line) { text_ += line, ++examples_; }
  void add(const AnsweredExample& example);
  int64_t examples() const { return examples_; }
  void write() const;

 private:
  enum class Kind : uint8_t { Table, Arrays, Lines };
  struct KindRow {
    const char* ending;
    Kind kind;
  };
  static constexpr KindRow kinds[] = {{csv_ending, Kind::Table}, {npz_ending, Kind::Arrays}, {".jsonl", Kind::Lines}};
  /// Numbers or labels of an example, by the name that they have in the file.
  struct Piece {
    std::string name;
    const Items* items;
    const std::vector<std::string>* last_axis = nullptr;  ///< what the elements along it are called
  };
  static std::vector<Piece> pieces_of(const AnsweredExample& example);
  void add_line(const AnsweredExample& example, const std::vector<Piece>& pieces);
  void add_arrays(const AnsweredExample& example, const std::vector<Piece>& pieces);

  std::string path_;
  Kind kind_ = Kind::Lines;
  std::string text_;  ///< of a table or of lines
  std::vector<NpzArray> arrays_;
  std::vector<std::string> files_;  ///< of each example
  int64_t examples_ = 0;
};

}  // namespace dnnc::runtime

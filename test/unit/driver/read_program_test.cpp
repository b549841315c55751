#include "compiler/driver/read_program.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace dnnc {
namespace {

namespace fs = std::filesystem;
using Texts = std::vector<std::string>;

/// Files in a folder of their own, which is the working folder meanwhile.
class ReadProgram : public testing::Test {
 protected:
  ReadProgram()
      : before_(fs::current_path()), folder_(fs::temp_directory_path() / ("dnnc-read-" + std::to_string(getpid()))) {
    fs::create_directories(folder_);
    fs::current_path(folder_);
  }
  ~ReadProgram() override {
    fs::current_path(before_);
    fs::remove_all(folder_);
  }

  static void write(const std::string& name, const std::string& text) {
    if (fs::path(name).has_parent_path()) fs::create_directories(fs::path(name).parent_path());
    std::ofstream(name) << "dnn 1\n" << text;
  }
  /// The names of what is read, in its order.
  Texts read(const std::string& path) {
    Texts names;
    for (const ast::File& file : read_program(path, sources_, diagnostics_))
      names.push_back(sources_.name(file.source));
    return names;
  }
  /// "E0801 main.dnn:2:8 bloks.dnn: cannot read: ..." of each.
  Texts faults() const {
    Texts texts;
    for (const Diagnostic& diagnostic : diagnostics_.sorted()) {
      const std::string place = sources_.describe(diagnostic.span);
      texts.push_back(diagnostic.code + " " + (place.empty() ? "" : place + " ") + diagnostic.message);
    }
    return texts;
  }

  Sources sources_;
  Diagnostics diagnostics_{sources_};

 private:
  const fs::path before_, folder_;
};

TEST_F(ReadProgram, TakesTheMainFileFirstAndImportsInTheirOrderDepthFirst) {
  write("main.dnn", "import \"a.dnn\"\nimport \"b.dnn\"\n");
  write("a.dnn", "import \"deep.dnn\"\n");
  write("deep.dnn", "x = 1\n");
  write("b.dnn", "y = 1\n");
  EXPECT_EQ(read("main.dnn"), (Texts{"main.dnn", "a.dnn", "deep.dnn", "b.dnn"}));
  EXPECT_EQ(faults(), Texts());
}

TEST_F(ReadProgram, ReadsAFileOnceHoweverOftenAndByWhateverPathItIsImported) {
  write("main.dnn", "import \"a.dnn\"\nimport \"b.dnn\"\nimport \"./sub/../a.dnn\"\n");
  write("a.dnn", "import \"shared.dnn\"\n");
  write("b.dnn", "import \"shared.dnn\"\n");
  write("shared.dnn", "x = 1\n");
  fs::create_directory("sub");
  EXPECT_EQ(read("main.dnn"), (Texts{"main.dnn", "a.dnn", "shared.dnn", "b.dnn"}));
  fs::create_symlink("a.dnn", "other.dnn");
  write("links.dnn", "import \"other.dnn\"\nimport \"a.dnn\"\n");
  EXPECT_EQ(read("links.dnn"), (Texts{"links.dnn", "other.dnn", "shared.dnn"}));
  EXPECT_EQ(faults(), Texts());
}

TEST_F(ReadProgram, TakesPathsRelativeToTheFileThatImports) {
  write("nets/main.dnn", "import \"blocks/a.dnn\"\n");
  write("nets/blocks/a.dnn", "import \"b.dnn\"\nimport \"../c.dnn\"\n");
  write("nets/blocks/b.dnn", "x = 1\n");
  write("nets/c.dnn", "y = 1\n");
  EXPECT_EQ(read("nets/main.dnn"),
            (Texts{"nets/main.dnn", "nets/blocks/a.dnn", "nets/blocks/b.dnn", "nets/blocks/../c.dnn"}));
}

TEST_F(ReadProgram, IsNothingWithoutItsMainFile) {
  EXPECT_EQ(read("none.dnn"), Texts());
  EXPECT_EQ(faults(), (Texts{"E0801 none.dnn: cannot read: No such file or directory"}));
}

TEST_F(ReadProgram, NamesTheImportThatCannotBeReadAndReadsTheOthers) {
  write("main.dnn", "import \"none.dnn\"\nimport \"a.dnn\"\nimport \"folder\"\n");
  write("a.dnn", "x = 1\n");
  fs::create_directory("folder");
  EXPECT_EQ(read("main.dnn"), (Texts{"main.dnn", "a.dnn"}));
  const Texts found = faults();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0], "E0801 main.dnn:2:8 none.dnn: cannot read: No such file or directory");
  EXPECT_TRUE(found[1].starts_with("E0801 main.dnn:4:8 folder: ")) << found[1];
}

TEST_F(ReadProgram, NamesTheImportThatClosesACircle) {
  write("main.dnn", "import \"a.dnn\"\n");
  write("a.dnn", "x = 1\nimport \"b.dnn\"\n");
  write("b.dnn", "import \"main.dnn\"\n");
  EXPECT_EQ(read("main.dnn"), (Texts{"main.dnn", "a.dnn", "b.dnn"}));
  EXPECT_EQ(faults(), (Texts{"E0802 b.dnn:2:8 `main.dnn` imports itself, directly or through others"}));
}

TEST_F(ReadProgram, SaysWhatIsWrongInEachFile) {
  write("main.dnn", "import \"a.dnn\"\nx = = 1\n");
  write("a.dnn", "y = = 2\n");
  read("main.dnn");
  Texts places;
  for (const Diagnostic& diagnostic : diagnostics_.sorted())
    places.push_back(sources_.name(diagnostic.span.source) + ":" +
                     std::to_string(sources_.position(diagnostic.span.source, diagnostic.span.begin).line));
  EXPECT_EQ(places, (Texts{"main.dnn:3", "a.dnn:2"}));
}

}  // namespace
}  // namespace dnnc

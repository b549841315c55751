#pragma once
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "runtime/data/dataset.h"
#include "runtime/program/failure.h"
#include "runtime/program/manifest_json.h"

/// Helps the tests of sources: a folder that goes away, a manifest's "data" from its parts, values of a field.
namespace dnnc::runtime {

class Folder {
 public:
  Folder() {
    char name[] = "/tmp/dnnc_test_XXXXXX";
    path_ = mkdtemp(name);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }
  std::string write(const std::string& name, const std::string& bytes) const {
    const std::filesystem::path file = std::filesystem::path(path_) / name;
    std::filesystem::create_directories(file.parent_path());
    std::filesystem::remove(file);  // what is written over an old file goes to the disk at once
    std::ofstream(file, std::ios::binary) << bytes;
    return file.string();
  }

 private:
  std::string path_;
};

/// `raw` is JSON: one declared field, as in the manifest.
inline std::string real(const std::string& name, const std::string& shape = "[]") {
  return R"({"name":")" + name + R"(","shape":)" + shape + R"(,"element":"real","classes":0})";
}
inline std::string classes(const std::string& name, int count) {
  return R"({"name":")" + name + R"(","shape":[],"element":"class","classes":)" + std::to_string(count) + "}";
}
inline std::string whole(const std::string& name) {
  return R"({"name":")" + name + R"(","shape":[],"element":"integer","classes":0})";
}

inline std::string description(const std::string& source, const std::string& raw, const std::string& target,
                               const std::string& splits = "") {
  return R"({"name":"d","source":)" + source + R"(,"raw":[)" + raw + R"(],"target":")" + target + R"(","splits":[)" +
         splits + "]}";
}

/// `call` with named arguments as JSON: call("csv", R"("file":"a.csv")").
inline std::string call(const std::string& name, const std::string& named) {
  return R"({"call":")" + name + R"(","named":{)" + named + R"(},"place":"t.dnn:2:12"})";
}

inline DataSet load_from(const Folder& folder, const std::string& data) {
  return load_data(data_from_json(data), {folder.path(), folder.path() + "/cache", nullptr});
}

/// The message of the Failure that loading gives; empty if it loads. The folder's own path is left out of it.
inline std::string failure_of(const Folder& folder, const std::string& data) {
  try {
    load_from(folder, data);
    return "";
  } catch (const Failure& failure) {
    std::string message = failure.what();
    for (size_t at; (at = message.find(folder.path() + "/")) != std::string::npos;)
      message.erase(at, folder.path().size() + 1);
    return message;
  }
}

inline double value_of(const FieldData& field, int64_t example, int64_t element = 0) {
  const char* row = field.row(example);
  switch (field.storage) {
    case Storage::UInt8:
      return static_cast<uint8_t>(row[element]);
    case Storage::Int32: {
      int32_t value;
      std::memcpy(&value, row + element * 4, 4);
      return value;
    }
    case Storage::Float64: {
      double value;
      std::memcpy(&value, row + element * 8, 8);
      return value;
    }
    case Storage::Float32: {
      float value;
      std::memcpy(&value, row + element * 4, 4);
      return value;
    }
  }
  return 0;
}

}  // namespace dnnc::runtime

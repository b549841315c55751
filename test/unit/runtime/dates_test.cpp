#include "runtime/data/cell_column.h"
#include "test/unit/runtime/loading.h"

extern "C" const dnnc::runtime::DateReader dnnc_cell_dates;

namespace dnnc::runtime {
namespace {

/// What the date comes to; -1 if it is none.
double read(const std::string& cell, Reading reading) {
  double number = -1;
  return dnnc_cell_dates.read(cell, reading, number) ? number : -1;
}

TEST(Dates, DaysAreCountedFrom1970) {
  const std::pair<const char*, double> dates[] = {{"1970-01-01", 0},      {"1970-01-02", 1},      {"1969-12-31", -1},
                                                  {"2000-03-01", 11017},  {"2024-02-29", 19782},  {"2024-03-01", 19783},
                                                  {"1900-03-01", -25508}, {"0001-01-01", -719162}};
  for (const auto& [date, days] : dates) {
    double number = 1e9;
    ASSERT_TRUE(dnnc_cell_dates.read(date, Reading::Days, number)) << date;
    EXPECT_EQ(number, days) << date;
  }
}

TEST(Dates, AWeekBeginsOnMonday) {
  EXPECT_EQ(read("1970-01-01", Reading::Weekday), 3);
  EXPECT_EQ(read("2024-04-01", Reading::Weekday), 0);
  EXPECT_EQ(read("2024-03-31", Reading::Weekday), 6);
  EXPECT_EQ(read("1969-12-28", Reading::Weekday), 6);
  EXPECT_EQ(read("0001-01-01", Reading::Weekday), 0);
}

TEST(Dates, TimesStandBehindABlankOrAT) {
  EXPECT_EQ(read("2024-03-31", Reading::Hour), 0);
  for (const char* time : {"2024-03-31 14:30", "2024-03-31T14:30:00", "2024-03-31T14:30:00.125Z",
                           "2024-03-31 14:30:00+01:00", "2024-03-31T14:30-0230", "2024-03-31T14:59:60+01"}) {
    EXPECT_EQ(read(time, Reading::Hour), 14) << time;
    EXPECT_EQ(read(time, Reading::Days), 19813) << time;
  }
}

TEST(Dates, WhatIsNoDateIsNone) {
  for (const char* none :
       {"", "2024", "2024-3-31", "31.03.2024", "03/31/2024", "2024-13-01", "2024-00-01", "2024-02-30", "2023-02-29",
        "1900-02-29", "2024-03-32", "2024-03-31 25:00", "2024-03-31 14", "2024-03-31 14:60", "2024-03-31x",
        "2024-03-31T14:30:00 Z", "2024-03-31T14:30+25:00", "-024-03-31", "2024-03-31 14:30."})
    EXPECT_EQ(read(none, Reading::Days), -1) << none;
}

}  // namespace
}  // namespace dnnc::runtime

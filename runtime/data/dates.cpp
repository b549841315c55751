#include <algorithm>
#include <charconv>

#include "runtime/data/cell_column.h"

// ISO 8601 as people write it: 2024-03-31, with T or a blank before a time 14:30, 14:30:00, 14:30:00.5, and Z or an offset
// behind it. What is taken is the local date and hour as they stand; only the order of dates looks at the offset.
namespace dnnc::runtime {
namespace {

struct Date {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  double fraction = 0;  ///< of a second
  int ahead = 0;        ///< of universal time, in minutes
};

/// Takes a number of `digits` digits from the front.
bool take(std::string_view& text, size_t digits, int& number) {
  if (text.size() < digits) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, number);
  if (error != std::errc() || end != text.data() + digits || text[0] == '-') return false;
  text.remove_prefix(digits);
  return true;
}
bool take(std::string_view& text, char letter) {
  if (!text.starts_with(letter)) return false;
  text.remove_prefix(1);
  return true;
}

int days_of_month(int year, int month) {
  constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return days[month - 1] + (month == 2 && leap);
}

/// `14:30`, `14:30:00`, `14:30:00.5`, then nothing, `Z`, or an offset `+01:00`.
bool read_time(std::string_view text, Date& date) {
  if (!take(text, 2, date.hour) || date.hour > 23 || !take(text, ':') || !take(text, 2, date.minute) ||
      date.minute > 59)
    return false;
  if (take(text, ':')) {
    if (!take(text, 2, date.second) || date.second > 60) return false;
    if (take(text, '.')) {
      const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
      if (digits == 0) return false;
      double place = 1;
      for (const char digit : text.substr(0, digits)) date.fraction += (digit - '0') * (place /= 10);
      text.remove_prefix(digits);
    }
  }
  if (text.empty() || text == "Z") return true;
  const bool behind = text.front() == '-';
  if (!take(text, '+') && !take(text, '-')) return false;
  int hours = 0, minutes = 0;
  if (!take(text, 2, hours)) return false;
  take(text, ':');
  const bool read = (text.empty() || take(text, 2, minutes)) && text.empty() && hours < 24 && minutes < 60;
  date.ahead = (behind ? -1 : 1) * (hours * 60 + minutes);
  return read;
}

bool read_date(std::string_view text, Date& date) {
  if (!take(text, 4, date.year) || !take(text, '-') || !take(text, 2, date.month) || !take(text, '-') ||
      !take(text, 2, date.day))
    return false;
  if (date.month < 1 || date.month > 12 || date.day < 1 || date.day > days_of_month(date.year, date.month))
    return false;
  if (text.empty()) return true;
  return (take(text, 'T') || take(text, ' ')) && read_time(text, date);
}

/// Since 1970-01-01 (Hinnant, "chrono-Compatible Low-Level Date Algorithms").
int64_t days_since_1970(const Date& date) {
  const int64_t year = date.month <= 2 ? date.year - 1 : date.year;
  const int64_t era = (year >= 0 ? year : year - 399) / 400, of_era = year - era * 400;
  const int64_t of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

bool read_number_of_date(std::string_view cell, Reading reading, double& number) {
  Date date;
  if (!read_date(cell, date)) return false;
  const int64_t days = days_since_1970(date);
  if (reading == Reading::Days) number = static_cast<double>(days);
  else if (reading == Reading::Hour) number = date.hour;
  else if (reading == Reading::Order)
    number = static_cast<double>(((days * 24 + date.hour) * 60 + date.minute - date.ahead) * 60 + date.second) +
             date.fraction;
  else number = static_cast<double>(((days + 3) % 7 + 7) % 7);  // 1970-01-01 was a Thursday
  return true;
}

}  // namespace
}  // namespace dnnc::runtime

extern "C" {
extern const dnnc::runtime::DateReader dnnc_cell_dates;
const dnnc::runtime::DateReader dnnc_cell_dates = {dnnc::runtime::read_number_of_date};
}

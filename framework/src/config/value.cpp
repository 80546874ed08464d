#include "config/value.hpp"

#include <charconv>
#include <cmath>
#include <type_traits>

namespace autodidact {
namespace {

std::string real_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char buffer[40];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  std::string text(buffer, end);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string quoted(const std::string& text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string result = "\"";
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    switch (c) {
      case '"':
        result += "\\\"";
        break;
      case '\\':
        result += "\\\\";
        break;
      case '\n':
        result += "\\n";
        break;
      case '\t':
        result += "\\t";
        break;
      case '\r':
        result += "\\r";
        break;
      default:
        if (code < 0x20 || code == 0x7F) {
          result += "\\u00";
          result += kDigits[code >> 4];
          result += kDigits[code & 15];
        } else {
          result += c;
        }
    }
  }
  return result + "\"";
}

template <class T>
std::string list_text(const std::vector<T>& values) {
  std::string text = "[";
  for (const T& value : values) text += (text.size() > 1 ? ", " : "") + to_toml(Value(value));
  return text + "]";
}

}  // namespace

std::string to_toml(const Value& value) {
  return std::visit(
      [](const auto& v) -> std::string {
        using T = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<T, bool>)
          return v ? "true" : "false";
        else if constexpr (std::is_same_v<T, std::int64_t>)
          return std::to_string(v);
        else if constexpr (std::is_same_v<T, double>)
          return real_text(v);
        else if constexpr (std::is_same_v<T, std::string>)
          return quoted(v);
        else
          return list_text(v);
      },
      value);
}

std::string type_name(const Value& value) {
  static constexpr const char* kNames[] = {"true or false", "integer",          "real",
                                           "text",          "list of integers", "list of reals"};
  return kNames[value.index()];
}

std::string type_name(ParamType type) {
  switch (type) {
    case ParamType::boolean:
      return "true or false";
    case ParamType::integer:
      return "integer";
    case ParamType::real:
      return "real";
    case ParamType::text:
      return "text";
    case ParamType::choice:
      return "choice";
    case ParamType::integers:
      return "list of integers";
    case ParamType::reals:
      return "list of reals";
    case ParamType::file:
      return "file";
  }
  return "";
}

}  // namespace autodidact

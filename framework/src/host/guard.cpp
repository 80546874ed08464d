#include "host/guard.hpp"

#include <ATen/ATen.h>
#include <c10/util/Exception.h>

#include <bit>
#include <cmath>
#include <new>
#include <stdexcept>

#include "host/open.hpp"

namespace autodidact {

namespace {

std::string one_line(std::string text) {
  for (char& c : text)
    if (c == '\n' || c == '\r') c = ' ';
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

const char* type_word(at::ScalarType type) {
  switch (type) {
    case at::kFloat:
      return "float32";
    case at::kDouble:
      return "float64";
    case at::kLong:
      return "int64";
    case at::kInt:
      return "int32";
    case at::kBool:
      return "bool";
    default:
      return c10::toString(type);
  }
}

template <class Range>
std::string sizes_text(const Range& sizes) {
  std::string text = "(";
  bool first = true;
  for (const std::int64_t size : sizes) {
    text += (first ? "" : ", ") + (size == any ? std::string("any") : std::to_string(size));
    first = false;
  }
  return text + ")";
}

std::string named(const char* what, std::int64_t index) {
  return index < 0 ? std::string(what) : std::string(what) + " of stream " + std::to_string(index);
}

}  // namespace

void Guard::rethrow(const char* call) const {
  std::string text;
  bool refusal = false;
  try {
    throw;
  } catch (const ConfigError& e) {
    refusal = true;
    text = e.what();
  } catch (const DataError& e) {
    refusal = true;
    text = e.what();
  } catch (const c10::Error& e) {
    text = e.what_without_backtrace();
  } catch (const std::bad_alloc&) {
    text = "out of memory";
  } catch (const std::exception& e) {
    text = e.what();
  } catch (...) {
    text = "threw something that is not a std::exception; throw ConfigError, DataError or another std::exception";
  }
  text = who + ": " + call + ": " + one_line(std::move(text));
  if (refusal) throw PluginRefusal(text);
  throw PluginError(text);
}

void Guard::fail(const char* call, const std::string& what, const std::string& found,
                 const std::string& expected) const {
  throw PluginError(who + ": " + call + ": " + what + ": found " + found + ", expected " + expected);
}

void Guard::reject(const char* call, const std::string& what, const std::string& found,
                   const std::string& expected) const {
  throw std::invalid_argument(who + ": " + call + ": " + what + " given: found " + found + ", expected " + expected);
}

bool has_form(const at::Tensor& t, at::ScalarType type, Sizes sizes, c10::Device device) {
  if (!t.defined() || t.scalar_type() != type || t.dim() != static_cast<std::int64_t>(sizes.size()) ||
      t.device() != device || t.layout() != at::kStrided)
    return false;
  std::int64_t axis = 0;
  for (const std::int64_t size : sizes)
    if (t.size(axis++) != size && size != any) return false;
  return true;
}

std::string form_of(const at::Tensor& t) {
  if (!t.defined()) return "nothing (an undefined tensor)";
  return std::string(type_word(t.scalar_type())) + " " + sizes_text(t.sizes()) +
         (t.is_cpu() ? "" : " on " + t.device().str());
}

std::string form_text(at::ScalarType type, Sizes sizes) {
  return std::string(type_word(type)) + " " + sizes_text(sizes);
}

bool all_finite(const at::Tensor& t) {
  const at::Tensor values = t.detach().contiguous();
  const float* p = values.const_data_ptr<float>();
  const std::int64_t n = values.numel();
  constexpr std::uint32_t kExponent = 0x7f800000u;  // all ones: infinite or not a number
  std::uint32_t bad = 0;
  for (std::int64_t i = 0; i < n; ++i) bad |= (std::bit_cast<std::uint32_t>(p[i]) & kExponent) == kExponent;
  return bad == 0;
}

void check_returned(const Guard& guard, const char* call, const char* what, const at::Tensor& t, at::ScalarType type,
                    Sizes sizes, std::int64_t index) {
  if (!has_form(t, type, sizes, guard.device)) guard.fail(call, named(what, index), form_of(t), form_text(type, sizes));
}

void check_finite(const Guard& guard, const char* call, const char* what, const at::Tensor& t, std::int64_t index) {
  if (all_finite(t)) return;
  const std::int64_t bad = at::isfinite(t).logical_not().sum().item<std::int64_t>();
  guard.fail(call, named(what, index),
             std::to_string(bad) + " of " + std::to_string(t.numel()) + " values NaN or infinite", "finite values");
}

void check_given(const Guard& guard, const char* call, const char* what, const at::Tensor& t, at::ScalarType type,
                 Sizes sizes) {
  if (!has_form(t, type, sizes, guard.device)) guard.reject(call, what, form_of(t), form_text(type, sizes));
  if (t.dim() > 0 && t.size(0) < 1) guard.reject(call, what, form_of(t), "at least one series");
}

void check_loss(const Guard& guard, const char* call, const at::Tensor& total, const Scalars& terms, Scalars& logs) {
  check_returned(guard, call, "total", total, at::kFloat, {});
  for (const Scalars* list : {&terms, static_cast<const Scalars*>(&logs)})
    for (const auto& [name, value] : *list)
      if (!value.defined() || value.numel() != 1)
        guard.fail(call, (list == &terms ? "term '" : "log '") + name + "'", form_of(value), "a scalar");
  for (auto& [name, value] : logs) value = value.detach();
  const float number = total.item<float>();
  if (std::isfinite(number)) return;
  std::string text = guard.who + ": " + call + ": total is " + std::to_string(number);
  for (const auto& [name, value] : terms) text += ", " + name + " " + std::to_string(value.item<double>());
  throw Diverged(text);
}

at::Tensor kept(const at::Tensor& t) { return t.detach().clone(at::MemoryFormat::Contiguous); }

}  // namespace autodidact

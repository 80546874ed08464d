// Checks of what is fixed when an object is made: token layout, parameters and buffers.
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "host/guard.hpp"

namespace autodidact {

std::int64_t token_count(const Layout& layout) {
  std::int64_t count = 0;
  for (const Stream& stream : layout) count += stream.count();
  return count;
}

std::string token_fault(const at::Tensor& tokens, const Layout& layout) {
  for (const Stream& stream : layout) {
    const at::Tensor part = tokens.narrow(1, stream.first, stream.count());
    if (part.numel() == 0) continue;
    const auto [low, high] = at::aminmax(part);
    const auto least = low.item<std::int64_t>(), most = high.item<std::int64_t>();
    if (least < 0 || most >= stream.vocabulary)
      return "tokens from " + std::to_string(least) + " to " + std::to_string(most) + " in stream '" + stream.name +
             "' of vocabulary " + std::to_string(stream.vocabulary);
  }
  return "";
}

std::string layout_fault(const Layout& layout) {
  if (layout.empty()) return "no stream";
  std::set<std::string> names;
  std::vector<bool> used(static_cast<std::size_t>(std::max<std::int64_t>(0, token_count(layout))), false);
  for (const Stream& s : layout) {
    const std::string what = "stream '" + s.name + "': ";
    if (s.name.empty() || !names.insert(s.name).second) return what + "names must be given and differ";
    if (s.height < 1 || s.width < 1) return what + "grid " + std::to_string(s.height) + " x " + std::to_string(s.width);
    if (s.channels < 1) return what + std::to_string(s.channels) + " channels";
    if (s.vocabulary < 2) return what + "vocabulary " + std::to_string(s.vocabulary);
    for (std::int64_t i = s.first; i < s.first + s.count(); ++i) {
      if (i < 0 || i >= static_cast<std::int64_t>(used.size()) || used[static_cast<std::size_t>(i)])
        return what + "columns from " + std::to_string(s.first) + " overlap or leave a gap in [0, " +
               std::to_string(used.size()) + ")";
      used[static_cast<std::size_t>(i)] = true;
    }
  }
  return "";
}

bool same_layout(const Layout& a, const Layout& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Stream& s, const Stream& t) {
    return s.name == t.name && s.height == t.height && s.width == t.width && s.channels == t.channels &&
           s.vocabulary == t.vocabulary && s.first == t.first;
  });
}

namespace {

void check_entry(const Guard& guard, const char* kind, const std::string& name, const at::Tensor& t,
                 std::set<std::string>& names) {
  const std::string what = std::string(kind) + " '" + name + "'";
  if (name.empty() || !names.insert(name).second)
    guard.fail("create", what, "a name given twice or empty", "unique names");
  if (!t.defined()) guard.fail("create", what, form_of(t), "a tensor of fixed shape");
  const at::ScalarType type = t.scalar_type();
  if (type != at::kFloat && type != at::kLong && type != at::kBool)
    guard.fail("create", what, form_of(t), "float32, int64 or bool");
  if (t.device() != guard.device) guard.fail("create", what, "device " + t.device().str(), guard.device.str());
}

}  // namespace

void check_state(const Guard& guard, const std::vector<Parameter>& parameters, const std::vector<Buffer>& buffers) {
  std::set<std::string> names;
  std::map<const void*, std::string> places;
  for (const Parameter& p : parameters) {
    check_entry(guard, "parameter", p.name, p.tensor, names);
    const std::string what = "parameter '" + p.name + "'";
    if (p.tensor.scalar_type() != at::kFloat) guard.fail("create", what, form_of(p.tensor), "float32");
    if (!p.tensor.is_leaf() || !p.tensor.requires_grad())
      guard.fail("create", what, "a tensor without gradient or inside a graph", "a leaf that requires a gradient");
    if (!std::isfinite(p.lr_scale) || p.lr_scale < 0)
      guard.fail("create", what, "lr_scale " + std::to_string(p.lr_scale), "a number of at least 0");
    if (p.tensor.numel() == 0) continue;
    const auto [place, fresh] = places.emplace(p.tensor.const_data_ptr(), p.name);
    if (!fresh) guard.fail("create", what, "the tensor of parameter '" + place->second + "' again", "each tensor once");
  }
  for (const Buffer& b : buffers) check_entry(guard, "buffer", b.name, b.tensor, names);
}

}  // namespace autodidact

#include "data/split.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>

#include "data/stream.hpp"

namespace autodidact {
namespace {

std::map<std::int64_t, Indices> by_class(const Indices& of, const std::vector<std::int64_t>& y) {
  std::map<std::int64_t, Indices> classes;
  for (const std::int64_t i : of) classes[y.empty() ? 0 : y[static_cast<std::size_t>(i)]].push_back(i);
  return classes;
}

void shuffle(Indices& indices, Stream stream) {  // Fisher-Yates
  for (std::size_t i = indices.size(); i > 1; --i)
    std::swap(indices[i - 1], indices[static_cast<std::size_t>(stream.integer(0, static_cast<std::int64_t>(i) - 1))]);
}

}  // namespace

Indices stratified_part(const Indices& of, const std::vector<std::int64_t>& y, double share, std::uint64_t seed,
                        Carve carve) {
  Indices part;
  for (auto& [label, members] : by_class(of, y)) {
    const auto size = static_cast<std::int64_t>(members.size());
    auto take = static_cast<std::int64_t>(std::lround(share * static_cast<double>(size)));
    take = carve == Carve::train ? std::max<std::int64_t>(take, 1) : std::min(take, size - 1);
    Indices shuffled = members;
    const char* name = carve == Carve::train ? "split" : "validation";
    shuffle(shuffled, Stream(name, {seed, static_cast<std::uint64_t>(label)}));
    part.insert(part.end(), shuffled.begin(), shuffled.begin() + take);
  }
  std::sort(part.begin(), part.end());
  return part;
}

Indices without(const Indices& all, const Indices& part) {
  Indices rest;
  std::set_difference(all.begin(), all.end(), part.begin(), part.end(), std::back_inserter(rest));
  return rest;
}

Indices first_in_turn(const Indices& of, const std::vector<std::int64_t>& y, std::int64_t most) {
  if (most <= 0 || static_cast<std::int64_t>(of.size()) <= most) return of;
  const auto classes = by_class(of, y);
  Indices kept;
  for (std::size_t round = 0; static_cast<std::int64_t>(kept.size()) < most; ++round)
    for (const auto& entry : classes)
      if (round < entry.second.size() && static_cast<std::int64_t>(kept.size()) < most)
        kept.push_back(entry.second[round]);
  std::sort(kept.begin(), kept.end());
  return kept;
}

}  // namespace autodidact

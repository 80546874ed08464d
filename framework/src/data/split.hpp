// Which series are trained on, validated on, tested on: index lists, no values.
#pragma once

#include <cstdint>
#include <vector>

namespace autodidact {

using Indices = std::vector<std::int64_t>;

// `train` takes at least one series of each class; `validation` leaves at least one.
enum class Carve { train, validation };
// round(share * m) of the m series of each class at random (all are of one class where y is empty). Ascending.
// Deterministic in the seed; the two kinds of carving draw from streams of their own.
Indices stratified_part(const Indices& of, const std::vector<std::int64_t>& y, double share, std::uint64_t seed,
                        Carve carve);
// What is in `all` (ascending) and not in `part` (ascending).
Indices without(const Indices& all, const Indices& part);
// The first `most` of the series taken from the classes in turn; ascending. most = 0: all.
Indices first_in_turn(const Indices& of, const std::vector<std::int64_t>& y, std::int64_t most);

}  // namespace autodidact

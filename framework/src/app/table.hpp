// Rows of JSON as aligned columns on a terminal.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/world.hpp"

namespace autodidact {

// One column a key of the first row, but for `hide` and for columns that are empty; numbers stand to the right. On a
// terminal the last column is wrapped at its edge.
void print_rows(const nlohmann::ordered_json& rows, const std::vector<std::string>& hide = {}, int indent = 0);
// Keys and values, one a line, empty ones left out; nested objects indented below their name.
void print_fields(const nlohmann::ordered_json& fields, int indent = 0);

// "[0, 1]", "[1, inf]", "mask | keep", or "" where there is no bound.
std::string range_of(const ParamInfo& param);

nlohmann::ordered_json datasets_json(World& world);
nlohmann::ordered_json augmentations_json(World& world);

}  // namespace autodidact

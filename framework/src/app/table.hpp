// Rows of JSON as aligned columns on a terminal.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/world.hpp"

namespace autodidact {

// One column a key of the first row, but for `hide`.
void print_rows(const nlohmann::ordered_json& rows, const std::vector<std::string>& hide = {});
// Keys and values, one a line; nested objects indented.
void print_fields(const nlohmann::ordered_json& fields, int indent = 0);

nlohmann::ordered_json datasets_json(World& world);

}  // namespace autodidact

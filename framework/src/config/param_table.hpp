// The parameters of a plugin as the table in its README.
#pragma once

#include <string>

#include "config/plugin_info.hpp"

namespace autodidact {

// GitHub markdown with a newline at the end: a row a parameter, in the order of the descriptor; or that there are none.
std::string parameter_table(const PluginInfo& info);

}  // namespace autodidact

// The parameters of a plugin as the table in its README.
#pragma once

#include <string>

#include "config/plugin_info.hpp"

namespace autodidact {

// GitHub markdown, a row a parameter in the order of the descriptor; a sentence where there are none. Ends in a newline.
std::string parameter_table(const PluginInfo& info);

}  // namespace autodidact

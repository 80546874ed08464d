#include "config/plugin_info.hpp"

#include <algorithm>

namespace autodidact {

bool PluginInfo::can(const std::string& capability) const {
  return std::find(capabilities.begin(), capabilities.end(), capability) != capabilities.end();
}

std::string kind_name(Kind kind) {
  switch (kind) {
    case Kind::tokenizer:
      return "tokenizer";
    case Kind::objective:
      return "objective";
    case Kind::prior:
      return "prior";
  }
  return "";
}

}  // namespace autodidact

#include "autodidact/plugin/plugin.hpp"
#include "contract/headers/odr.hpp"

namespace autodidact::odr {

std::uint32_t interface_seen_by_b() { return kInterface; }
std::size_t descriptor_size_seen_by_b() { return sizeof(Descriptor); }
const char* fingerprint_seen_by_b() { return AUTODIDACT_FINGERPRINT; }
void throw_config_error() { throw ConfigError("b"); }
void throw_data_error() { throw DataError("b"); }

}  // namespace autodidact::odr

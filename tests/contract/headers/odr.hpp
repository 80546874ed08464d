#pragma once

#include <cstddef>
#include <cstdint>

namespace autodidact::odr {

std::uint32_t interface_seen_by_b();
std::size_t descriptor_size_seen_by_b();
const char* fingerprint_seen_by_b();
[[noreturn]] void throw_config_error();
[[noreturn]] void throw_data_error();

}  // namespace autodidact::odr

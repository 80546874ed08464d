// The charting libraries that the HTML page carries inside it, so that it needs no network.
#pragma once

#include <cstddef>
#include <string_view>

namespace autodidact {

namespace embedded {
extern "C" const char autodidact_vega_bundle[];
extern "C" const std::size_t autodidact_vega_bundle_size;
extern "C" const char autodidact_vega_licences[];
extern "C" const std::size_t autodidact_vega_licences_size;
}  // namespace embedded

// JavaScript for one plain <script> element, UTF-8, without "</script". It sets the globals vegaEmbed, vega and
// vegaLite: vegaEmbed("#place", specification, {renderer: "svg", actions: false}).
inline std::string_view vega_bundle() {
  return {embedded::autodidact_vega_bundle, embedded::autodidact_vega_bundle_size};
}

// The notices of the libraries in the bundle, plain text; a page that carries the bundle carries these too.
inline std::string_view vega_licences() {
  return {embedded::autodidact_vega_licences, embedded::autodidact_vega_licences_size};
}

}  // namespace autodidact

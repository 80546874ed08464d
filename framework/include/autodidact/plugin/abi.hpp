// The door: one exported plain struct, read before any C++ object of the plugin exists. No torch header here.
//
// A plugin is a shared library that exports one symbol, `autodidact_plugin`, a constant Descriptor. Nothing
// runs at load. Magic, interface number and size come first and never move, so that even a plugin built
// against another contract can be named in the refusal. Interface number and build fingerprint must equal the
// host's exactly: plugins and host share tensors, hence one LibTorch, one standard library, one language standard.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "autodidact/plugin/params.hpp"

namespace autodidact {

class Tokenizer;
class Objective;
class Prior;
struct Context;
struct GoldenEntry;

// One step for each change of any type in this folder (a test hashes the headers), with a line in CHANGELOG.md.
inline constexpr std::uint32_t kInterface = 1;
inline constexpr char kMagic[8] = {'A', 'U', 'T', 'O', 'D', 'I', 'D', 'A'};
inline constexpr const char* kSymbol = "autodidact_plugin";

enum class Kind : std::uint32_t { tokenizer, objective, prior };

// Facts that decide whether two binaries can exchange tensors; not debug or release.
#if defined(__SANITIZE_ADDRESS__)
#define AUTODIDACT_SANITIZER "address"
#else
#define AUTODIDACT_SANITIZER "none"
#endif
#define AUTODIDACT_TEXT_(x) #x
#define AUTODIDACT_TEXT(x) AUTODIDACT_TEXT_(x)
#define AUTODIDACT_FINGERPRINT                                                                            \
  "libtorch " AUTODIDACT_LIBTORCH ", libstdc++ cxx11abi " AUTODIDACT_TEXT(_GLIBCXX_USE_CXX11_ABI) ", c++" \
  AUTODIDACT_TEXT(__cplusplus) ", sanitizer " AUTODIDACT_SANITIZER

struct Descriptor {
  char magic[8];             // kMagic
  std::uint32_t interface;   // kInterface
  std::uint32_t size;        // sizeof(Descriptor)
  const char* fingerprint;   // AUTODIDACT_FINGERPRINT

  Kind kind;
  const char* name;          // [a-z][a-z0-9_]*, the name used in suites; unique per kind
  const char* version;       // "1.0.0"; change it whenever numbers change
  const char* summary;       // one line
  const char* paper;         // citation and address, or "" if there is none

  // What the object can do, as words separated by spaces. The host pairs stages by these before training.
  //   gradient           trains by fit_step/forward and an optimiser (priors without it use fit)
  //   conditional        a prior that can be given classes
  //   stochastic_encode  a tokenizer whose encode takes tau > 0
  //   target_tokenizer   an objective that needs a momentum copy of the tokenizer (BYOL)
  //   per_position       an objective on latent maps; refused with augmentations that move positions
  //   self_supervised    an objective that needs a second view (`none` lacks it)
  const char* capabilities;

  const ParamSpec* params;
  std::size_t param_count;
  const CheckValue* check;
  std::size_t check_count;
  const GoldenEntry* golden;  // see golden.hpp
  std::size_t golden_count;

  double default_weight;      // objectives: w in terms(a) + rho terms(b) + w objective; else 0

  // Exactly the one of the plugin's kind is set. Called with the default generator set for `init`.
  std::unique_ptr<Tokenizer> (*create_tokenizer)(const Params&, const Context&);
  std::unique_ptr<Objective> (*create_objective)(const Params&, const Context&);
  std::unique_ptr<Prior> (*create_prior)(const Params&, const Context&);
};

}  // namespace autodidact

// Opens the definition of the descriptor in a plugin's source: AUTODIDACT_PLUGIN = { AUTODIDACT_HEAD, ... };
// Constant-initialised: nothing runs when the library is loaded.
#define AUTODIDACT_PLUGIN extern "C" AUTODIDACT_API constinit const ::autodidact::Descriptor autodidact_plugin
#define AUTODIDACT_HEAD                                                                               \
  .magic = {'A', 'U', 'T', 'O', 'D', 'I', 'D', 'A'}, .interface = ::autodidact::kInterface,           \
  .size = sizeof(::autodidact::Descriptor), .fingerprint = AUTODIDACT_FINGERPRINT

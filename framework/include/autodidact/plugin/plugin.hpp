// All that a plugin's source needs.
#pragma once

#include "autodidact/plugin/abi.hpp"
#include "autodidact/plugin/error.hpp"
#include "autodidact/plugin/golden.hpp"
#include "autodidact/plugin/host.hpp"
#include "autodidact/plugin/objective.hpp"
#include "autodidact/plugin/params.hpp"
#include "autodidact/plugin/prior.hpp"
#include "autodidact/plugin/tokenizer.hpp"
#include "autodidact/plugin/types.hpp"

#pragma once

namespace autodidact {

// Whether processor and system offer AVX512-BF16 or AMX-BF16: elsewhere bf16 gains nothing.
bool has_fast_bf16();

}  // namespace autodidact

// Named tensors of an object: collected, hashed, written to and read from a Record with names, shapes and types
// checked.
#pragma once

#include <string>
#include <vector>

#include "autodidact/plugin/types.hpp"
#include "results/record.hpp"

namespace autodidact {

// Parameters and buffers of one object as one list.
std::vector<Buffer> state_of(std::vector<Parameter> parameters, std::vector<Buffer> buffers);
// sha256 over names, types, shapes and bytes: frozen means that this does not change.
std::string state_digest(const std::vector<Buffer>& state);
void put_state(Record& record, const std::string& prefix, const std::vector<Buffer>& state);
// Copies the arrays under `prefix` into the tensors. Every tensor must be there with its shape and type, and nothing
// else may be under the prefix; throws DataError naming all differences.
void load_state(const Record& record, const std::string& prefix, const std::vector<Buffer>& state);
std::int64_t parameter_count(const std::vector<Parameter>& parameters);

}  // namespace autodidact

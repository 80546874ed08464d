// What a record says of where its numbers come from.
#pragma once

#include "protocol/session.hpp"
#include "results/record.hpp"

namespace autodidact {

// Root attributes, config/ and provenance/.
void describe(Record& record, const Session& session);

}  // namespace autodidact

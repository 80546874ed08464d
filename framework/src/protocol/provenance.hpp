// What a record says of where its numbers come from.
#pragma once

#include "protocol/session.hpp"
#include "results/record.hpp"

namespace autodidact {

// Root attributes, config/ and provenance/.
void describe(Record& record, const Session& session);
// The same of samples from elsewhere: no plugins, and only the keys that decide measures. The run id is the caller's.
void describe_external(Record& record, const Session& session);

}  // namespace autodidact

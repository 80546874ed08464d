// The settings of the protocol by the names they have in profiles, suites and records.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "config/run.hpp"

namespace autodidact {

struct ProtocolKey {
  ParamInfo info;  // name "train.tokenizer.lr"; the default is that of Run
  using Field = std::variant<std::int64_t*, double*, std::string*>;
  Field (*field)(Run&);

  Value get(const Run& run) const;
  void set(Run& run, const Value& value) const;
};

const std::vector<ProtocolKey>& protocol_keys();
const ProtocolKey* find_protocol_key(const std::string& name);

}  // namespace autodidact

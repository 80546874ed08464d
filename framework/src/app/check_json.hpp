// What the program and a child that runs checks say to each other.
#pragma once

#include <nlohmann/json.hpp>

#include "app/engine_api.hpp"

namespace autodidact {

nlohmann::json to_json_value(const CheckRequest& request);
CheckRequest check_request_of(const nlohmann::json& json);

nlohmann::json to_json_value(const Check& check);
Check check_of(const nlohmann::json& json);

nlohmann::json to_json_value(const PlannedCheck& check);
PlannedCheck planned_check_of(const nlohmann::json& json);

}  // namespace autodidact

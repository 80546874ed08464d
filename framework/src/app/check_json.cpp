#include "app/check_json.hpp"

#include "host/catalog/info_json.hpp"

namespace autodidact {

using nlohmann::json;

json to_json_value(const CheckRequest& request) {
  std::vector<std::string> golden;
  for (const auto& file : request.golden) golden.push_back(file.string());
  return {{"plugin", to_json_value(request.plugin)},
          {"file", request.plugin.file.string()},
          {"digest", request.plugin.digest},
          {"overrides", request.options.overrides},
          {"only", request.options.only},
          {"first", request.options.first},
          {"heard", request.options.heard},
          {"scratch", request.options.scratch.string()},
          {"golden", golden}};
}

CheckRequest check_request_of(const json& j) {
  CheckRequest request;
  request.plugin = plugin_info_of(j.at("plugin"));
  request.plugin.file = j.at("file").get<std::string>();
  request.plugin.digest = j.at("digest").get<std::string>();
  request.options.overrides = j.at("overrides").get<std::vector<std::pair<std::string, std::string>>>();
  request.options.only = j.at("only").get<std::vector<std::string>>();
  request.options.first = j.at("first").get<std::size_t>();
  request.options.heard = j.at("heard").get<bool>();
  request.options.scratch = j.at("scratch").get<std::string>();
  for (const json& file : j.at("golden")) request.golden.emplace_back(file.get<std::string>());
  return request;
}

json to_json_value(const Check& check) {
  return {{"name", check.name}, {"expected", check.expected}, {"found", check.found},
          {"said", check.said}, {"seconds", check.seconds},   {"status", status_name(check.status)}};
}

Check check_of(const json& j) {
  return {j.at("name").get<std::string>(),  j.at("expected").get<std::string>(),
          j.at("found").get<std::string>(), status_named(j.at("status").get<std::string>()),
          j.at("seconds").get<double>(),    j.at("said").get<std::string>()};
}

json to_json_value(const PlannedCheck& check) {
  return {{"name", check.name}, {"expected", check.expected}, {"lacking", check.lacking}};
}

PlannedCheck planned_check_of(const json& j) {
  return {j.at("name").get<std::string>(), j.at("expected").get<std::string>(), j.at("lacking").get<std::string>()};
}

}  // namespace autodidact

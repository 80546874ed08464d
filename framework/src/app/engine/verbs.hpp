// The verbs that compute, one file each.
#pragma once

#include "app/engine_api.hpp"

namespace autodidact {

void generate(const GenerateRequest& request, const Progress& progress);
void encode(const EncodeRequest& request, const Progress& progress);
std::string dataset_report(const DatasetQuery& query);
std::string measures_report();
std::string augmentation_report(const AugmentationQuery& query);
void run_checks(const CheckRequest& request, const CheckEvents& events);
std::string golden_report(const GoldenRequest& request, const Progress& progress);

}  // namespace autodidact

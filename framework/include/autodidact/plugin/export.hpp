#pragma once

// Contract types have default visibility in every library; all else in a plugin is hidden by the version script.
#define AUTODIDACT_API __attribute__((visibility("default")))

#pragma once

namespace autodidact {

enum class LogLevel { debug, info, warning };

}  // namespace autodidact

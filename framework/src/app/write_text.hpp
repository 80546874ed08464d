// Pages and tables as files.
#pragma once

#include <string>

namespace autodidact {

// Written aside and renamed: the file is whole or absent. Throws DataError with the system's reason.
void write_text(const std::string& file, const std::string& text);

}  // namespace autodidact

// Nearest names, for "did you mean".
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace autodidact {

// The names most like `word` (edit distance, case and underscores aside), nearest first; at most `count`, and none
// that differs in more than half of its letters.
std::vector<std::string> similar_names(const std::string& word, const std::vector<std::string>& names,
                                       std::size_t count = 3);
// "did you mean 'a' or 'b'?", or "" if nothing is near.
std::string did_you_mean(const std::string& word, const std::vector<std::string>& names, std::size_t count = 3);
// "did you mean 'a'? There are", or "there are": what a list of all names follows.
std::string there_are(const std::string& word, const std::vector<std::string>& names);
// "; did you mean 'a'?" to end a sentence with, or "".
std::string hint(const std::string& word, const std::vector<std::string>& names);

}  // namespace autodidact

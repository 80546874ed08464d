// Another plugin with the name of the template.
#include "bad_plugin.hpp"

using namespace autodidact;

AUTODIDACT_PLUGIN = {AUTODIDACT_HEAD, BAD_REST("uniform", nullptr, 0, bad::make<bad::Fine>)};

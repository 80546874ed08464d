// The program's side of the load probe alone, for tests that do without the program.
#include <cstring>

#include "host/catalog/catalog.hpp"

int main(int argc, char** argv) {
  return argc == 3 && std::strcmp(argv[1], "__probe") == 0 ? autodidact::probe_main(argv[2]) : 2;
}

// A good shared library that is no plugin.
extern "C" __attribute__((visibility("default"))) const int answer = 42;

// Preloaded into a program: writes how many bytes it asks of aligned_alloc, a line each, into the file that COUNTED names.
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

extern "C" void* aligned_alloc(size_t alignment, size_t bytes) {
  static const auto real = reinterpret_cast<void* (*)(size_t, size_t)>(dlsym(RTLD_NEXT, "aligned_alloc"));
  if (const char* path = std::getenv("COUNTED")) {
    char line[32];
    const int length = std::snprintf(line, sizeof line, "%zu\n", bytes);
    const int file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0666);
    if (write(file, line, static_cast<size_t>(length)) != length) std::abort();
    close(file);
  }
  return real(alignment, bytes);
}

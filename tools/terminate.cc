// What an exception that nobody catches ends in. libstdc++'s own way brings along a demangler, of 45 KB.
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <exception>
#include <initializer_list>

#if defined(__GLIBCXX__)

namespace __gnu_cxx {

void __verbose_terminate_handler() {
  const char* what = "an exception that nobody caught";
  try {
    if (std::current_exception() != nullptr) throw;
  } catch (const std::exception& exception) {
    what = exception.what();
  } catch (...) {
  }
  for (const char* part : {"umiak: aborted: ", what, "\n"}) {
    if (write(STDERR_FILENO, part, std::strlen(part)) < 0) break;
  }
  std::abort();
}

}  // namespace __gnu_cxx

#endif

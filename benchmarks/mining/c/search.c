// Oniguruma searches text with backtracking expressions.
#include <oniguruma.h>

#include "mining.h"
#include "text.h"

enum { kSize = 3000 };

static double Once(void) {
  static UChar text[kSize + 1];
  static const char* const kPatterns[] = {"(ka|lo)+mi", "\\b(\\w)\\w*\\1\\b", "[aeiou]{2,}[^aeiou\\s]", "(?<=no)ve(?!sta)",
                                          "(?i)TER[a-m]*(an|su)", "^\\w+ (?<second>\\w+)", "s\\S*?ing"};
  OnigEncoding encodings[] = {ONIG_ENCODING_UTF8};
  double sum = 0;
  FillWithText((char*)text, kSize);
  onig_initialize(encodings, 1);
  for (unsigned i = 0; i < sizeof(kPatterns) / sizeof(*kPatterns); i++) {
    regex_t* expression;
    OnigErrorInfo error;
    const UChar* pattern = (const UChar*)kPatterns[i];
    if (onig_new(&expression, pattern, pattern + strlen(kPatterns[i]), ONIG_OPTION_DEFAULT, ONIG_ENCODING_UTF8, ONIG_SYNTAX_RUBY, &error) != 0) return -1;
    OnigRegion* region = onig_region_new();
    const UChar* from = text;
    while (from < text + kSize && onig_search(expression, text, text + kSize, from, text + kSize, region, ONIG_OPTION_NONE) >= 0) {
      sum += region->end[0] - region->beg[0];
      from = text + (region->end[0] > from - text ? region->end[0] : from - text + 1);
    }
    onig_region_free(region, 1);
    onig_free(expression);
  }
  return sum;
}

int main(int argc, char** argv) { return Iterate(argc, argv, Once); }

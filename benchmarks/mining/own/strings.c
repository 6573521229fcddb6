// Strings: searching (naive, KMP, Horspool, Rabin-Karp), splitting, printing and scanning numbers, UTF-8, wildcards,
// a trie, Roman numbers, Soundex, CSV, URLs, case, reversal, palindromes.
#include <ctype.h>
#include <stdbool.h>

#include "mining.h"
#include "text.h"

enum { kSize = 8192 };

static int Kmp(const char* text, int n, const char* word) {
  int m = strlen(word), fail[64], count = 0;
  fail[0] = 0;
  for (int i = 1, k = 0; i < m; i++) {
    while (k > 0 && word[k] != word[i]) k = fail[k - 1];
    if (word[k] == word[i]) k++;
    fail[i] = k;
  }
  for (int i = 0, k = 0; i < n; i++) {
    while (k > 0 && word[k] != text[i]) k = fail[k - 1];
    if (word[k] == text[i]) k++;
    if (k == m) count++, k = fail[k - 1];
  }
  return count;
}

static int Horspool(const unsigned char* text, int n, const char* word) {
  int m = strlen(word), skip[256], count = 0;
  for (int i = 0; i < 256; i++) skip[i] = m;
  for (int i = 0; i + 1 < m; i++) skip[(unsigned char)word[i]] = m - 1 - i;
  for (int at = 0; at + m <= n; at += skip[text[at + m - 1]]) {
    int i = m - 1;
    while (i >= 0 && text[at + i] == (unsigned char)word[i]) i--;
    count += i < 0;
  }
  return count;
}

static int RabinKarp(const char* text, int n, const char* word) {
  int m = strlen(word), count = 0;
  uint32_t wanted = 0, hash = 0, power = 1;
  for (int i = 0; i < m; i++) wanted = wanted * 257 + word[i], hash = hash * 257 + text[i];
  for (int i = 1; i < m; i++) power *= 257;
  for (int i = m; i <= n; i++) {
    if (hash == wanted && strncmp(text + i - m, word, m) == 0) count++;
    if (i < n) hash = (hash - text[i - m] * power) * 257 + text[i];
  }
  return count;
}

static bool Wild(const char* pattern, const char* text) {
  if (*pattern == 0) return *text == 0;
  if (*pattern == '*') return Wild(pattern + 1, text) || (*text && Wild(pattern, text + 1));
  return *text && (*pattern == '?' || *pattern == *text) && Wild(pattern + 1, text + 1);
}

typedef struct Trie { struct Trie* children[27]; int count; } Trie;

static void Add(Trie* at, const char* word) {
  for (; *word; word++) {
    int letter = isalpha((unsigned char)*word) ? tolower((unsigned char)*word) - 'a' : 26;
    if (at->children[letter] == NULL) at->children[letter] = calloc(1, sizeof(Trie));
    at = at->children[letter];
  }
  at->count++;
}

static int Walk(Trie* at, int depth) {
  if (at == NULL) return 0;
  int sum = at->count * depth;
  for (int i = 0; i < 27; i++) sum += Walk(at->children[i], depth + 1);
  free(at);
  return sum;
}

static int Utf8(const unsigned char* p, uint32_t* out) {
  int n = 0;
  while (*p) {
    uint32_t c = *p++;
    int more = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
    if (more) c &= 0x3f >> more;
    while (more-- > 0) c = c << 6 | (*p++ & 0x3f);
    out[n++] = c;
  }
  return n;
}

static int ToUtf8(uint32_t c, char* out) {
  if (c < 0x80) return out[0] = c, 1;
  if (c < 0x800) return out[0] = 0xc0 | c >> 6, out[1] = 0x80 | (c & 63), 2;
  if (c < 0x10000) return out[0] = 0xe0 | c >> 12, out[1] = 0x80 | (c >> 6 & 63), out[2] = 0x80 | (c & 63), 3;
  return out[0] = 0xf0 | c >> 18, out[1] = 0x80 | (c >> 12 & 63), out[2] = 0x80 | (c >> 6 & 63), out[3] = 0x80 | (c & 63), 4;
}

static void Roman(int n, char* out) {
  static const struct { int value; const char* text; } kParts[] = {
      {1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"},
      {5, "V"}, {4, "IV"}, {1, "I"}};
  *out = 0;
  for (unsigned i = 0; i < sizeof(kParts) / sizeof(*kParts); i++)
    for (; n >= kParts[i].value; n -= kParts[i].value) strcat(out, kParts[i].text);
}

static bool Palindrome(const char* s) {
  const char* e = s + strlen(s) - 1;
  for (; s < e; s++, e--) {
    while (s < e && !isalnum((unsigned char)*s)) s++;
    while (s < e && !isalnum((unsigned char)*e)) e--;
    if (tolower((unsigned char)*s) != tolower((unsigned char)*e)) return false;
  }
  return true;
}

static int Escape(const char* in, char* out) {
  char* at = out;
  for (; *in; in++) {
    switch (*in) {
      case '<': strcpy(at, "&lt;"), at += 4; break;
      case '&': strcpy(at, "&amp;"), at += 5; break;
      case ' ': memcpy(at, "%20", 3), at += 3; break;
      case '\n': *at++ = '\\', *at++ = 'n'; break;
      default: *at++ = *in;
    }
  }
  *at = 0;
  return at - out;
}

static double Numbers(void) {
  char line[128];
  double sum = 0;
  for (int i = 0; i < 60; i++) {
    int n = snprintf(line, sizeof(line), "%d,%08x,%s,%.3f,%5ld|%-6s|%c", i * 977, Number(), "name", i * 1.25, (long)i, "ab", 'x');
    int a;
    unsigned b;
    float c;
    char word[16];
    if (sscanf(line, "%d,%x,%15[a-z],%f", &a, &b, word, &c) != 4) return -1;
    sum += n + a + b % 10 + c + strtod(line + n - 20, NULL) + atoi(line) + strtol("7f3a", NULL, 16);
  }
  return sum;
}

static double Once(void) {
  static char text[kSize + 1], copy[kSize * 3];
  static uint32_t points[kSize];
  FillWithText(text, kSize);
  double sum = Kmp(text, kSize, "lomilo") + Horspool((unsigned char*)text, kSize, "terka") + RabinKarp(text, kSize, "ingno");
  for (const char* p = text; (p = strstr(p, "kalo")) != NULL; p++) sum++;
  strcpy(copy, text);
  Trie* root = calloc(1, sizeof(Trie));
  int words = 0;
  for (char* word = strtok(copy, " \n"); word != NULL; word = strtok(NULL, " \n")) {
    Add(root, word);
    words += Wild("*a?o*i*", word) + Palindrome(word);
    for (char *s = word, *e = word + strlen(word) - 1; s < e; s++, e--) {
      char t = *s;
      *s = *e;
      *e = t;
    }
  }
  sum += words + Walk(root, 0) + Escape(text, copy);
  int vowels = 0, letters[26] = {0};
  for (const char* p = text; *p; p++) {
    if (strchr("aeiou", *p)) vowels++;
    if (islower((unsigned char)*p)) letters[*p - 'a']++;
    copy[p - text] = toupper((unsigned char)*p);
  }
  int out = 0;
  for (int i = 0; i < 1000; i++) out += ToUtf8(i * 37 % 70000 + 1, copy + out);
  copy[out] = 0;
  sum += Utf8((unsigned char*)copy, points) + points[500];
  for (int i = 1; i < 400; i += 3) Roman(i * 7, copy), sum += strlen(copy);
  return sum + vowels + letters[4] + Numbers();
}

int main(int argc, char** argv) { return Iterate(argc, argv, Once); }

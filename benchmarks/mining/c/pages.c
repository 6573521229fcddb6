// Hoedown turns text with marks into HTML.
#include <document.h>
#include <html.h>

#include "mining.h"
#include "text.h"

static double Once(void) {
  hoedown_buffer *in = hoedown_buffer_new(1024), *out = hoedown_buffer_new(1024), *smart = hoedown_buffer_new(1024);
  char words[400];
  FillWithText(words, sizeof(words) - 1);
  words[sizeof(words) - 1] = 0;
  for (char* p = words; *p; p++) *p = *p == '\n' ? ' ' : *p;
  for (int i = 0; i < 14; i++) {
    const char* part = words + i * 9;
    hoedown_buffer_printf(in, "# Title *%d*\n\nText **%.30s** and `code` with [a link](http://x.y/%d \"title\"), <b>x</b> &amp; \"quotes\"...\n%.60s\n\n", i, part, i, part);
    hoedown_buffer_printf(in, "1. one %.9s\n2. two\n   - inner _%d_\n   - ![image](p.png)\n\n> quoted %.40s\n> more\n\n", part, i, part + 20);
    hoedown_buffer_puts(in, "| a | b |\n|---|:-:|\n| 1 | ~~2~~ |\n\n```c\nint x = 1 < 2;\n```\n\nwww.example.com http://example.com/a_b\n\n---\n");
  }
  hoedown_renderer* renderer = hoedown_html_renderer_new(0, 0);
  hoedown_document* document = hoedown_document_new(renderer, HOEDOWN_EXT_TABLES | HOEDOWN_EXT_FENCED_CODE | HOEDOWN_EXT_AUTOLINK | HOEDOWN_EXT_STRIKETHROUGH, 16);
  hoedown_document_render(document, out, in->data, in->size);
  hoedown_html_smartypants(smart, out->data, out->size);
  double sum = out->size + smart->size;
  hoedown_document_free(document);
  hoedown_html_renderer_free(renderer);
  hoedown_buffer_free(in), hoedown_buffer_free(out), hoedown_buffer_free(smart);
  return sum;
}

int main(int argc, char** argv) { return Iterate(argc, argv, Once); }

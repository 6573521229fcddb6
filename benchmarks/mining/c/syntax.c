// tree-sitter reads C.
#include <tree_sitter/api.h>

#include "mining.h"

const TSLanguage* tree_sitter_c(void);

static const char kSource[] =
    "#include <stdio.h>\nstatic int table[4] = {1, 2, 0x3, 'a'};\nstruct Point { float x, y; struct Point* next; };\n"
    "/* a comment */ static int Find(const struct Point* list, float x) {\n  int count = 0;\n"
    "  for (const struct Point* p = list; p != NULL; p = p->next) { if (p->x > x && p->y < 2.5f || count % 3 == 1) count += table[count & 3]; else continue; }\n"
    "  switch (count) { case 0: return -1; case 1: break; default: printf(\"%d\\n\", count ? count * 2 : (int)x); }\n"
    "  while (count-- > 0) { do { x *= 0.5f; } while (x > 1); }\n  return sizeof(struct Point) + (count << 2);\n}\n"
    "typedef int (*Step)(int, char**);\nint main(int argc, char** argv) { struct Point p = {.x = 1, .y = argc}; return Find(&p, argv[0][1]); }\n";

static int Walk(TSTreeCursor* cursor, int depth) {
  int sum = depth + ts_node_symbol(ts_tree_cursor_current_node(cursor)) % 7;
  if (ts_tree_cursor_goto_first_child(cursor)) {
    do sum += Walk(cursor, depth + 1);
    while (ts_tree_cursor_goto_next_sibling(cursor));
    ts_tree_cursor_goto_parent(cursor);
  }
  return sum;
}

static double Once(void) {
  double sum = 0;
  TSParser* parser = ts_parser_new();
  if (!ts_parser_set_language(parser, tree_sitter_c())) return -1;
  for (int i = 0; i < 3; i++) {
    TSTree* tree = ts_parser_parse_string(parser, NULL, kSource, sizeof(kSource) - 1 - i * 100);
    TSTreeCursor cursor = ts_tree_cursor_new(ts_tree_root_node(tree));
    sum += Walk(&cursor, 0);
    ts_tree_cursor_delete(&cursor);
    char* text = ts_node_string(ts_tree_root_node(tree));
    sum += strlen(text);
    free(text);
    ts_tree_delete(tree);
  }
  ts_parser_delete(parser);
  return sum;
}

int main(int argc, char** argv) { return Iterate(argc, argv, Once); }

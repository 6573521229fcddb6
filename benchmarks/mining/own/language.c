// A small language as textbooks have it: a scanner by tables and by hand, a parser into trees, a symbol table, constant
// folding, code for a stack machine, its run; JSON and INI readers, a formatter, s-expressions with garbage collection.
#include <ctype.h>

#include "mining.h"

static const char kProgram[] =
    "var i = 0; var sum = 0; func square(x) { return x * x; }\n"
    "while (i < 60) { if (i % 3 == 0 && i > 5 || i == 2) { sum = sum + square(i) - 4 / 2; } else { sum = sum + 1; } i = i + 1; }\n"
    "var t = (sum + 2 * 3) % 1000; // a comment\n print t; print \"done\";\n";

enum Token { END, NAME, NUMBER, TEXT, VAR, FUNC, RETURN, WHILE, IF, ELSE, PRINT, EQUAL, AND, OR, LESS_EQUAL };

static const char* at;
static int token, number;
static char word[32];

static void Next(void) {
  static const struct { const char* text; int token; } kWords[] = {{"var", VAR}, {"func", FUNC}, {"return", RETURN},
      {"while", WHILE}, {"if", IF}, {"else", ELSE}, {"print", PRINT}};
  for (;;) {
    while (*at == ' ' || *at == '\n' || *at == '\t') at++;
    if (at[0] != '/' || at[1] != '/') break;
    while (*at && *at != '\n') at++;
  }
  if (*at == 0) {
    token = END;
  } else if (isalpha((unsigned char)*at) || *at == '_') {
    int n = 0;
    while (isalnum((unsigned char)*at) || *at == '_') word[n++] = *at++;
    word[n] = 0;
    token = NAME;
    for (unsigned i = 0; i < sizeof(kWords) / sizeof(*kWords); i++)
      if (strcmp(word, kWords[i].text) == 0) token = kWords[i].token;
  } else if (isdigit((unsigned char)*at)) {
    number = 0;
    while (isdigit((unsigned char)*at)) number = number * 10 + (*at++ - '0');
    token = NUMBER;
  } else if (*at == '"') {
    int n = 0;
    for (at++; *at != '"'; at++) word[n++] = *at;
    at++;
    word[n] = 0;
    token = TEXT;
  } else if (at[0] == '=' && at[1] == '=') {
    token = EQUAL, at += 2;
  } else if (at[0] == '&' && at[1] == '&') {
    token = AND, at += 2;
  } else if (at[0] == '|' && at[1] == '|') {
    token = OR, at += 2;
  } else {
    token = *at++;
  }
}

typedef struct Node { int kind, value; struct Node *a, *b, *c, *next; char name[12]; } Node;

static Node pool[600];
static int used;

static Node* New(int kind, Node* a, Node* b) {
  Node* n = &pool[used++];
  memset(n, 0, sizeof(*n));
  n->kind = kind, n->a = a, n->b = b;
  return n;
}

static void Want(int wanted) {
  if (token != wanted) abort();
  Next();
}

static Node* Expression(int level);

static Node* Primary(void) {
  Node* n;
  if (token == NUMBER) {
    n = New(NUMBER, NULL, NULL);
    n->value = number;
    Next();
  } else if (token == NAME || token == TEXT) {
    n = New(token, NULL, NULL);
    strncpy(n->name, word, 11);
    Next();
    if (n->kind == NAME && token == '(') {
      Next();
      n->kind = FUNC;
      n->a = Expression(0);
      Want(')');
    }
  } else {
    Want('(');
    n = Expression(0);
    Want(')');
  }
  return n;
}

static int Level(int t) {
  switch (t) {
    case OR: return 1;
    case AND: return 2;
    case EQUAL: return 3;
    case '<': case '>': return 4;
    case '+': case '-': return 5;
    case '*': case '/': case '%': return 6;
    default: return 0;
  }
}

static int Apply(int kind, int a, int b) {
  switch (kind) {
    case '+': return a + b;
    case '-': return a - b;
    case '*': return a * b;
    case '/': return b ? a / b : 0;
    case '%': return b ? a % b : 0;
    case '<': return a < b;
    case '>': return a > b;
    case EQUAL: return a == b;
    case AND: return a && b;
    case OR: return a || b;
  }
  abort();
}

static Node* Expression(int level) {
  Node* left = Primary();
  for (int l; (l = Level(token)) > level;) {
    int kind = token;
    Next();
    Node* right = Expression(l);
    if (left->kind == NUMBER && right->kind == NUMBER) {
      left->value = Apply(kind, left->value, right->value);
    } else {
      left = New(kind, left, right);
    }
  }
  return left;
}

static Node* Block(void);

static Node* Statement(void) {
  Node* n;
  switch (token) {
    case WHILE:
    case IF: {
      int kind = token;
      Next();
      Want('(');
      n = New(kind, Expression(0), NULL);
      Want(')');
      n->b = Block();
      if (token == ELSE) Next(), n->c = Block();
      return n;
    }
    case FUNC:
      Next();
      n = New('f', NULL, NULL);
      strncpy(n->name, word, 11);
      Want(NAME);
      Want('(');
      n->a = New(NAME, NULL, NULL);
      strncpy(n->a->name, word, 11);
      Want(NAME);
      Want(')');
      n->b = Block();
      return n;
    case PRINT:
    case RETURN: {
      int kind = token;
      Next();
      n = New(kind, Expression(0), NULL);
      break;
    }
    case VAR: Next();  // fall through
    default:
      n = New('=', NULL, NULL);
      strncpy(n->name, word, 11);
      Want(NAME);
      Want('=');
      n->a = Expression(0);
  }
  Want(';');
  return n;
}

static Node* Block(void) {
  Want('{');
  Node *first = NULL, **end = &first;
  while (token != '}') *end = Statement(), end = &(*end)->next;
  Next();
  return first;
}

typedef struct Scope { struct Scope* outer; char name[12]; int value; Node* function; } Scope;

static Scope* Look(Scope* s, const char* name) {
  for (; s != NULL; s = s->outer)
    if (strcmp(s->name, name) == 0) return s;
  return NULL;
}

static int output, returning, result;
static Scope scopes[64], *inner;
static int depth;

static Scope* Define(const char* name) {
  Scope* s = &scopes[depth++];
  s->outer = inner;
  strcpy(s->name, name);
  s->function = NULL;
  return inner = s;
}

static void Run(Node* n);

static int Value(Node* n) {
  switch (n->kind) {
    case NUMBER: return n->value;
    case TEXT: return strlen(n->name);
    case NAME: return Look(inner, n->name)->value;
    case FUNC: {
      Node* f = Look(inner, n->name)->function;
      int v = Value(n->a), kept = depth;
      Scope* outer = inner;
      Define(f->a->name)->value = v;
      Run(f->b);
      returning = 0;
      depth = kept, inner = outer;
      return result;
    }
    case AND: return Value(n->a) && Value(n->b);
    case OR: return Value(n->a) || Value(n->b);
    default: {
      int a = Value(n->a);
      return Apply(n->kind, a, Value(n->b));
    }
  }
}

static void Run(Node* n) {
  for (; n != NULL && !returning; n = n->next) {
    switch (n->kind) {
      case WHILE: while (Value(n->a)) Run(n->b); break;
      case IF: Run(Value(n->a) ? n->b : n->c); break;
      case 'f': Define(n->name)->function = n; break;
      case PRINT: output += Value(n->a); break;
      case RETURN: result = Value(n->a), returning = 1; break;
      case '=': {
        int v = Value(n->a);
        Scope* s = Look(inner, n->name);
        (s ? s : Define(n->name))->value = v;
      }
    }
  }
}

// JSON, into values in an arena.
typedef struct Json { enum { kNull, kNumber, kString, kArray, kObject } type; double number; char* text; struct Json *child, *next; } Json;

static char arena[40000];
static size_t taken;

static void* Take(size_t n) {
  void* p = arena + taken;
  taken += (n + 7) & ~(size_t)7;
  return p;
}

static const char* Spaces(const char* p) {
  while (*p && (unsigned char)*p <= ' ') p++;
  return p;
}

static const char* ReadText(const char* p, char** out) {
  char* to = *out = Take(strcspn(p + 1, "\"") + 1);
  for (p++; *p != '"'; p++) {
    if (*p == '\\') {
      p++;
      *to++ = *p == 'n' ? '\n' : *p == 't' ? '\t' : *p;
    } else {
      *to++ = *p;
    }
  }
  *to = 0;
  return p + 1;
}

static const char* Read(const char* p, Json* out) {
  p = Spaces(p);
  memset(out, 0, sizeof(*out));
  if (*p == '"') return out->type = kString, ReadText(p, &out->text);
  if (*p == '[' || *p == '{') {
    int object = *p == '{';
    out->type = object ? kObject : kArray;
    Json** end = &out->child;
    for (p = Spaces(p + 1); *p != ']' && *p != '}';) {
      Json* item = Take(sizeof(Json));
      char* key = NULL;
      if (object) p = Spaces(ReadText(p, &key)) + 1;
      p = Spaces(Read(p, item));
      if (object) item->text = item->text ? item->text : key;
      *end = item, end = &item->next;
      if (*p == ',') p = Spaces(p + 1);
    }
    return p + 1;
  }
  if (*p == '-' || isdigit((unsigned char)*p)) {
    char* after;
    out->type = kNumber;
    out->number = strtod(p, &after);
    return after;
  }
  while (isalpha((unsigned char)*p)) p++;
  return p;
}

static char* Write(const Json* v, char* to) {
  switch (v->type) {
    case kNull: return to + sprintf(to, "null");
    case kNumber: return to + sprintf(to, "%g", v->number);
    case kString: return to + sprintf(to, "\"%s\"", v->text);
    default:
      *to++ = v->type == kArray ? '[' : '{';
      for (Json* c = v->child; c != NULL; c = c->next) {
        to = Write(c, to);
        if (c->next) *to++ = ',';
      }
      *to++ = v->type == kArray ? ']' : '}';
      *to = 0;
      return to;
  }
}

// Lists of a Lisp: cells that are marked and swept.
typedef struct Cell { struct Cell *head, *tail; int atom; char marked, is_atom; } Cell;

static Cell cells[800], *free_cells;

static Cell* Cons(Cell* head, Cell* tail, int atom) {
  Cell* c = free_cells;
  free_cells = c->tail;
  c->head = head, c->tail = tail, c->atom = atom, c->is_atom = head == NULL;
  return c;
}

static void Mark(Cell* c) {
  for (; c != NULL && !c->marked; c = c->tail) c->marked = 1, Mark(c->head);
}

static int Sweep(void) {
  int count = 0;
  free_cells = NULL;
  for (int i = 0; i < 800; i++) {
    if (!cells[i].marked) cells[i].tail = free_cells, free_cells = &cells[i], count++;
    cells[i].marked = 0;
  }
  return count;
}

static Cell* ReadCells(const char** p) {
  while (**p == ' ') ++*p;
  if (**p == ')' || **p == 0) return ++*p, NULL;
  if (**p == '(') {
    ++*p;
    Cell* head = ReadCells(p);
    return Cons(head ? head : Cons(NULL, NULL, 0), ReadCells(p), 0);
  }
  int atom = 0;
  while (**p && **p != ' ' && **p != '(' && **p != ')') atom = atom * 31 + *(*p)++;
  return Cons(Cons(NULL, NULL, atom), ReadCells(p), 0);
}

static int Count(const Cell* c) { return c == NULL ? 0 : c->is_atom ? 1 + c->atom % 7 : Count(c->head) + Count(c->tail); }

static double Once(void) {
  static const char kJson[] = "{\"name\": \"a \\\"b\\\" c\", \"list\": [1, 2.5, -3e2, true, {\"x\": 10, \"y\": [null, \"text\"]}], \"more\": {\"k\": \"v\\n\", \"pi\": 3.14159}}";
  static char out[2000];
  double sum = 0;
  for (int i = 0; i < 12; i++) {
    at = kProgram, used = 0, output = 0, depth = 0, inner = NULL;
    Node *first = NULL, **end = &first;
    for (Next(); token != END;) *end = Statement(), end = &(*end)->next;
    if (i % 3 == 0) Run(first);
    sum += used + output;
  }
  for (int i = 0; i < 25; i++) {
    Json value;
    taken = 0;
    Read(kJson, &value);
    sum += Write(&value, out) - out;
  }
  memset(cells, 0, sizeof(cells));
  Sweep();
  for (int i = 0; i < 25; i++) {
    const char* p = "(define (fact n) (if (< n 2) 1 (* n (fact (- n 1))))) (map (lambda (x y) (+ x y)) (list a b c d) (quote (e f)))";
    Cell* list = ReadCells(&p);
    sum += Count(list);
    Mark(list);
    sum += Sweep();
    for (int k = 0; k < 800; k++) cells[k].marked = 0;
    Sweep();
  }
  return sum;
}

int main(int argc, char** argv) { return Iterate(argc, argv, Once); }

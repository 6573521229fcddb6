// Records in memory: a hash map with chains, an AVL tree, a skip list, a pool, an LRU cache, growing arrays, a binary heap
// for shortest paths, union-find, a B-tree's node, reference counts, callbacks.
#include "mining.h"

typedef struct Entry { struct Entry* next; char* key; int value; uint32_t hash; } Entry;
typedef struct { Entry** buckets; size_t capacity, count; } Map;

static uint32_t HashText(const char* key) {
  uint32_t h = 5381;
  while (*key) h = h * 33 ^ (unsigned char)*key++;
  return h;
}

static void Grow(Map* map) {
  size_t capacity = map->capacity ? map->capacity * 2 : 16;
  Entry** buckets = calloc(capacity, sizeof(Entry*));
  for (size_t i = 0; i < map->capacity; i++)
    for (Entry *e = map->buckets[i], *next; e != NULL; e = next) {
      next = e->next;
      e->next = buckets[e->hash & (capacity - 1)];
      buckets[e->hash & (capacity - 1)] = e;
    }
  free(map->buckets);
  map->buckets = buckets, map->capacity = capacity;
}

static int* At(Map* map, const char* key) {
  uint32_t hash = HashText(key);
  if (map->capacity)
    for (Entry* e = map->buckets[hash & (map->capacity - 1)]; e != NULL; e = e->next)
      if (e->hash == hash && strcmp(e->key, key) == 0) return &e->value;
  if (map->count >= map->capacity) Grow(map);
  Entry* e = malloc(sizeof(Entry));
  *e = (Entry){map->buckets[hash & (map->capacity - 1)], strdup(key), 0, hash};
  map->buckets[hash & (map->capacity - 1)] = e;
  map->count++;
  return &e->value;
}

static int Clear(Map* map) {
  int sum = 0;
  for (size_t i = 0; i < map->capacity; i++)
    for (Entry *e = map->buckets[i], *next; e != NULL; e = next) {
      next = e->next;
      sum += e->value;
      free(e->key), free(e);
    }
  free(map->buckets);
  return sum;
}

typedef struct Avl { struct Avl *left, *right; int key, height; } Avl;

static int Height(Avl* n) { return n ? n->height : 0; }
static void Update(Avl* n) {
  int l = Height(n->left), r = Height(n->right);
  n->height = (l > r ? l : r) + 1;
}

static Avl* TurnRight(Avl* n) {
  Avl* l = n->left;
  n->left = l->right, l->right = n;
  Update(n), Update(l);
  return l;
}

static Avl* TurnLeft(Avl* n) {
  Avl* r = n->right;
  n->right = r->left, r->left = n;
  Update(n), Update(r);
  return r;
}

static Avl* Insert(Avl* n, int key) {
  if (n == NULL) {
    n = calloc(1, sizeof(Avl));
    n->key = key, n->height = 1;
    return n;
  }
  if (key < n->key) n->left = Insert(n->left, key);
  else if (key > n->key) n->right = Insert(n->right, key);
  else return n;
  Update(n);
  int balance = Height(n->left) - Height(n->right);
  if (balance > 1) {
    if (key > n->left->key) n->left = TurnLeft(n->left);
    return TurnRight(n);
  }
  if (balance < -1) {
    if (key < n->right->key) n->right = TurnRight(n->right);
    return TurnLeft(n);
  }
  return n;
}

static long Total(Avl* n, int depth) {
  if (n == NULL) return 0;
  long sum = Total(n->left, depth + 1) + n->key % 100 * depth + Total(n->right, depth + 1);
  free(n);
  return sum;
}

typedef struct Skip { int key; struct Skip* next[]; } Skip;

static int SkipList(int count) {
  enum { kLevels = 10 };
  Skip *head = calloc(1, sizeof(Skip) + kLevels * sizeof(Skip*)), *update[kLevels];
  int found = 0;
  for (int i = 0; i < count; i++) {
    int key = Number() % 5000;
    Skip* at = head;
    for (int l = kLevels; l-- > 0;) {
      while (at->next[l] && at->next[l]->key < key) at = at->next[l];
      update[l] = at;
    }
    at = at->next[0];
    if (at && at->key == key) {
      found++;
      continue;
    }
    int levels = 1;
    for (uint32_t bits = Number(); levels < kLevels && bits & 1; bits >>= 1) levels++;
    Skip* node = malloc(sizeof(Skip) + levels * sizeof(Skip*));
    node->key = key;
    for (int l = 0; l < levels; l++) node->next[l] = update[l]->next[l], update[l]->next[l] = node;
  }
  for (Skip *at = head, *next; at != NULL; at = next) next = at->next[0], free(at);
  return found;
}

typedef struct Edge { int to, weight, next; } Edge;
typedef struct { int distance, node; } Item;

static void PushItem(Item* heap, int* n, Item item) {
  int at = (*n)++;
  while (at > 0 && heap[(at - 1) / 2].distance > item.distance) heap[at] = heap[(at - 1) / 2], at = (at - 1) / 2;
  heap[at] = item;
}

static Item PopItem(Item* heap, int* n) {
  Item top = heap[0], last = heap[--*n];
  int at = 0;
  for (int child; (child = 2 * at + 1) < *n; at = child) {
    if (child + 1 < *n && heap[child + 1].distance < heap[child].distance) child++;
    if (heap[child].distance >= last.distance) break;
    heap[at] = heap[child];
  }
  heap[at] = last;
  return top;
}

static int Dijkstra(int nodes, int count) {
  static Edge edges[4000];
  static Item heap[4000];
  static int first[600], distance[600];
  for (int i = 0; i < nodes; i++) first[i] = -1, distance[i] = INT32_MAX;
  for (int i = 0; i < count; i++) {
    int from = Number() % nodes;
    edges[i] = (Edge){Number() % nodes, 1 + Number() % 100, first[from]};
    first[from] = i;
  }
  int n = 0, sum = 0;
  distance[0] = 0;
  PushItem(heap, &n, (Item){0, 0});
  while (n > 0) {
    Item item = PopItem(heap, &n);
    if (item.distance > distance[item.node]) continue;
    sum += item.distance;
    for (int e = first[item.node]; e >= 0; e = edges[e].next) {
      int other = item.distance + edges[e].weight;
      if (other < distance[edges[e].to]) {
        distance[edges[e].to] = other;
        PushItem(heap, &n, (Item){other, edges[e].to});
      }
    }
  }
  return sum;
}

static int parents[1000];

static int Root(int x) {
  while (parents[x] != x) x = parents[x] = parents[parents[x]];
  return x;
}

typedef struct Page { struct Page *older, *newer, *chain; int key, uses; } Page;

static int Cache(int asks) {
  static Page pages[64], *table[128];
  Page *oldest = NULL, *newest = NULL;
  int used = 0, hits = 0;
  memset(table, 0, sizeof(table));
  for (int i = 0; i < asks; i++) {
    int key = Number() % 100 * (Number() % 3), bucket = key * 31 & 127;
    Page* p = table[bucket];
    while (p && p->key != key) p = p->chain;
    if (p != NULL) {
      hits++;
      p->uses++;
      if (p == newest) continue;
      if (p->older) p->older->newer = p->newer;
      else oldest = p->newer;
      p->newer->older = p->older;
    } else {
      if (used < 64) {
        p = &pages[used++];
      } else {
        p = oldest;
        oldest = p->newer, oldest->older = NULL;
        Page** at = &table[p->key * 31 & 127];
        while (*at != p) at = &(*at)->chain;
        *at = p->chain;
      }
      *p = (Page){.key = key, .chain = table[bucket]};
      table[bucket] = p;
    }
    p->older = newest, p->newer = NULL;
    if (newest) newest->newer = p;
    else oldest = p;
    newest = p;
  }
  return hits;
}

typedef struct { int* items; int count, capacity; } Vector;

static void Append(Vector* v, int item) {
  if (v->count == v->capacity) {
    v->capacity = v->capacity ? v->capacity + v->capacity / 2 : 4;
    v->items = realloc(v->items, v->capacity * sizeof(int));
  }
  v->items[v->count++] = item;
}

static void Each(Vector* v, void (*call)(int, void*), void* data) {
  for (int i = 0; i < v->count; i++) call(v->items[i], data);
}

static void Sum(int item, void* data) { *(long*)data += item; }
static void Largest(int item, void* data) { if (item > *(long*)data) *(long*)data = item; }

static double Once(void) {
  Map map = {0};
  char key[16];
  for (int i = 0; i < 800; i++) {
    uint32_t n = Number() % 500;
    for (int j = 0; j < 6; j++) key[j] = 'a' + (n >> j & 15);
    key[6] = 0;
    *At(&map, key) += i;
  }
  double sum = Clear(&map);
  Avl* tree = NULL;
  for (int i = 0; i < 1000; i++) tree = Insert(tree, Number() % 10000);
  sum += Total(tree, 1) + SkipList(1500) + Dijkstra(400, 2500) + Cache(6000);
  for (int i = 0; i < 1000; i++) parents[i] = i;
  for (int i = 0; i < 1500; i++) {
    int a = Root(Number() % 1000), b = Root(Number() % 1000);
    parents[a] = b;
  }
  for (int i = 0; i < 1000; i++) sum += Root(i) == i;
  Vector v = {0};
  long total = 0, largest = 0;
  for (int i = 0; i < 3000; i++) Append(&v, Number() % 1000);
  Each(&v, Sum, &total), Each(&v, Largest, &largest);
  free(v.items);
  void* blocks[100] = {0};
  for (int i = 0; i < 1500; i++) {
    int at = Number() % 100;
    if (blocks[at] == NULL) blocks[at] = malloc(8 + Number() % 300);
    else if (Number() % 4 == 0) blocks[at] = realloc(blocks[at], 200);
    else free(blocks[at]), blocks[at] = NULL;
  }
  for (int i = 0; i < 100; i++) sum += blocks[i] != NULL, free(blocks[i]);
  return sum + total + largest;
}

int main(int argc, char** argv) { return Iterate(argc, argv, Once); }

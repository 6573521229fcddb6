// Sorting and searching: merge, heap, shell, insertion, radix, counting, qsort of records and strings, a list, selection.
#include "mining.h"

enum { kCount = 1500 };

static void Merge(int* a, int* t, int low, int high) {
  if (high - low < 2) return;
  int middle = low + (high - low) / 2;
  Merge(a, t, low, middle);
  Merge(a, t, middle, high);
  int i = low, j = middle, k = low;
  while (i < middle && j < high) t[k++] = a[i] <= a[j] ? a[i++] : a[j++];
  while (i < middle) t[k++] = a[i++];
  while (j < high) t[k++] = a[j++];
  for (k = low; k < high; k++) a[k] = t[k];
}

static void Sift(double* a, int at, int n) {
  for (;;) {
    int child = 2 * at + 1;
    if (child >= n) return;
    if (child + 1 < n && a[child + 1] > a[child]) child++;
    if (a[at] >= a[child]) return;
    double t = a[at];
    a[at] = a[child];
    a[child] = t;
    at = child;
  }
}

static void Heap(double* a, int n) {
  for (int i = n / 2; i-- > 0;) Sift(a, i, n);
  for (int i = n; i-- > 1;) {
    double t = a[0];
    a[0] = a[i];
    a[i] = t;
    Sift(a, 0, i);
  }
}

static void Shell(float* a, int n) {
  for (int gap = n / 2; gap > 0; gap = gap == 2 ? 1 : gap * 5 / 11)
    for (int i = gap; i < n; i++) {
      float x = a[i];
      int j = i;
      for (; j >= gap && a[j - gap] > x; j -= gap) a[j] = a[j - gap];
      a[j] = x;
    }
}

static void Insertion(short* a, int n) {
  for (int i = 1; i < n; i++) {
    short x = a[i];
    int j = i - 1;
    while (j >= 0 && a[j] > x) a[j + 1] = a[j], j--;
    a[j + 1] = x;
  }
}

static void Radix(uint32_t* a, uint32_t* t, int n) {
  for (int shift = 0; shift < 32; shift += 8) {
    int counts[256] = {0}, sum = 0;
    for (int i = 0; i < n; i++) counts[a[i] >> shift & 255]++;
    for (int i = 0; i < 256; i++) {
      int count = counts[i];
      counts[i] = sum;
      sum += count;
    }
    for (int i = 0; i < n; i++) t[counts[a[i] >> shift & 255]++] = a[i];
    uint32_t* swap = a;
    a = t;
    t = swap;
  }
}

typedef struct { int64_t id; double score; char name[16]; } Record;

static int ByScore(const void* a, const void* b) {
  double x = ((const Record*)a)->score, y = ((const Record*)b)->score;
  return x < y ? -1 : x > y ? 1 : strcmp(((const Record*)a)->name, ((const Record*)b)->name);
}

static int ById(const void* a, const void* b) {
  int64_t x = ((const Record*)a)->id, y = ((const Record*)b)->id;
  return (x > y) - (x < y);
}

static int ByText(const void* a, const void* b) { return strcmp(*(char* const*)a, *(char* const*)b); }

typedef struct Link { struct Link* next; int key; } Link;

static Link* SortList(Link* list) {
  if (list == NULL || list->next == NULL) return list;
  Link *slow = list, *fast = list->next;
  while (fast != NULL && fast->next != NULL) slow = slow->next, fast = fast->next->next;
  Link *b = SortList(slow->next), *first = NULL, **end = &first;
  slow->next = NULL;
  Link* a = SortList(list);
  while (a != NULL && b != NULL) {
    Link** smaller = a->key <= b->key ? &a : &b;
    *end = *smaller;
    *smaller = (*smaller)->next;
    end = &(*end)->next;
  }
  *end = a != NULL ? a : b;
  return first;
}

static int Partition(int64_t* a, int low, int high) {
  int64_t pivot = a[(low + high) / 2];
  int i = low - 1, j = high + 1;
  for (;;) {
    do i++; while (a[i] < pivot);
    do j--; while (a[j] > pivot);
    if (i >= j) return j;
    int64_t t = a[i];
    a[i] = a[j];
    a[j] = t;
  }
}

static int64_t Select(int64_t* a, int n, int k) {
  int low = 0, high = n - 1;
  while (low < high) {
    int at = Partition(a, low, high);
    if (k <= at) high = at;
    else low = at + 1;
  }
  return a[k];
}

static int Find(const int* a, int n, int key) {
  int low = 0, high = n;
  while (low < high) {
    int middle = (low + high) >> 1;
    if (a[middle] < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

static double Once(void) {
  static int a[kCount], t[kCount];
  static double b[kCount];
  static float c[kCount];
  static short d[200];
  static uint32_t e[kCount], f[kCount];
  static int64_t g[kCount];
  static Record records[400];
  static char* texts[400];
  static Link links[kCount];
  for (int i = 0; i < kCount; i++) {
    a[i] = Number() % 100000, b[i] = a[i] * 0.5, c[i] = Number() % 999, e[i] = Number() << 8 ^ Number(), g[i] = (int64_t)e[i] << 7;
    links[i].key = a[i], links[i].next = i + 1 < kCount ? &links[i + 1] : NULL;
  }
  for (int i = 0; i < 200; i++) d[i] = Number() % 1000;
  for (int i = 0; i < 400; i++) {
    records[i].id = Number(), records[i].score = Number() % 50;
    snprintf(records[i].name, 16, "n%u", Number() % 1000);
    texts[i] = records[i].name;
  }
  Merge(a, t, 0, kCount);
  Heap(b, kCount);
  Shell(c, kCount);
  Insertion(d, 200);
  Radix(e, f, kCount);
  qsort(texts, 400, sizeof(char*), ByText);
  double sum = texts[100][1];
  qsort(records, 400, sizeof(Record), ByScore);
  sum += records[7].id % 1000;
  qsort(records, 400, sizeof(Record), ById);
  Record key = {.id = records[33].id};
  Record* found = bsearch(&key, records, 400, sizeof(Record), ById);
  Link* list = SortList(links);
  for (int i = 0; i < 700; i++) list = list->next;
  for (int i = 0; i < 800; i++) sum += Find(a, kCount, i * 125);
  return sum + a[10] + b[20] + c[30] + d[40] + e[50] % 1000 + (found - records) + list->key + Select(g, kCount, 300) % 1000;
}

int main(int argc, char** argv) { return Iterate(argc, argv, Once); }

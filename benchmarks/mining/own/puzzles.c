// Queens, sudoku, life, connect four, edit distance, knapsack, permutations, a maze.
#include <stdbool.h>

#include "mining.h"

static int QueensBits(unsigned all, unsigned columns, unsigned left, unsigned right) {
  if (columns == all) return 1;
  int count = 0;
  for (unsigned free = all & ~(columns | left | right); free != 0;) {
    unsigned bit = free & -free;
    free ^= bit;
    count += QueensBits(all, columns | bit, (left | bit) << 1, (right | bit) >> 1);
  }
  return count;
}

static int board[12];

static bool Safe(int row, int column) {
  for (int r = 0; r < row; r++)
    if (board[r] == column || abs(board[r] - column) == row - r) return false;
  return true;
}

static int QueensArray(int row, int n) {
  if (row == n) return 1;
  int count = 0;
  for (int c = 0; c < n; c++)
    if (Safe(row, c)) {
      board[row] = c;
      count += QueensArray(row + 1, n);
    }
  return count;
}

static char cells[82];

static bool Fits(int at, char digit) {
  int row = at / 9, column = at % 9, box = row / 3 * 27 + column / 3 * 3;
  for (int i = 0; i < 9; i++)
    if (cells[row * 9 + i] == digit || cells[i * 9 + column] == digit || cells[box + i / 3 * 9 + i % 3] == digit) return false;
  return true;
}

static int tries;

static bool Sudoku(int at) {
  while (at < 81 && cells[at] != '.') at++;
  if (at == 81) return true;
  for (char digit = '1'; digit <= '9'; digit++) {
    tries++;
    if (!Fits(at, digit)) continue;
    cells[at] = digit;
    if (Sudoku(at + 1)) return true;
    cells[at] = '.';
  }
  return false;
}

static int Life(int w, int h, int steps) {
  unsigned char *now = malloc(w * h), *next = malloc(w * h);
  for (int i = 0; i < w * h; i++) now[i] = Number() % 3 == 0;
  for (int s = 0; s < steps; s++) {
    for (int y = 0; y < h; y++)
      for (int x = 0; x < w; x++) {
        int n = 0;
        for (int dy = -1; dy <= 1; dy++)
          for (int dx = -1; dx <= 1; dx++)
            if (dx != 0 || dy != 0) n += now[(y + dy + h) % h * w + (x + dx + w) % w];
        next[y * w + x] = n == 3 || (n == 2 && now[y * w + x]);
      }
    unsigned char* t = now;
    now = next;
    next = t;
  }
  int alive = 0;
  for (int i = 0; i < w * h; i++) alive += now[i];
  free(now), free(next);
  return alive;
}

static bool Four(uint64_t b) {
  for (int shift = 1; shift <= 8; shift += shift == 1 ? 5 : 1) {
    uint64_t pairs = b & (b >> shift);
    if (pairs & (pairs >> 2 * shift)) return true;
  }
  return false;
}

static int Connect(uint64_t mine, uint64_t theirs, int* heights, int depth, int alpha, int beta) {
  if (Four(theirs)) return -100 - depth;
  if (depth == 0) return (int)((mine * 0x9e3779b97f4a7c15u) >> 60) - 8;
  for (int i = 0; i < 7; i++) {
    int column = 3 + (i & 1 ? -(i + 1) / 2 : (i + 1) / 2);
    if (heights[column] == 6) continue;
    uint64_t bit = 1ull << (column * 7 + heights[column]++);
    int value = -Connect(theirs, mine | bit, heights, depth - 1, -beta, -alpha);
    heights[column]--;
    if (value >= beta) return value;
    if (value > alpha) alpha = value;
  }
  return alpha;
}

static int Min(int a, int b) { return a < b ? a : b; }

static int Distance(const char* a, const char* b) {
  int n = strlen(a), m = strlen(b), row[m + 1];
  for (int j = 0; j <= m; j++) row[j] = j;
  for (int i = 1; i <= n; i++) {
    int diagonal = row[0];
    row[0] = i;
    for (int j = 1; j <= m; j++) {
      int above = row[j];
      row[j] = Min(Min(row[j - 1] + 1, above + 1), diagonal + (a[i - 1] != b[j - 1]));
      diagonal = above;
    }
  }
  return row[m];
}

static int Common(const char* a, const char* b) {
  static short table[128][128];
  int n = strlen(a), m = strlen(b);
  for (int i = 1; i <= n; i++)
    for (int j = 1; j <= m; j++)
      table[i][j] = a[i - 1] == b[j - 1] ? table[i - 1][j - 1] + 1
                    : table[i - 1][j] > table[i][j - 1] ? table[i - 1][j] : table[i][j - 1];
  return table[n][m];
}

static int Knapsack(int items, int room) {
  int best[room + 1];
  memset(best, 0, sizeof(best));
  for (int i = 0; i < items; i++) {
    int weight = 5 + Number() % 60, value = Number() % 100;
    for (int w = room; w >= weight; w--)
      if (best[w - weight] + value > best[w]) best[w] = best[w - weight] + value;
  }
  return best[room];
}

static int flips;

static void Permute(int* a, int n) {
  if (n == 1) {
    flips += a[0] * 3 + a[1];
    return;
  }
  for (int i = 0; i < n; i++) {
    Permute(a, n - 1);
    int j = n % 2 ? 0 : i, t = a[j];
    a[j] = a[n - 1];
    a[n - 1] = t;
  }
}

static void Hanoi(int n, int from, int to, int by, int* moves) {
  if (n == 0) return;
  Hanoi(n - 1, from, by, to, moves);
  moves[from * 3 + to]++;
  Hanoi(n - 1, by, to, from, moves);
}

static int Maze(int w, int h) {
  static char wall[64 * 64];
  static int queue[64 * 64], distance[64 * 64];
  const int dx[] = {1, 0, -1, 0}, dy[] = {0, 1, 0, -1};
  for (int i = 0; i < w * h; i++) wall[i] = Number() % 10 < 3, distance[i] = -1;
  int head = 0, tail = 0;
  queue[tail++] = 0, distance[0] = 0;
  while (head < tail) {
    int at = queue[head++], x = at % w, y = at / w;
    for (int d = 0; d < 4; d++) {
      int nx = x + dx[d], ny = y + dy[d];
      if (nx < 0 || ny < 0 || nx >= w || ny >= h || wall[ny * w + nx] || distance[ny * w + nx] >= 0) continue;
      distance[ny * w + nx] = distance[at] + 1;
      queue[tail++] = ny * w + nx;
    }
  }
  return tail + distance[queue[tail - 1]];
}

static double Once(void) {
  int heights[7] = {0}, order[7] = {1, 2, 3, 4, 5, 6, 7}, moves[9] = {0};
  const char *a = "the quick brown fox jumps over the lazy dog while the band plays on and on",
             *b = "a thick brown ox jumped over some hazy bogs when the hand played only once";
  strcpy(cells, "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79");
  double sum = QueensBits(255, 0, 0, 0) + QueensArray(0, 7) + Sudoku(0) + Life(40, 40, 10);
  sum += Connect(0, 0, heights, 7, -1000, 1000) + Distance(a, b) + Common(a, b) + Knapsack(40, 500);
  Permute(order, 7);
  Hanoi(12, 0, 2, 1, moves);
  return sum + flips % 1000 + moves[2] + tries + Maze(60, 60);
}

int main(int argc, char** argv) { return Iterate(argc, argv, Once); }

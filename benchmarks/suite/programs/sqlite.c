// SQLite in memory: an iteration makes a table of 2000 rows and an index, asks, changes, asks again and drops it.
// Built without an operating system (SQLITE_OS_OTHER): what a database in memory wants of one stands here.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sqlite3.h"

static int Open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out) {
  (void)vfs, (void)name, (void)flags, (void)out;
  file->pMethods = NULL;
  return SQLITE_CANTOPEN;
}
static int Delete(sqlite3_vfs* vfs, const char* name, int sync) { return (void)vfs, (void)name, (void)sync, SQLITE_OK; }
static int Access(sqlite3_vfs* vfs, const char* name, int flags, int* result) {
  (void)vfs, (void)name, (void)flags;
  *result = 0;
  return SQLITE_OK;
}
static int FullPathname(sqlite3_vfs* vfs, const char* name, int size, char* out) {
  (void)vfs;
  return snprintf(out, (size_t)size, "%s", name) < size ? SQLITE_OK : SQLITE_CANTOPEN;
}
static int Randomness(sqlite3_vfs* vfs, int size, char* out) {
  (void)vfs;
  memset(out, 7, (size_t)size);  // the same in every run
  return size;
}
static int Sleep(sqlite3_vfs* vfs, int microseconds) { return (void)vfs, microseconds; }
static int CurrentTime(sqlite3_vfs* vfs, double* days) { return (void)vfs, *days = 2460000.5, SQLITE_OK; }

int sqlite3_os_init(void) {
  static sqlite3_vfs vfs = {
      .iVersion = 1, .szOsFile = sizeof(sqlite3_file), .mxPathname = 64, .zName = "none", .xOpen = Open,
      .xDelete = Delete, .xAccess = Access, .xFullPathname = FullPathname, .xRandomness = Randomness,
      .xSleep = Sleep, .xCurrentTime = CurrentTime};
  return sqlite3_vfs_register(&vfs, 1);
}
int sqlite3_os_end(void) { return SQLITE_OK; }

static unsigned checksum = 2166136261u;

static int Row(void* unused, int columns, char** values, char** names) {
  (void)unused, (void)names;
  for (int i = 0; i < columns; i++) {
    for (const char* p = values[i] != NULL ? values[i] : "-"; *p != 0; p++) checksum = (checksum ^ (unsigned)*p) * 16777619u;
  }
  return 0;
}

static void Do(sqlite3* db, const char* sql) {
  char* error = NULL;
  if (sqlite3_exec(db, sql, Row, NULL, &error) == SQLITE_OK) return;
  fprintf(stderr, "%s: %s\n", sql, error);
  exit(1);
}

int main(int argc, char** argv) {
  int iterations = argc < 2 ? 1 : atoi(argv[1]);
  sqlite3* db;
  if (sqlite3_open(":memory:", &db) != SQLITE_OK) return 1;
  for (int i = 0; i < iterations; i++) {
    Do(db, "CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT, town INTEGER, height REAL)");
    Do(db, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO person "
           "SELECT i, printf('name%05d', i * 7919 % 2003), i * 31 % 97, 1.5 + i % 50 / 100.0 FROM n");
    Do(db, "CREATE INDEX by_name ON person (name)");
    Do(db, "SELECT town, count(*), avg(height), max(name) FROM person GROUP BY town ORDER BY 3 DESC, 1 LIMIT 20");
    Do(db, "UPDATE person SET height = height + 0.01 WHERE name LIKE '%7%'");
    Do(db, "SELECT a.name, b.name FROM person a JOIN person b ON b.id = a.town WHERE a.name > 'name01500' "
           "AND b.height > 1.6 ORDER BY a.name, b.name");
    Do(db, "DELETE FROM person WHERE town < 30");
    Do(db, "SELECT count(*), sum(length(name)), min(height) FROM person WHERE name BETWEEN 'name005' AND 'name015'");
    Do(db, "DROP TABLE person");
  }
  sqlite3_close(db);
  printf("%s %08x\n", sqlite3_libversion(), checksum);
}

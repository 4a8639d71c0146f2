// A desk that keeps every ticket: a heap profile of jemalloc.
#include <stdlib.h>
#include <string.h>

int mallctl(const char *name, void *old, size_t *old_size, void *new, size_t new_size);

void *volatile desk[4000];

__attribute__((noinline)) void open_ticket(int i) {
  desk[i] = malloc(6000);
  memset(desk[i], 1, 6000);
}

int main(void) {
  for (int i = 0; i < 4000; i++) open_ticket(i);
  const char *file = "tickets.heap";
  return mallctl("prof.dump", NULL, NULL, &file, sizeof file);
}

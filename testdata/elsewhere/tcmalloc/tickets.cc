// A desk that keeps every ticket: heap profiles of tcmalloc (gperftools), sampled and complete.
#include <gperftools/heap-profiler.h>
#include <gperftools/malloc_extension.h>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>
struct Ticket { char text[600]; };
static std::vector<Ticket*> desk;
__attribute__((noinline)) void OpenTicket() { Ticket* t = new Ticket; std::memset(t->text, 1, sizeof t->text); desk.push_back(t); }
__attribute__((noinline)) char* ScratchPage() { char* p = new char[4096]; p[0] = 1; return p; }
__attribute__((noinline)) void Day(int tickets) { for (int i = 0; i < tickets; i++) { OpenTicket(); delete[] ScratchPage(); } }
static void Sampled(const char* file) {
  std::string text;
  MallocExtension::instance()->GetHeapSample(&text);
  std::ofstream(file) << text;
}
int main(int, char** argv) {
  bool complete = argv[1][0] == 'c';
  if (complete) HeapProfilerStart("tickets");
  Day(4000);
  if (complete) HeapProfilerDump("morning"); else Sampled("sampled.1.txt");
  Day(16000);
  if (complete) HeapProfilerDump("evening"); else Sampled("sampled.2.txt");
}

/* render stands for a renderer: it has four workers, takes its time, as many seconds as its first argument says, and ends.
   The rest of its command line says what it renders, as a real one's does. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
static void *work(void *x) { sleep(3600); return x; }
int main(int n, char **a)
{
	pthread_attr_t at;
	pthread_attr_init(&at);
	pthread_attr_setstacksize(&at, 65536);
	for (int i = 0; i < 4; i++) {
		pthread_t t;
		pthread_create(&t, &at, work, 0);
		pthread_setname_np(t, "rworker");
	}
	sleep(n > 1 ? atoi(a[1]) : 10);
	return 0;
}

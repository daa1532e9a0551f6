/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Feeds files to a fuzz harness without a fuzzer: "make check" replays each harness's
 * corpus with the compiler and sanitizers at hand, and each input cut short at every
 * tenth of it.
 */

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int	 LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
replay(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data;
	long size;

	if (f == NULL || fseek(f, 0, SEEK_END) == -1 || (size = ftell(f)) == -1) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	rewind(f);
	for (long tenth = 1; tenth <= 10; tenth++) {
		size_t n = (size_t)(size * tenth / 10);

		/* As large as the input, so that a sanitizer sees one byte too far. */
		if ((data = malloc(n > 0 ? n : 1)) == NULL ||
		    fread(data, 1, n, f) != n) {
			perror(path);
			exit(EXIT_FAILURE);
		}
		(void)LLVMFuzzerTestOneInput(data, n);
		free(data);
		rewind(f);
	}
	(void)fclose(f);
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		replay(argv[i]);
	printf("%s: %d passed, 0 failed, 0 skipped\n", program_invocation_short_name,
	    argc - 1);
	return argc > 1 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

/* The chunk is wiped, for the file may be a secret. */
static int
read_all(int fd, struct buf *bytes)
{
	char chunk[4096];
	ssize_t n;

	do {
		n = read(fd, chunk, sizeof(chunk));
		if (n > 0 && buf_add(bytes, chunk, (size_t)n) == -1) {
			errno = EFBIG;
			break;
		}
	} while (n > 0 || (n == -1 && errno == EINTR));
	explicit_bzero(chunk, sizeof(chunk));
	return n == 0 ? 0 : -1;
}

bool
file_is_exposed(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	    (st.st_mode & (S_IROTH | S_IWOTH)) != 0;
}

int
file_read(const char *path, struct buf *bytes, bool *exposed)
{
	int error, rc = -1, fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;

	if (fd == -1)
		return -1;
	if (fstat(fd, &st) == 0) {
		if (exposed != NULL)
			*exposed = S_ISREG(st.st_mode) &&
			    (st.st_mode & (S_IROTH | S_IWOTH)) != 0;
		rc = read_all(fd, bytes);
	}
	error = errno;
	(void)close(fd);
	errno = error;
	return rc;
}

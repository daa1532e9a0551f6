/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "frame/file.h"

static int
read_all(int fd, struct buf *bytes)
{
	char chunk[4096];
	ssize_t n;

	do {
		n = read(fd, chunk, sizeof(chunk));
		if (n > 0 && buf_add(bytes, chunk, (size_t)n) == -1) {
			errno = EFBIG;
			n = -1;
		}
	} while (n > 0 || (n == -1 && errno == EINTR));
	explicit_bzero(chunk, sizeof(chunk));
	return n == 0 ? 0 : -1;
}

int
file_read(const char *path, struct buf *bytes, bool *exposed, struct buf *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;
	int rc = -1;

	if (fd != -1 && fstat(fd, &st) == 0) {
		*exposed = S_ISREG(st.st_mode) && (st.st_mode & (S_IROTH | S_IWOTH)) != 0;
		rc = read_all(fd, bytes);
	}
	if (rc == -1)
		(void)buf_addf(why, "cannot be read: %s", strerror(errno));
	if (fd != -1)
		(void)close(fd);
	return rc;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ini: options from the files that Monitoring Plugins call extra-opts. */

#ifndef FRAME_INI_H
#define FRAME_INI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* What a section says, told in order. value is NULL for "key" and "key=" alone. */
struct ini_sink {
	/* 0 to go on; -1 to stop with a reason in why. */
	int	(*option)(void *arg, const char *key, const char *value, struct buf *why);
	void	 *arg;
};

/*
 * Reads the bytes of an ini file and tells sink the keys of all sections of that name.
 * Lines: [section], key=value, key, "; comment", "# comment"; blanks around each part are
 * cut, DOS line ends too. Pure. 0 when the section was there; -1 with a sentence in why
 * when it was not, a line makes no sense (its number is named, never its content) or the
 * sink stops (the number is added to its reason).
 */
int	 ini_parse(const char *bytes, size_t n, const char *section,
	    const struct ini_sink *sink, struct buf *why);

/*
 * Finds and reads the file for --extra-opts "[SECTION][@FILE]" (where, may be NULL): the
 * section defaults to program, the file to $MP_CONFIG_FILE or the first one that exists
 * on Monitoring Plugins' search path. *exposed says whether others than owner and group
 * may read it. path gets its name. -1 with a sentence in why.
 */
int	 ini_load(const char *where, const char *program, const struct ini_sink *sink,
	    struct buf *path, bool *exposed, struct buf *why);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stddef.h>

#include "probe/options.h"

const char *const options_proxies[] = { "1", "2", NULL };

const char *const options_tls_modes[] = {
	"none", "starttls", "implicit", "opportunistic", NULL,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* maildns_ask: the stages of maildns_look(). Private to mail/maildns*.c. */

#ifndef MAIL_MAILDNS_ASK_H
#define MAIL_MAILDNS_ASK_H

#include "mail/maildns.h"

#define MAILDNS_SERVER_TIME 4	/* seconds that a name server gets, if there are any */

/* Adds a host whose addresses will be asked for, once. -1 when memory is short. */
int	 maildns_add_host(struct maildns *m, const char *name, struct diag *d);

/* Asks for the addresses of the hosts that were added since. */
int	 maildns_ask_hosts(struct maildns *m, struct deadline by, struct diag *d);

/*
 * Makes the list of the servers, whose names have been looked up, and of what each is to
 * be asked; asks the i-th. Without any of its own the list is empty.
 */
int	 maildns_list_servers(struct maildns *m, struct diag *d);
void	 maildns_ask_server(struct maildns *m, size_t i, struct deadline by);
void	 maildns_free_servers(struct maildns *m);

/* Asks for the names of all exchangers' addresses, and for the addresses of these. */
int	 maildns_ask_reverse(struct maildns *m, struct deadline by, struct diag *d);
void	 maildns_free_reverse(struct maildns *m);

#endif

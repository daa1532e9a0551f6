/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "probe/exchangers.h"

const struct cause exchangers_dead = {
	"address-dead", CLASS_NETWORK, STATE_WARNING,
	"an address of a mail exchanger takes no connection, while another of it does",
	"mail gets through, but later, for senders try the dead address as well: repair "
	"the server there, or take the address out of the DNS", false,
};

cause_table exchangers_causes = { &exchangers_dead, NULL };

/* The place of this address of the host; n when it is new. */
static size_t
place(const struct exchangers *e, const char *host, const struct net_address *a)
{
	size_t i = 0;

	while (i < e->n && (!text_same(e->v[i].host, host) ||
	    !net_address_same(&e->targets[i].addresses.v[0], a)))
		i++;
	return i;
}

static int
grow(struct exchangers *e)
{
	struct server_target *targets = reallocarray(e->targets, e->n + 1,
	    sizeof(*targets));
	struct exchanger *v;

	if (targets == NULL)
		return -1;
	e->targets = targets;
	if ((v = reallocarray(e->v, e->n + 1, sizeof(*v))) == NULL)
		return -1;
	e->v = v;
	return 0;
}

/* Is it one of this machine's own? To whoever sends from elsewhere it is another. */
static bool
is_own(const struct net_address *a)
{
	const struct sockaddr_in *four = (const struct sockaddr_in *)&a->sa;
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&a->sa;
	uint32_t ip = ntohl(four->sin_addr.s_addr);

	if (net_family(a) == AF_INET)
		return ip == INADDR_ANY || ip >> 24 == IN_LOOPBACKNET;
	return IN6_IS_ADDR_LOOPBACK(&six->sin6_addr) ||
	    IN6_IS_ADDR_UNSPECIFIED(&six->sin6_addr);
}

static int
add_address(struct exchangers *e, const struct mx_host *host, size_t which,
    size_t domain, const struct session_conf *conf)
{
	size_t i = place(e, host->name, &host->addresses.v[which]);
	struct session_conf own = *conf;
	struct exchanger *one;

	if (i < e->n) {
		e->v[i].serves[domain] = true;
		return 0;
	}
	if (grow(e) == -1)
		return -1;
	one = &e->v[i];
	*one = (struct exchanger){
		.host = strdup(host->name), .serves = calloc(e->ndomains, sizeof(bool)),
	};
	own.host = one->host;
	e->targets[i] = (struct server_target){ 0 };
	e->n++;
	if (one->host == NULL || one->serves == NULL || server_target_make(
	    &e->targets[i], &own, &host->addresses, which, true) == -1)
		return -1;
	one->serves[domain] = true;
	return 0;
}

/* What is not known of the exchangers is not asked, and so must not be called well. */
static void
tell_partial(const struct mx *mx, struct verdict *v)
{
	struct diag d = { .stage = "mx" };

	if (mx->partial)
		(void)diag_set(&d, &dns_partial, "there are more than %d mail "
		    "exchangers: only the first of them are asked", MX_HOSTS_MAX);
	verdict_diag(v, &d);
	for (size_t i = 0; i < mx->n; i++) {
		const struct mx_host *host = &mx->hosts[i];
		struct diag one = { .stage = "resolve" };

		if (host->addresses.partial)
			(void)diag_set(&one, &dns_partial, "not all addresses of %s are "
			    "known: a question to the DNS had no good answer, or there "
			    "are more than %d", host->name, NET_ADDRESSES_MAX);
		verdict_diag_of(v, &one, host->name);
	}
}

/* The host of that domain has no address: that sentence names the host alone. */
static void
tell_homeless(const struct mx_host *host, const char *domain, struct verdict *v)
{
	struct diag d = { .stage = host->d.stage };

	if (!diag_failed(&host->d))
		return;
	(void)diag_set(&d, host->d.cause, "mail exchanger of %s: %s", domain,
	    host->d.text);
	verdict_diag_of(v, &d, host->name);
}

int
exchangers_add(struct exchangers *e, const struct mx *mx, const char *name,
    size_t domain, const struct session_conf *conf, struct verdict *v)
{
	tell_partial(mx, v);
	for (size_t i = 0; i < mx->n; i++) {
		const struct mx_host *host = &mx->hosts[i];
		size_t before = e->n;
		bool own = false;

		tell_homeless(host, name, v);
		for (size_t a = 0; a < host->addresses.n; a++) {
			own = own || is_own(&host->addresses.v[a]);
			if (add_address(e, host, a, domain, conf) == -1)
				return -1;
		}
		if (own && e->n > before)
			verdict_note(v, "%s has an address of this machine itself: who "
			    "sends from elsewhere does not reach what is asked here",
			    host->name);
	}
	return 0;
}

/* Is there another address of the same host of which this is so? */
static bool
has_other(const struct exchangers *e, size_t i,
    bool (*holds)(const struct exchanger *other))
{
	for (size_t j = 0; j < e->n; j++)
		if (j != i && text_same(e->v[i].host, e->v[j].host) && holds(&e->v[j]))
			return true;
	return false;
}

static bool
lives(const struct exchanger *one)
{
	return !diag_failed(&one->dead);
}

/* What the network of this machine cannot reach says nothing about the server. */
static bool
within_reach(const struct exchanger *one)
{
	return one->dead.cause != &net_unreachable && one->dead.cause != &net_source;
}

size_t
exchangers_judge(const struct exchangers *e, struct verdict *v)
{
	size_t noted = 0;

	for (size_t i = 0; i < e->n; i++) {
		const struct exchanger *one = &e->v[i];
		struct diag d = { .stage = one->dead.stage };

		if (lives(one))
			continue;
		if (!within_reach(one) && has_other(e, i, within_reach)) {
			verdict_note(v, "%s", one->dead.text);
			noted++;
		} else if (has_other(e, i, lives)) {
			(void)diag_set(&d, &exchangers_dead, "%s; another address of %s "
			    "answers", one->dead.text, one->host);
			verdict_diag_of(v, &d, e->targets[i].object);
		} else {
			verdict_diag_of(v, &one->dead, e->targets[i].object);
		}
	}
	return noted;
}

void
exchangers_free(struct exchangers *e)
{
	for (size_t i = 0; i < e->n; i++) {
		server_target_free(&e->targets[i]);
		free(e->v[i].host);
		free(e->v[i].serves);
	}
	free(e->targets);
	free(e->v);
	*e = (struct exchangers){ 0 };
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "mail/refusal.h"
#include "mail/smtp.h"

#define QUIT_LEFT 1.0	/* seconds that must be left for a good-bye */
#define QUIT_WAIT 1.0	/* seconds to wait for its reply */

const struct cause smtp_not_smtp = {
	"not-smtp", CLASS_PROTOCOL, STATE_CRITICAL,
	"another service than SMTP listens on that port",
	"check host and port; submission is 587 (STARTTLS) or 465 (implicit TLS), "
	"servers among themselves use 25", false,
};

const struct cause smtp_closing = {
	"server-closing", CLASS_PROTOCOL, STATE_CRITICAL,
	"the server said that it is closing the service (421)",
	"look at its words and into its log: it shuts down, is overloaded, limits "
	"clients, or one of its own services does not answer", false,
};

const struct cause smtp_greeting_refused = {
	"greeting-refused", CLASS_POLICY, STATE_CRITICAL,
	"the server turns this client away before any command",
	"look at the server's words: it refuses this client's address, or takes no "
	"mail at all; ask its administrator or check block lists for the address "
	"of this machine", false,
};

const struct cause smtp_greeting_busy = {
	"server-busy", CLASS_PROTOCOL, STATE_CRITICAL,
	"the server takes no clients for now",
	"look at the server's words, its load and its log", false,
};

const struct cause smtp_ehlo_refused = {
	"hello-refused", CLASS_POLICY, STATE_CRITICAL,
	"the server refuses the name that this client gives for itself",
	"look at the server's words; -F sets the name to say, best this machine's "
	"own full name; a server that wants LHLO speaks LMTP (--lmtp)", false,
};

const struct cause smtp_no_starttls = {
	"starttls-not-offered", CLASS_TLS, STATE_CRITICAL,
	"the server does not offer STARTTLS",
	"enable TLS on the server for this port (certificate and key configured "
	"and readable?); if it offers TLS elsewhere, a device between may have "
	"removed the offer", false,
};

const struct cause smtp_starttls_refused = {
	"starttls-refused", CLASS_TLS, STATE_CRITICAL,
	"the server offers STARTTLS and then does not do it",
	"look into the server's log: most often its certificate or key cannot be read; "
	"if it knows of nothing, a device between meddles with the connection", false,
};

const struct cause smtp_injection = {
	"starttls-injection", CLASS_TLS, STATE_CRITICAL,
	"bytes came in plain text behind the reply to STARTTLS",
	"treat the connection as attacked: someone between may have added replies; "
	"or the server has the STARTTLS buffering fault (CVE-2011-0411 and its "
	"kin): update it", false,
};

const struct cause smtp_no_xclient = {
	"xclient-refused", CLASS_LOCAL, STATE_UNKNOWN,
	"the server does not let this client pose as another one",
	"let the server trust this client with XCLIENT (Postfix: "
	"smtpd_authorized_xclient_hosts), or ask without --xclient", false,
};

cause_table smtp_causes = {
	&reply_bad, &reply_too_long, &smtp_not_smtp, &smtp_closing,
	&smtp_greeting_refused, &smtp_greeting_busy, &smtp_ehlo_refused,
	&smtp_no_starttls, &smtp_starttls_refused, &smtp_injection, NULL,
};

cause_table smtp_xclient_causes = { &smtp_no_xclient, NULL };

bool
smtp_offers(const struct smtp_features *f, const char *mechanism)
{
	size_t n = strlen(mechanism);

	for (const char *word = f->auth; *word != '\0'; word += strspn(word, " ")) {
		size_t len = strcspn(word, " ");

		if (len == n && text_starts(word, mechanism))
			return true;
		word += len;
	}
	return false;
}

/* Adds the words of a line to the mechanisms, each once, apart by a blank. */
static void
add_mechanisms(struct smtp_features *f, const char *words)
{
	while (*words != '\0') {
		size_t n = strcspn(words, " \t="), used = strlen(f->auth);
		char word[64];

		if (n >= sizeof(word) || used + n + 2 > sizeof(f->auth)) {
			f->cut = f->cut || n > 0;
		} else if (n > 0) {
			memcpy(word, words, n);
			word[n] = '\0';
			if (!smtp_offers(f, word))
				(void)snprintf(f->auth + used, sizeof(f->auth) - used,
				    "%s%s", used > 0 ? " " : "", word);
		}
		words += n + (words[n] != '\0' ? 1 : 0);
	}
}

/* What is no number, or beyond any message, tells no limit. */
static void
take_size(struct smtp_features *f, const char *words)
{
	size_t blanks = strspn(words, " \t"), n = strspn(words + blanks, "0123456789");

	f->size = true;
	f->size_max = 0;
	if (n < 18 && words[blanks + n] == '\0')
		for (size_t i = 0; i < n; i++)
			f->size_max = f->size_max * 10 +
			    (uint64_t)(words[blanks + i] - '0');
}

/* The attributes that the client may set. */
static void
take_xclient(struct smtp_features *f, const char *words)
{
	while (*(words += strspn(words, " \t")) != '\0') {
		size_t n = strcspn(words, " \t");

		f->xclient = f->xclient || (n == 4 && text_starts(words, "ADDR"));
		f->xclient_name = f->xclient_name ||
		    (n == 4 && text_starts(words, "NAME"));
		words += n;
	}
}

/* A keyword, and behind a blank its parameters, which may be ones that nobody defined. */
static void
feature(struct smtp_features *f, const char *line)
{
	size_t n = strcspn(line, " \t=");

	if (n == 8 && line[n] != '=' && text_starts(line, "STARTTLS"))
		f->starttls = true;
	else if (n == 8 && line[n] != '=' && text_starts(line, "SMTPUTF8"))
		f->smtputf8 = true;
	else if (n == 4 && line[n] != '=' && text_starts(line, "SIZE"))
		take_size(f, line + n);
	else if (n == 7 && line[n] != '=' && text_starts(line, "XCLIENT"))
		take_xclient(f, line + n);
	else if (n == 4 && text_starts(line, "AUTH"))
		add_mechanisms(f, line + n);
}

void
smtp_features_parse(struct smtp_features *f, const struct reply *r)
{
	const char *line = strchr(buf_str(&r->text), '\n');

	*f = (struct smtp_features){ 0 };
	while (line != NULL) {
		char copy[REPLY_LINE_MAX + 1];
		const char *end = strchr(++line, '\n');
		size_t n = end != NULL ? (size_t)(end - line) : strlen(line);

		text_copy(copy, sizeof(copy), line, n);
		feature(f, copy);
		line = end;
	}
}

unsigned
smtp_offered(const struct smtp *m)
{
	return (m->features.starttls && !m->encrypted ? REFUSAL_STARTTLS : 0) |
	    (m->features.auth[0] != '\0' ? REFUSAL_AUTH : 0);
}

/* Takes a line; where it is none of a reply, it is quoted, and what is hidden covered. */
static int
take_line(struct smtp *m, char *line, size_t n, struct diag *d)
{
	struct diag trial = { .stage = d->stage };
	int more = reply_line(&m->reply, line, n, &trial);

	m->hushed = m->hushed || stream_tellable(&m->stream, line, n) < n;
	if (more != -1)
		return more;
	stream_cover(&m->stream, line, n);
	return reply_line(&m->reply, line, n, d);
}

static int
read_reply(struct smtp *m, struct diag *d)
{
	int more = 1;

	reply_reset(&m->reply);
	m->hushed = false;
	while (more == 1) {
		char line[REPLY_LINE_MAX];
		size_t n;

		switch (stream_line(&m->stream, line, sizeof(line), &n, d)) {
		case 0:
			break;
		case 1:
			n = stream_tellable(&m->stream, line, n);
			stream_cover(&m->stream, line, n);
			diag_heard(d, 0, line, n);
			return diag_set(d, &reply_too_long,
			    "%s sends a line of more than %d octets (stage %s)",
			    m->stream.peer, REPLY_LINE_MAX, d->stage);
		default:
			return -1;
		}
		if ((more = take_line(m, line, n, d)) == -1)
			return -1;
	}
	return 0;
}

/* The reply in words that may be told; covered as a whole, before it is cut. */
static void
tell(const struct smtp *m, char *words, size_t size)
{
	struct reply told = m->reply;

	told.text = (struct buf){ .max = REPLY_MAX };
	(void)buf_add(&told.text, buf_str(&m->reply.text), m->reply.text.len);
	stream_cover(&m->stream, told.text.data, told.text.len);
	reply_words(&told, words, size);
	buf_wipe(&told.text);
}

int
smtp_read(struct smtp *m, struct diag *d)
{
	char words[sizeof(d->proof)];

	if (read_reply(m, d) == -1) {
		m->broken = true;
		return -1;
	}
	tell(m, words, sizeof(words));
	if (m->hushed)
		(void)snprintf(words, sizeof(words), "%d (hidden)", m->reply.code);
	diag_heard(d, m->reply.code, words, strlen(words));
	for (size_t i = 0; i < LEN(m->quoted); i++)
		if (m->quoted[i] != NULL && m->reply.code >= 400)
			reply_forget(&m->reply, m->quoted[i]);
	if (m->reply.code == 421) {
		const struct cause *known = refusal_known(d->stage, &m->reply,
		    smtp_offered(m));

		m->broken = true;
		return diag_set(d, known != NULL ? known : &smtp_closing,
		    "%s is closing the service (stage %s): %s", m->stream.peer,
		    d->stage, words);
	}
	return 0;
}

/*
 * Words that came before the command they would be taken to answer: a server that says
 * 235 in advance must not log anyone in. It may say good-bye, though (421).
 */
static int
unasked(struct smtp *m, struct diag *d)
{
	struct diag reading = { .stage = d->stage };

	if (smtp_read(m, &reading) == -1 && m->reply.code == 421) {
		*d = reading;
		return -1;
	}
	m->broken = true;
	diag_heard(d, 0, reading.proof, strlen(reading.proof));
	return diag_set(d, &reply_bad, "%s says what it was not asked (stage %s): %s",
	    m->stream.peer, d->stage, reading.proof);
}

static int
send_line(struct smtp *m, const char *line, const char *shown, struct diag *d)
{
	struct buf out = { 0 };
	int rc;

	if (stream_pending(&m->stream) > 0)
		return unasked(m, d);
	if (text_has_control(line))
		return diag_set(d, &local_internal, "a command with a control character");
	(void)buf_addf(&out, "%s\r\n", line);
	if (out.failed)
		rc = diag_nomem(d);
	else if (shown != NULL)
		rc = stream_write_secret(&m->stream, out.data, out.len, shown, d);
	else
		rc = stream_write(&m->stream, out.data, out.len, d);
	buf_wipe(&out);
	if (rc == -1)
		m->broken = true;
	return rc;
}

int
smtp_command(struct smtp *m, struct diag *d, const char *format, ...)
{
	char line[1024];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(line))
		return diag_set(d, &local_internal, "a command of more than %zu octets",
		    sizeof(line));
	return send_line(m, line, NULL, d) == -1 ? -1 : smtp_read(m, d);
}

int
smtp_secret(struct smtp *m, const char *line, const char *shown, struct diag *d)
{
	return send_line(m, line, shown, d) == -1 ? -1 : smtp_read(m, d);
}

/* A wrong service often says its name in its first line. */
static const char *
service(const char *line)
{
	static const struct {
		const char *start, *name;
	} services[] = {
		{ "* OK", "IMAP" }, { "* PREAUTH", "IMAP" }, { "* BYE", "IMAP" },
		{ "+OK", "POP3" }, { "-ERR", "POP3" }, { "SSH-", "SSH" },
		{ "HTTP/", "HTTP" }, { "<!DOCTYPE", "HTTP" }, { "<html", "HTTP" },
		{ "\"IMPLEMENTATION\"", "ManageSieve" }, { "RFB ", "VNC" },
	};

	for (size_t i = 0; i < LEN(services); i++)
		if (text_starts(line, services[i].start))
			return services[i].name;
	return "no SMTP";
}

int
smtp_stranger(struct smtp *m, const char *words, struct diag *d)
{
	diag_heard(d, 0, words, strlen(words));
	return diag_set(d, &smtp_not_smtp, "%s speaks %s: %s", m->stream.peer,
	    service(words), words);
}

/* Reads the greeting; what is no reply at all gets a cause of its own. */
static int
read_greeting(struct smtp *m, struct diag *d)
{
	struct diag reading = { 0 };

	diag_at(&reading, d->stage);
	if (smtp_read(m, &reading) == -1 && reading.cause == &reply_bad &&
	    m->reply.lines == 0)
		return smtp_stranger(m, reading.proof, d);
	*d = reading;
	return diag_failed(d) ? -1 : 0;
}

int
smtp_greeting(struct smtp *m, struct diag *d)
{
	diag_at(d, "greeting");
	if (read_greeting(m, d) == -1)
		return -1;
	if (m->reply.code == 220)
		return 0;
	if (m->reply.code >= 500)
		return diag_set(d, &smtp_greeting_refused,
		    "%s turned this client away: %s", m->stream.peer, d->proof);
	if (m->reply.code >= 400)
		return diag_set(d, &smtp_greeting_busy, "%s takes no clients now: %s",
		    m->stream.peer, d->proof);
	return diag_set(d, &reply_bad, "%s greets with %s", m->stream.peer, d->proof);
}

void
smtp_name_parse(char name[SMTP_NAME_MAX], const struct reply *r)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
	const char *text = buf_str(&r->text);
	size_t n = strspn(text, letters);

	name[0] = '\0';
	if (n < SMTP_NAME_MAX && strchr(" \t\n", text[n]) != NULL &&
	    memchr(text, '.', n) != NULL)
		text_copy(name, SMTP_NAME_MAX, text, n);
}

int
smtp_hello(struct smtp *m, const char *name, struct diag *d)
{
	const struct cause *known;

	diag_at(d, "ehlo");
	m->features = (struct smtp_features){ 0 };
	if (smtp_command(m, d, "%s %s", m->lmtp ? "LHLO" : "EHLO", name) == -1)
		return -1;
	if (m->reply.code == 250) {
		smtp_features_parse(&m->features, &m->reply);
		smtp_name_parse(m->name, &m->reply);
		return 0;
	}
	/* 500 to 504: the command is not known or not implemented (RFC 5321 4.2.4). */
	if (m->reply.code >= 500 && m->reply.code <= 504 && !m->lmtp) {
		if (smtp_command(m, d, "HELO %s", name) == -1)
			return -1;
		if (m->reply.code == 250) {
			smtp_name_parse(m->name, &m->reply);
			return 0;
		}
	}
	known = m->reply.code >= 400
	    ? refusal_known("ehlo", &m->reply, smtp_offered(m)) : &reply_bad;
	return diag_set(d, known != NULL ? known : &smtp_ehlo_refused,
	    "%s does not take the hello of %s: %s", m->stream.peer, name, d->proof);
}

int
smtp_starttls(struct smtp *m, struct diag *d)
{
	diag_at(d, "starttls");
	if (!m->features.starttls)
		return diag_set(d, &smtp_no_starttls, "%s does not offer STARTTLS",
		    m->stream.peer);
	if (smtp_command(m, d, "STARTTLS") == -1)
		return -1;
	if (m->reply.code != 220)
		return diag_set(d, &smtp_starttls_refused,
		    "%s offers STARTTLS and refuses it: %s", m->stream.peer, d->proof);
	if (stream_pending(&m->stream) > 0) {
		m->broken = true;
		return diag_set(d, &smtp_injection, "%zu bytes in plain text came behind "
		    "the reply to STARTTLS from %s", stream_pending(&m->stream),
		    m->stream.peer);
	}
	m->upgraded = true;
	m->before_tls = m->features;
	m->features = (struct smtp_features){ 0 };
	return 0;
}

int
smtp_xclient(struct smtp *m, const char *address, bool six, struct diag *d)
{
	diag_at(d, "xclient");
	if (!m->features.xclient)
		return diag_set(d, &smtp_no_xclient, "%s does not offer XCLIENT with "
		    "ADDR to this client", m->stream.peer);
	if (smtp_command(m, d, "XCLIENT %sADDR=%s%s", m->features.xclient_name
	    ? "NAME=[UNAVAILABLE] " : "", six ? "IPV6:" : "", address) == -1)
		return -1;
	return m->reply.code == 220 ? 0 : diag_set(d, &smtp_no_xclient,
	    "%s does not let this client pose as %s: %s", m->stream.peer, address,
	    d->proof);
}

void
smtp_end(struct smtp *m)
{
	struct diag ignored = { 0 };

	/* They belong to who asked, and may be gone. */
	m->quoted[0] = m->quoted[1] = NULL;
	diag_at(&ignored, "quit");
	if (m->stream.layer != NULL && !m->broken &&
	    deadline_left(m->stream.by) >= QUIT_LEFT) {
		m->stream.by = deadline_sooner(m->stream.by, deadline_in(QUIT_WAIT));
		(void)smtp_command(m, &ignored, "QUIT");
	}
	stream_close(&m->stream);
	reply_free(&m->reply);
}

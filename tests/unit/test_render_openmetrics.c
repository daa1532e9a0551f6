/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "unit/runs.h"
#include "unit/unit.h"

#define FINE_METRICS \
	"# TYPE mailcheck_test_time_seconds gauge\n" \
	"# UNIT mailcheck_test_time_seconds seconds\n" \
	"# HELP mailcheck_test_time_seconds the whole check\n" \
	"mailcheck_test_time_seconds{plugin=\"check_test\"," \
	"target=\"mx.example.org:587\"} 0.091\n" \
	"# TYPE mailcheck_test_connect_seconds gauge\n" \
	"# UNIT mailcheck_test_connect_seconds seconds\n" \
	"# HELP mailcheck_test_connect_seconds connecting\n" \
	"mailcheck_test_connect_seconds{plugin=\"check_test\"," \
	"target=\"mx.example.org:587\"} 0.002\n" \
	"# TYPE mailcheck_test_auth_seconds gauge\n" \
	"# UNIT mailcheck_test_auth_seconds seconds\n" \
	"# HELP mailcheck_test_auth_seconds the login\n" \
	"mailcheck_test_auth_seconds{plugin=\"check_test\"," \
	"target=\"mx.example.org:587\"} 0.050\n" \
	"# TYPE mailcheck_test_cert_validity_seconds gauge\n" \
	"# UNIT mailcheck_test_cert_validity_seconds seconds\n" \
	"# HELP mailcheck_test_cert_validity_seconds until it expires\n" \
	"mailcheck_test_cert_validity_seconds{plugin=\"check_test\"," \
	"target=\"mx.example.org:587\"} 5227200\n" \
	"# TYPE mailcheck_test_load_ratio gauge\n" \
	"# UNIT mailcheck_test_load_ratio ratio\n" \
	"# HELP mailcheck_test_load_ratio how busy\n" \
	"mailcheck_test_load_ratio{plugin=\"check_test\"," \
	"target=\"mx.example.org:587\"} 0.123\n" \
	"# TYPE mailcheck_test_queue_bytes gauge\n" \
	"# UNIT mailcheck_test_queue_bytes bytes\n" \
	"# HELP mailcheck_test_queue_bytes what waits\n" \
	"mailcheck_test_queue_bytes{plugin=\"check_test\"," \
	"target=\"mx.example.org:587\"} 4096\n" \
	"# TYPE mailcheck_test_growth gauge\n" \
	"# HELP mailcheck_test_growth of 'it', \\\\ more\n" \
	"mailcheck_test_growth{plugin=\"check_test\"," \
	"target=\"mx.example.org:587\"} -3\n"
#define STATE \
	"# TYPE mailcheck_state gauge\n" \
	"# HELP mailcheck_state 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN\n"
#define FINDINGS \
	"# TYPE mailcheck_findings gauge\n" \
	"# HELP mailcheck_findings what was found, by cause, stage and state\n"
#define TIME_SECONDS \
	"# TYPE mailcheck_test_time_seconds gauge\n" \
	"# UNIT mailcheck_test_time_seconds seconds\n" \
	"# HELP mailcheck_test_time_seconds the whole check\n" \
	"mailcheck_test_time_seconds{plugin=\"check_test\"," \
	"target=\"mx.example.org:587\"} "
#define CONNECT_SECONDS \
	"# TYPE mailcheck_test_connect_seconds gauge\n" \
	"# UNIT mailcheck_test_connect_seconds seconds\n" \
	"# HELP mailcheck_test_connect_seconds connecting\n" \
	"mailcheck_test_connect_seconds{plugin=\"check_test\"," \
	"target=\"mx.example.org:587\"} "
#define VALIDITY \
	"# TYPE mailcheck_test_cert_validity_seconds gauge\n" \
	"# UNIT mailcheck_test_cert_validity_seconds seconds\n" \
	"# HELP mailcheck_test_cert_validity_seconds until it expires\n" \
	"mailcheck_test_cert_validity_seconds{plugin=\"check_test\"," \
	"target=\"mx.example.org:587\"} "

static const char *const wanted[LEN(runs)] = {
	/* fine */
	STATE
	"mailcheck_state{plugin=\"check_test\",target=\"mx.example.org:587\"} 0\n"
	FINE_METRICS "# EOF\n",
	/* facts */
	STATE
	"mailcheck_state{plugin=\"check_test\",target=\"mx.example.org:587\"} 0\n"
	FINE_METRICS "# EOF\n",
	/* rejection */
	STATE
	"mailcheck_state{plugin=\"check_test\",target=\"mx.example.org:587\"} 2\n"
	FINDINGS
	"mailcheck_findings{plugin=\"check_test\",target=\"mx.example.org:587\","
	"cause=\"auth-rejected\",stage=\"auth\",state=\"CRITICAL\"} 1\n"
	TIME_SECONDS "1.250\n" CONNECT_SECONDS "0.002\n"
	"# EOF\n",
	/* proof */
	STATE "mailcheck_state{plugin=\"check_test\",target=\"\"} 2\n" FINDINGS
	"mailcheck_findings{plugin=\"check_test\",target=\"\",cause=\"weak\","
	"stage=\"\",state=\"WARNING\"} 1\n"
	"mailcheck_findings{plugin=\"check_test\",target=\"\",cause=\"refused\","
	"stage=\"greeting\",state=\"CRITICAL\"} 1\n"
	"# EOF\n",
	/* late */
	STATE
	"mailcheck_state{plugin=\"check_test\",target=\"mx.example.org:587\"} 2\n"
	FINDINGS
	"mailcheck_findings{plugin=\"check_test\",target=\"mx.example.org:587\","
	"cause=\"threshold\",stage=\"\",state=\"CRITICAL\"} 1\n"
	"mailcheck_findings{plugin=\"check_test\",target=\"mx.example.org:587\","
	"cause=\"threshold\",stage=\"\",state=\"WARNING\"} 2\n" TIME_SECONDS
	"1.500\n" CONNECT_SECONDS "0.002\n"
	"# TYPE mailcheck_test_auth_seconds gauge\n"
	"# UNIT mailcheck_test_auth_seconds seconds\n"
	"# HELP mailcheck_test_auth_seconds the login\n"
	"mailcheck_test_auth_seconds{plugin=\"check_test\","
	"target=\"mx.example.org:587\"} 0.050\n" VALIDITY "1728000\n"
	"# TYPE mailcheck_test_load_ratio gauge\n"
	"# UNIT mailcheck_test_load_ratio ratio\n"
	"# HELP mailcheck_test_load_ratio how busy\n"
	"mailcheck_test_load_ratio{plugin=\"check_test\","
	"target=\"mx.example.org:587\"} 0.123\n"
	"# TYPE mailcheck_test_queue_bytes gauge\n"
	"# UNIT mailcheck_test_queue_bytes bytes\n"
	"# HELP mailcheck_test_queue_bytes what waits\n"
	"mailcheck_test_queue_bytes{plugin=\"check_test\","
	"target=\"mx.example.org:587\"} 4096\n"
	"# TYPE mailcheck_test_growth gauge\n"
	"# HELP mailcheck_test_growth of 'it', \\\\ more\n"
	"mailcheck_test_growth{plugin=\"check_test\","
	"target=\"mx.example.org:587\"} -3\n"
	"# EOF\n",
	/* objects */
	STATE
	"mailcheck_state{plugin=\"check_test\",target=\"mx.example.org:587\"} 2\n"
	FINDINGS
	"mailcheck_findings{plugin=\"check_test\",target=\"mx.example.org:587\","
	"cause=\"weak\",stage=\"\",state=\"WARNING\"} 2\n"
	"mailcheck_findings{plugin=\"check_test\",target=\"mx.example.org:587\","
	"cause=\"refused\",stage=\"connect\",state=\"CRITICAL\"} 1\n"
	CONNECT_SECONDS "0.250\n" VALIDITY "2592000\n"
	"# EOF\n",
	/* nothing */
	STATE "mailcheck_state{plugin=\"check_test\",target=\"\"} 3\n" FINDINGS
	"mailcheck_findings{plugin=\"check_test\",target=\"\","
	"cause=\"not-measured\",stage=\"\",state=\"UNKNOWN\"} 1\n"
	"# EOF\n",
	/* broken */
	STATE
	"mailcheck_state{plugin=\"check_test\",target=\"mx.example.org:587\"} 3\n"
	FINE_METRICS "# EOF\n",
	/* forgiven */
	STATE
	"mailcheck_state{plugin=\"check_test\",target=\"mx.example.org:587\"} 0\n"
	FINDINGS
	"mailcheck_findings{plugin=\"check_test\",target=\"mx.example.org:587\","
	"cause=\"weak\",stage=\"\",state=\"OK\"} 1\n" FINE_METRICS "# EOF\n",
	/* hostile */
	STATE "mailcheck_state{plugin=\"check_test\",target=\"a \\\"quote\\\" \\\\ "
	"back\\\\n??HOME?  b?[2J ?\303\251??%s end\"} 2\n" FINDINGS
	"mailcheck_findings{plugin=\"check_test\",target=\"a \\\"quote\\\" \\\\ "
	"back\\\\n??HOME?  b?[2J ?\303\251??%s end\",cause=\"auth-rejected\","
	"stage=\"auth\",state=\"CRITICAL\"} 1\n"
	"mailcheck_findings{plugin=\"check_test\",target=\"a \\\"quote\\\" \\\\ "
	"back\\\\n??HOME?  b?[2J ?\303\251??%s end\",cause=\"weak\",stage=\"\","
	"state=\"WARNING\"} 1\n"
	"# EOF\n",
};

START_TEST(whole)
{
	struct verdict v = recorded(_i);
	struct buf out = { 0 };

	render_openmetrics(&v, "check_test", &out);
	ck_assert(!out.failed);
	dump(_i, "openmetrics", &out);
	ck_assert_str_eq(buf_str(&out), wanted[_i]);
	buf_free(&out);
	verdict_free(&v);
}
END_TEST

#define LABELS "{plugin=\"x\",target=\"\"} "

/* Values of every unit in its base unit. */
static const struct {
	size_t		 metric;
	double		 value;
	const char	*line;
} values[] = {
	{ TIME, 0, "x_time_seconds" LABELS "0.000\n" },
	{ TIME, 1234.5678, "x_time_seconds" LABELS "1234.568\n" },
	{ LEFT, -0.1, "cert_validity_seconds" LABELS "-8640\n" },
	{ LEFT, 89.9, "cert_validity_seconds" LABELS "7767360\n" },
	{ LOAD, 100, "load_ratio" LABELS "1.000\n" },
	{ LOAD, 0.1, "load_ratio" LABELS "0.001\n" },
	{ QUEUE, 1e15, "queue_bytes" LABELS "1000000000000000\n" },
};

START_TEST(base_units)
{
	struct verdict v;
	struct buf out = { 0 };

	ck_assert_int_eq(verdict_init(&v, "TEST", metrics), 0);
	verdict_metric(&v, values[_i].metric, values[_i].value);
	render_openmetrics(&v, "x", &out);
	ck_assert_msg(strstr(buf_str(&out), values[_i].line) != NULL, "%s",
	    buf_str(&out));
	buf_free(&out);
	verdict_free(&v);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, whole, 0, LEN(runs));
	tcase_add_loop_test(t, base_units, 0, LEN(values));
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "unit/runs.h"
#include "unit/unit.h"

/* In what is wanted ' stands for ". */
#define FINE_METRICS \
	"'metrics':[{'label':'time','value':0.091,'unit':'s','warn':null," \
	"'crit':null,'min':0,'max':null,'state':'OK'},{'label':'connect'," \
	"'value':0.002,'unit':'s','warn':null,'crit':null,'min':0,'max':null," \
	"'state':'OK'},{'label':'auth','value':0.050,'unit':'s','warn':null," \
	"'crit':null,'min':0,'max':null,'state':'OK'},{'label':'cert_days'," \
	"'value':60.5,'unit':'','warn':'21:','crit':'7:','min':null,'max':null," \
	"'state':'OK'},{'label':'load','value':12.3,'unit':'%','warn':null," \
	"'crit':null,'min':null,'max':null,'state':'OK'},{'label':'queue'," \
	"'value':4096,'unit':'B','warn':null,'crit':null,'min':0,'max':null," \
	"'state':'OK'},{'label':'growth','value':-3,'unit':'','warn':null," \
	"'crit':null,'min':null,'max':null,'state':'OK'}]"
#define NO_METRICS \
	"'metrics':[{'label':'time','value':null,'unit':'s','warn':null," \
	"'crit':null,'min':0,'max':null,'state':null},{'label':'connect'," \
	"'value':null,'unit':'s','warn':null,'crit':null,'min':0,'max':null," \
	"'state':null},{'label':'auth','value':null,'unit':'s','warn':null," \
	"'crit':null,'min':0,'max':null,'state':null},{'label':'cert_days'," \
	"'value':null,'unit':'','warn':'21:','crit':'7:','min':null,'max':null," \
	"'state':null},{'label':'load','value':null,'unit':'%','warn':null," \
	"'crit':null,'min':null,'max':null,'state':null},{'label':'queue'," \
	"'value':null,'unit':'B','warn':null,'crit':null,'min':0,'max':null," \
	"'state':null},{'label':'growth','value':null,'unit':'','warn':null," \
	"'crit':null,'min':null,'max':null,'state':null}]"
#define HEAD \
	"{'plugin':'check_test','version':'" VERSION "','target':"
#define WEAK_REMEDY \
	"'remedy':'make a longer one','object':"
#define REJECTED_REMEDY \
	"'remedy':'check user name and password: is the name an address there, and " \
	"was the password changed','object':"
#define REFUSED_REMEDY \
	"'remedy':'start the server. If it runs, look at the firewall','object':"
#define RANGE_REMEDY \
	"'remedy':'look at the value and at the stage it belongs to; if it is " \
	"normal here, widen the range','object':null}"

static const char *const wanted[LEN(runs)] = {
	/* fine */
	HEAD
	"'mx.example.org:587','state':'OK','exit_code':0,'summary':'alice logged "
	"in to mx.example.org:587','findings':[]," FINE_METRICS ",'facts':{}}\n",
	/* facts */
	HEAD
	"'mx.example.org:587','state':'OK','exit_code':0,'summary':'alice logged "
	"in to mx.example.org:587','findings':[]," FINE_METRICS
	",'facts':{'tls_version':'TLSv1.3','cipher':'none'}}\n",
	/* rejection */
	HEAD "'mx.example.org:587','state':'CRITICAL','exit_code':2,"
	"'summary':'mx.example.org:587 refused the login of alice: 535 5.7.8 no "
	"such luck','findings':[{'cause':'auth-rejected','class':'auth',"
	"'stage':'auth','state':'CRITICAL','text':'mx.example.org:587 refused the "
	"login of alice: 535 5.7.8 no such luck','proof':'5.7.8 no such luck',"
	REJECTED_REMEDY
	"null}],'metrics':[{'label':'time','value':1.250,'unit':'s','warn':null,"
	"'crit':null,'min':0,'max':null,'state':'OK'},{'label':'connect',"
	"'value':0.002,'unit':'s','warn':null,'crit':null,'min':0,'max':null,"
	"'state':'OK'},{'label':'auth','value':null,'unit':'s','warn':null,"
	"'crit':null,'min':0,'max':null,'state':null},{'label':'cert_days',"
	"'value':null,'unit':'','warn':'21:','crit':'7:','min':null,'max':null,"
	"'state':null},{'label':'load','value':null,'unit':'%','warn':null,"
	"'crit':null,'min':null,'max':null,'state':null},{'label':'queue',"
	"'value':null,'unit':'B','warn':null,'crit':null,'min':0,'max':null,"
	"'state':null},{'label':'growth','value':null,'unit':'','warn':null,"
	"'crit':null,'min':null,'max':null,'state':null}],'facts':{}}\n",
	/* proof */
	HEAD "null,'state':'CRITICAL','exit_code':2,'summary':'the server takes no "
	"mail','findings':[{'cause':'refused','class':'network','stage':'greeting',"
	"'state':'CRITICAL','text':'the server takes no mail','proof':'5.7.1 go "
	"away'," REFUSED_REMEDY
	"null},{'cause':'weak','class':'tls','stage':null,'state':'WARNING',"
	"'text':'the key has 1024 bits','proof':null," WEAK_REMEDY "null}],"
	NO_METRICS ",'facts':{}}\n",
	/* late */
	HEAD "'mx.example.org:587','state':'CRITICAL','exit_code':2,"
	"'summary':'mx.example.org:587: load is 12.3%, inside the critical range "
	"@10:20','findings':[{'cause':'threshold','class':'local','stage':null,"
	"'state':'CRITICAL','text':'mx.example.org:587: load is 12.3%, inside the "
	"critical range @10:20','proof':null," RANGE_REMEDY
	",{'cause':'threshold','class':'local','stage':null,'state':'WARNING',"
	"'text':'mx.example.org:587: time is 1.500s, outside the warning range 1',"
	"'proof':null," RANGE_REMEDY
	",{'cause':'threshold','class':'local','stage':null,'state':'WARNING',"
	"'text':'mx.example.org:587: cert_days is 20.0, outside the warning range "
	"21:','proof':null," RANGE_REMEDY
	"],'metrics':[{'label':'time','value':1.500,'unit':'s','warn':'1',"
	"'crit':null,'min':0,'max':null,'state':'WARNING'},{'label':'connect',"
	"'value':0.002,'unit':'s','warn':null,'crit':null,'min':0,'max':null,"
	"'state':'OK'},{'label':'auth','value':0.050,'unit':'s','warn':null,"
	"'crit':null,'min':0,'max':null,'state':'OK'},{'label':'cert_days',"
	"'value':20.0,'unit':'','warn':'21:','crit':'7:','min':null,'max':null,"
	"'state':'WARNING'},{'label':'load','value':12.3,'unit':'%','warn':null,"
	"'crit':'@10:20','min':null,'max':null,'state':'CRITICAL'},"
	"{'label':'queue','value':4096,'unit':'B','warn':null,'crit':null,'min':0,"
	"'max':null,'state':'OK'},{'label':'growth','value':-3,'unit':'',"
	"'warn':null,'crit':null,'min':null,'max':null,'state':'OK'}],'facts':{}}\n",
	/* objects */
	HEAD "'mx.example.org:587','state':'CRITICAL','exit_code':2,"
	"'summary':'192.0.2.2: the connection was refused',"
	"'findings':[{'cause':'refused','class':'network','stage':'connect',"
	"'state':'CRITICAL','text':'the connection was refused','proof':null,"
	REFUSED_REMEDY
	"'192.0.2.2'},{'cause':'weak','class':'tls','stage':null,'state':'WARNING',"
	"'text':'the key has 1024 bits','proof':null," WEAK_REMEDY
	"'192.0.2.1'},{'cause':'weak','class':'tls','stage':null,'state':'WARNING',"
	"'text':'192.0.2.2:587 has a key of 512 bits','proof':null," WEAK_REMEDY
	"'192.0.2.2'}],'metrics':[{'label':'time','value':null,'unit':'s',"
	"'warn':null,'crit':null,'min':0,'max':null,'state':null},"
	"{'label':'connect','value':0.250,'unit':'s','warn':null,'crit':null,"
	"'min':0,'max':null,'state':'OK'},{'label':'auth','value':null,'unit':'s',"
	"'warn':null,'crit':null,'min':0,'max':null,'state':null},"
	"{'label':'cert_days','value':30.0,'unit':'','warn':'21:','crit':'7:',"
	"'min':null,'max':null,'state':'OK'},{'label':'load','value':null,"
	"'unit':'%','warn':null,'crit':null,'min':null,'max':null,'state':null},"
	"{'label':'queue','value':null,'unit':'B','warn':null,'crit':null,'min':0,"
	"'max':null,'state':null},{'label':'growth','value':null,'unit':'',"
	"'warn':null,'crit':null,'min':null,'max':null,'state':null}],"
	"'facts':{'addresses':'2','objects':{'192.0.2.1':{'tls_version':'TLSv1.3'},"
	"'192.0.2.2':{'tls_version':'none'}}}}\n",
	/* nothing */
	HEAD
	"null,'state':'UNKNOWN','exit_code':3,'summary':'cert_days has a threshold "
	"and was not measured in this run','findings':[{'cause':'not-measured',"
	"'class':'local','stage':null,'state':'UNKNOWN','text':'cert_days has a "
	"threshold and was not measured in this run','proof':null,'remedy':'drop "
	"the threshold, or use the options that make the check measure the value',"
	"'object':null}]," NO_METRICS ",'facts':{}}\n",
	/* broken */
	HEAD
	"'mx.example.org:587','state':'UNKNOWN','exit_code':3,'summary':'memory is "
	"short, findings may be missing: alice logged in to mx.example.org:587',"
	"'findings':[]," FINE_METRICS ",'facts':{}}\n",
	/* forgiven */
	HEAD
	"'mx.example.org:587','state':'OK','exit_code':0,'summary':'alice logged "
	"in to mx.example.org:587','findings':[{'cause':'weak','class':'tls',"
	"'stage':null,'state':'OK','text':'the key has 1024 bits','proof':null,"
	WEAK_REMEDY "null}]," FINE_METRICS ",'facts':{}}\n",
	/* hostile */
	HEAD "'a \\'quote\\' \\\\ back\\\\n??HOME?  b?[2J ?\303\251??%s end',"
	"'state':'CRITICAL','exit_code':2,'summary':'a \\'quote\\' \\\\ "
	"back\\\\n??HOME?  b?[2J ?\303\251??%s end',"
	"'findings':[{'cause':'auth-rejected','class':'auth','stage':'auth',"
	"'state':'CRITICAL','text':'a \\'quote\\' \\\\ back\\\\n??HOME?  b?[2J "
	"?\303\251??%s end','proof':'a \\'quote\\' \\\\ back\\\\n??HOME?  b?[2J "
	"?\303\251??%s end?'," REJECTED_REMEDY
	"'a \\'quote\\' \\\\ back\\\\n??HOME?  b?[2J ?\303\251??%s end'},"
	"{'cause':'weak','class':'tls','stage':null,'state':'WARNING',"
	"'text':'short','proof':null," WEAK_REMEDY
	"'a \\'quote\\' \\\\ back\\\\n??HOME?  b?[2J ?\303\251??%s end'}],"
	NO_METRICS ",'facts':{'name':'a \\'quote\\' \\\\ back\\\\n??HOME?  b?[2J "
	"?\303\251??%s end','objects':{'a \\'quote\\' \\\\ back\\\\n??HOME?  b?[2J "
	"?\303\251??%s end':{'name':'a \\'quote\\' \\\\ back\\\\n??HOME?  b?[2J "
	"?\303\251??%s end'}}}}\n",
};

START_TEST(whole)
{
	struct verdict v = recorded(_i);
	struct buf out = { 0 };
	char *text = strdup(wanted[_i]);

	render_json(&v, "check_test", &out);
	ck_assert(!out.failed);
	dump(_i, "json", &out);
	ck_assert_ptr_nonnull(text);
	for (char *p = text; (p = strchr(p, '\'')) != NULL; p++)
		*p = '"';
	ck_assert_str_eq(buf_str(&out), text);
	free(text);
	buf_free(&out);
	verdict_free(&v);
}
END_TEST

/* Half of an object is known for it. */
START_TEST(any_ceiling)
{
	struct verdict v = recorded(_i);
	struct buf all = { 0 };

	render_json(&v, "check_test", &all);
	for (size_t max = 1; max <= all.len; max++) {
		struct buf out = { .max = max };

		render_json(&v, "check_test", &out);
		ck_assert_int_eq(out.failed, max < all.len);
		buf_free(&out);
	}
	buf_free(&all);
	verdict_free(&v);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, whole, 0, LEN(runs));
	tcase_add_loop_test(t, any_ceiling, 0, LEN(runs));
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/table.h"
#include "unit/unit.h"

#define WIDE "a cell that is so wide that no column follows it"

static const struct {
	size_t		 columns;
	const char	*cells[9];
	const char	*lines[4];
} tables[] = {
	{ 3, { "A", "BB", "C", "1", "2", "3", "long", "", "x" },
	    { "A     BB  C", "1     2   3", "long      x" } },
	{ 2, { "A", "B", "1", "", "", "2" }, { "A  B", "1", "   2" } },
	{ 2, { "A", "B", WIDE, "1", "bb", "2" }, { "A   B", WIDE "  1", "bb  2" } },
	{ 2, { "\xc3\xa9t\xc3\xa9", "B", "a", "2" }, { "\xc3\xa9t\xc3\xa9  B", "a    2" }
	    },
	{ 1, { "A", "B" }, { "A", "B" } },
	{ 2, { "A", "B", "half" }, { "A     B" } },
	{ 2, { "", "" }, { "" } },
	{ 2, { NULL }, { NULL } },
};

START_TEST(aligns)
{
	struct table t = { .columns = tables[_i].columns };
	size_t rows = 0;

	for (size_t i = 0; i < 9 && tables[_i].cells[i] != NULL; i++)
		table_add(&t, tables[_i].cells[i]);
	while (rows < 4 && tables[_i].lines[rows] != NULL)
		rows++;
	ck_assert_uint_eq(table_rows(&t), rows);
	ck_assert(!t.failed);
	for (size_t i = 0; i < rows; i++) {
		struct buf line = { 0 };

		table_line(&t, i, &line);
		ck_assert_str_eq(buf_str(&line), tables[_i].lines[i]);
		buf_free(&line);
	}
	table_free(&t);
	ck_assert_uint_eq(table_rows(&t), 0);
}
END_TEST

START_TEST(sorts)
{
	static const char *const words[] = { "b", "B", "", "a", "aa", "\xc3\xa9" };
	static const char *const sorted[] = { "", "B", "a", "aa", "b", "\xc3\xa9" };
	struct list list = { 0 };

	list_sort(&list);
	for (size_t i = 0; i < LEN(words); i++)
		ck_assert_int_eq(list_add(&list, words[i]), 0);
	list_sort(&list);
	for (size_t i = 0; i < LEN(sorted); i++)
		ck_assert_str_eq(list.v[i], sorted[i]);
	list_free(&list);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_test(t, sorts);
	tcase_add_loop_test(t, aligns, 0, LEN(tables));
}

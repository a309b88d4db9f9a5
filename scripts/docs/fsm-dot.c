// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Draws the backend's state machine from the tables that the driver uses:
 *
 *	cc -Wall -Itests-fuzz/shim -Iinclude -o fsm-dot scripts/docs/fsm-dot.c \
 *		drivers/xen/xen-pciback/backend/fsm.c
 *	./fsm-dot | dot -Tsvg >fsm.svg		the drawing, by Graphviz
 *	./fsm-dot --tables >fsm.rst		rules and actions in words, for Sphinx
 *
 * A node is a state of the backend: who sets it, which rules that are for any
 * state lead to it, and which rules leave it as it is. An edge is an action with
 * the rules that lead to it. Numbers are those of the rules in the table.
 */
#include <linux/kernel.h>
#include <pciback/fsm.h>
#include <stdio.h>
#include <string.h>

#define NR_STATES	(XenbusStateReconfigured + 1)
/* A set of more states than this is a node of its own. */
#define MAX_SEPARATE	2
/* A condition that would end behind this column begins a line. */
#define LINE_LEN	30
/* Begins a label of several lines. */
#define LABEL	"label=<<table border=\"0\" cellborder=\"0\" cellspacing=\"0\" cellpadding=\"2\">"

static const struct {
	const char *name;
	const char *set_by;
} states[NR_STATES] = {
	[XenbusStateUnknown] = { "Unknown", "toolstack (deletes the directory)" },
	[XenbusStateInitialising] = { "Initialising", "toolstack" },
	[XenbusStateInitWait] = { "InitWait", "backend" },
	[XenbusStateInitialised] = { "Initialised", "backend" },
	[XenbusStateConnected] = { "Connected", "backend" },
	[XenbusStateClosing] = { "Closing", "backend, toolstack (end)" },
	[XenbusStateClosed] = { "Closed", "backend" },
	[XenbusStateReconfiguring] = { "Reconfiguring", "toolstack, backend" },
	[XenbusStateReconfigured] = { "Reconfigured", "backend" },
};

static const struct {
	unsigned int bit;
	const char *name;
} flags[] = {
	{ FSM_CONNECTED, "connected" },
	{ FSM_ONLINE, "online" },
	{ FSM_FE_LEFT, "fe_left" },
	{ FSM_FE_GONE, "fe_gone" },
	{ FSM_FE_WAS_CLOSING, "fe_was_closing" },
	{ FSM_REOPENED, "reopened" },
	{ FSM_RESCAN_SIGNALLED, "rescan_signalled" },
	{ FSM_DETACH_WANTED, "detach_wanted" },
	{ FSM_ATTACH_WANTED, "attach_wanted" },
	{ FSM_DETACH_PENDING, "detach_pending" },
	{ FSM_TIMED_OUT, "timed_out" },
};

/* Changes of state that are not the rules' doing. */
static const struct {
	enum xenbus_state from;
	enum xenbus_state to;
	const char *label;
} others[] = {
	{ XenbusStateInitialising, XenbusStateInitWait, "label=\"xenbus finds\\nthe directory\"" },
	{ XenbusStateConnected, XenbusStateReconfiguring, "label=\"toolstack:\\nattach, detach\"" },
};

static const struct pciback_fsm_rule *const rules = pciback_fsm_rules;

static const char *colour(const struct pciback_fsm_rule *rule)
{
	if (rule->set & FSM_CONNECTED)
		return "blue3";
	return rule->clear & FSM_CONNECTED ? "orangered3" : "black";
}

static void print_states(unsigned int mask, const char *separator)
{
	const char *front = "";
	unsigned int i;

	for (i = 0; i < NR_STATES; i++)
		if (mask & BIT(i)) {
			printf("%s%s", front, states[i].name);
			front = separator;
		}
}

/* Flags that a rule asks for, without those that are @shown otherwise; after @column. */
static void print_flags(const struct pciback_fsm_rule *rule, unsigned int shown, bool first,
			unsigned int column, const char *newline)
{
	char text[40];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		if (!((rule->set | rule->clear) & ~shown & flags[i].bit))
			continue;
		snprintf(text, sizeof(text), "%s%s", rule->clear & flags[i].bit ? "not " : "",
			 flags[i].name);
		column += strlen(text) + 2;
		if (!first)
			printf(",%s", column > LINE_LEN ? newline : " ");
		if (column > LINE_LEN)
			column = strlen(text);
		printf("%s", text);
		first = false;
	}
}

/* A rule as a row of a label: its action unless it is said before, number, conditions. */
static void print_rule(unsigned int nr, const char *action)
{
	const struct pciback_fsm_rule *rule = &rules[nr];
	unsigned int column = action ? strlen(action) + 1 : 0;

	printf("<tr><td align=\"left\"><font color=\"%s\">", colour(rule));
	if (action)
		/* SVG drops a plain blank where the type changes. */
		printf("<b>%s</b>&nbsp;", action);
	printf("%u", nr + 1);
	if (rule->fe || (rule->set | rule->clear) & ~FSM_CONNECTED)
		printf(": ");
	if (rule->fe) {
		printf("fe ");
		print_states(rule->fe, " or ");
		column += 14 * __builtin_popcount(rule->fe);
	}
	print_flags(rule, FSM_CONNECTED, !rule->fe, column, "<br align=\"left\"/>&nbsp;&nbsp;");
	printf("<br align=\"left\"/></font></td></tr>");
}

/* The set of states that is node @nr of @mask; false: there are no more. */
static bool nth_node(unsigned int mask, unsigned int nr, unsigned int *node)
{
	unsigned int i;

	*node = mask;
	if (__builtin_popcount(mask) > MAX_SEPARATE)
		return !nr;
	for (i = 0; i < NR_STATES; i++)
		if (mask & BIT(i) && !nr--) {
			*node = BIT(i);
			return true;
		}
	return false;
}

/* Does a rule for certain states lead from @from by @action? */
static bool on_edge(unsigned int nr, unsigned int from, enum backend_action action)
{
	unsigned int i, node;

	for (i = 0; rules[nr].action == action && nth_node(rules[nr].be, i, &node); i++)
		if (node == from)
			return true;
	return false;
}

/* An edge for rule @first and all that share it, unless an earlier rule had it. */
static void draw_edge(unsigned int first, unsigned int from, unsigned int to, bool failed)
{
	enum backend_action action = rules[first].action;
	const char *edge_colour = colour(&rules[first]);
	unsigned int nr;

	for (nr = 0; nr < first; nr++)
		if (on_edge(nr, from, action))
			return;
	for (nr = first; nr < pciback_fsm_nr_rules; nr++)
		if (on_edge(nr, from, action) && strcmp(colour(&rules[nr]), edge_colour))
			edge_colour = "black";
	printf("\ts%x -> s%x [color=%s, fontcolor=%s%s, " LABEL, from, to, edge_colour, edge_colour,
	       failed ? ", style=dashed, weight=0" : ", weight=4");
	printf("<tr><td align=\"left\"><b>%s</b>%s</td></tr>", pciback_fsm_actions[action].name,
	       failed ? "&nbsp;fails" : "");
	for (nr = first; !failed && nr < pciback_fsm_nr_rules; nr++)
		if (on_edge(nr, from, action))
			print_rule(nr, NULL);
	printf("</table>>];\n");
}

static void draw_set(unsigned int set)
{
	printf("\ts%x [style=\"rounded,dashed\", label=\"", set);
	print_states(set, ",\\n");
	printf("\"];\n");
}

static void draw_edges(unsigned int nr)
{
	const struct pciback_fsm_action *action = &pciback_fsm_actions[rules[nr].action];
	unsigned int i, j, from, to;

	for (i = 0; action->next && nth_node(rules[nr].be, i, &from); i++) {
		if (__builtin_popcount(from) > 1)
			draw_set(from);
		for (j = 0; nth_node(action->next, j, &to); j++)
			draw_edge(nr, from, to, false);
		for (j = 0; nth_node(action->on_error, j, &to); j++)
			draw_edge(nr, from, to, true);
	}
}

/* A state, the rules for any state that lead here, and those that change nothing. */
static void draw_state(unsigned int state)
{
	const char *head = "<tr><td align=\"left\">from any state:</td></tr>";
	unsigned int nr;

	printf("\ts%x [" LABEL, (unsigned int)BIT(state));
	printf("<tr><td><font point-size=\"14\"><b>%s</b></font></td></tr>", states[state].name);
	printf("<tr><td>set by %s</td></tr>", states[state].set_by);
	for (nr = 0; nr < pciback_fsm_nr_rules; nr++) {
		const struct pciback_fsm_action *action = &pciback_fsm_actions[rules[nr].action];

		if (!rules[nr].be && action->next & BIT(state)) {
			printf("%s", head);
			head = "";
			print_rule(nr, action->name);
		}
	}
	printf("<tr><td align=\"left\">no change:</td></tr>");
	for (nr = 0; nr < pciback_fsm_nr_rules; nr++)
		if (rules[nr].be & BIT(state) && !pciback_fsm_actions[rules[nr].action].next)
			print_rule(nr, pciback_fsm_actions[rules[nr].action].name);
	printf("</table>>];\n");
}

static void draw_legend(void)
{
	static const char * const line[] = {
		"<font color=\"blue3\">a frontend is connected</font>",
		"<font color=\"orangered3\">no frontend is connected</font>",
		"either, or both on one edge",
		"dashed: the action fails",
		"dotted: done by toolstack or xenbus",
		"fe: the frontend's state",
		"numbers: rules, the first that holds applies",
	};
	unsigned int i;

	printf("\tlegend [shape=plaintext, " LABEL);
	for (i = 0; i < ARRAY_SIZE(line); i++)
		printf("<tr><td align=\"left\">%s</td></tr>", line[i]);
	printf("</table>>];\n");
}

static void draw(void)
{
	unsigned int i;

	printf("digraph fsm {\n"
	       "\tgraph [fontname=\"sans-serif\", fontsize=11, ranksep=0.4, nodesep=0.15];\n"
	       "\tnode [fontname=\"sans-serif\", fontsize=10, shape=box, style=rounded];\n"
	       "\tedge [fontname=\"sans-serif\", fontsize=10];\n");
	draw_legend();
	for (i = 0; i < NR_STATES; i++)
		draw_state(i);
	for (i = 0; i < pciback_fsm_nr_rules; i++)
		draw_edges(i);
	for (i = 0; i < ARRAY_SIZE(others); i++)
		printf("\ts%x -> s%x [style=dotted, color=gray40, fontcolor=gray40, %s]\n",
		       (unsigned int)BIT(others[i].from), (unsigned int)BIT(others[i].to),
		       others[i].label);
	printf("}\n");
}

/* One cell of a list-table. */
static void print_cell(const char *front, const char *text)
{
	printf("%s%s%s\n", front, *text ? " " : "", text);
}

static void print_states_cell(unsigned int mask)
{
	printf("     -%s", mask ? " " : "");
	print_states(mask, ", ");
	printf("\n");
}

static void print_tables(void)
{
	unsigned int i;

	printf(".. Written by fsm-dot.c from the tables in backend/fsm.c.\n\n"
	       ".. list-table:: Rules: the first whose conditions hold applies\n"
	       "   :header-rows: 1\n"
	       "   :widths: 5 14 14 20 17 30\n\n"
	       "   * - Rule\n     - Backend\n     - Frontend\n     - Flags\n     - Action\n"
	       "     - Why\n");
	for (i = 0; i < pciback_fsm_nr_rules; i++) {
		printf("   * - %u\n", i + 1);
		print_states_cell(rules[i].be);
		print_states_cell(rules[i].fe);
		printf("     -%s", rules[i].set | rules[i].clear ? " " : "");
		print_flags(&rules[i], 0, true, 0, " ");
		printf("\n");
		print_cell("     -", pciback_fsm_actions[rules[i].action].name);
		print_cell("     -", rules[i].why);
	}
	printf("\n.. list-table:: Actions\n"
	       "   :header-rows: 1\n"
	       "   :widths: 18 46 24 12\n\n"
	       "   * - Action\n     - What it does\n     - Leads to\n     - If it fails\n");
	for (i = 0; i < NR_ACTIONS; i++) {
		print_cell("   * -", pciback_fsm_actions[i].name);
		print_cell("     -", pciback_fsm_actions[i].does);
		print_states_cell(pciback_fsm_actions[i].next);
		print_states_cell(pciback_fsm_actions[i].on_error);
	}
}

int main(int argc, char **argv)
{
	if (argc == 1) {
		draw();
	} else if (argc == 2 && !strcmp(argv[1], "--tables")) {
		print_tables();
	} else {
		fprintf(stderr, "usage: fsm-dot [--tables]\n");
		return 1;
	}
	return fflush(stdout) || ferror(stdout);
}

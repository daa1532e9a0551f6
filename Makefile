# postmaster-plugins. GNU make; "make help" lists what there is.
# Knobs: CC CFLAGS CPPFLAGS LDFLAGS PREFIX DESTDIR WERROR=1 SANITIZE=address,undefined STATIC=1 HARDEN=1 V=1

CC        = cc
CFLAGS    = -O2 -g
PREFIX    = /usr/local
PLUGINDIR = $(PREFIX)/lib/nagios/plugins
MANDIR    = $(PREFIX)/share/man
COMPDIR   = $(PREFIX)/share/bash-completion/completions
VERSION   = 0.1

comma  = ,
# Every way of building has a directory of its own, so that nothing is mixed.
B      = build$(if $(filter-out cc gcc,$(CC)),-$(notdir $(CC)))$(if $(SANITIZE),-$(subst $(comma),-,$(SANITIZE)))$(if $(STATIC),-static)$(if $(HARDEN),-hardened)$(if $(COVERAGE),-coverage)
WARN   = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wconversion $(if $(WERROR),-Werror)
HARD   = $(if $(HARDEN),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE)
INSTR  = $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer) $(if $(COVERAGE),--coverage)
ALL    = -std=c11 $(WARN) $(HARD) $(INSTR) -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 -DVERSION='"$(VERSION)"' -iquote common -iquote tests -MMD -MP
LINK   = $(INSTR) $(if $(STATIC),-static) $(if $(HARDEN),-pie -Wl$(comma)-z$(comma)relro$(comma)-z$(comma)now) -Wl,--as-needed
# libcrypto comes first: to find its own many symbols is the most of what a short run costs.
LIBS   = $(if $(STATIC),-lldns -lssl -lcrypto -ldl,$(first) -lssl -lldns) -lpthread
first  = -lcrypto
Q      = $(if $(V),,@)

lib       = $B/libpostmaster.a
objects   = $(patsubst %.c,$B/%.o,$(wildcard common/*/*.c))
plugins   = $(patsubst %.c,$B/%,$(wildcard plugins/*.c))
manpages  = $(wildcard plugins/*.8)
units     = $(patsubst %.c,$B/%,$(wildcard tests/unit/test_*.c))
replays   = $(patsubst %.c,$B/%,$(wildcard tests/fuzz/fuzz_*.c))
peer      = $B/tests/peer/peer

.PHONY: FORCE all help check test lab demo deps lint fuzz bench coverage manual install uninstall clean
.SECONDARY:

all: $(plugins)

help:
	@echo 'make demo      install what is needed, build, and show every plugin against a small mail server'
	@echo 'make test      install what the tests need and run them all, real mail servers included (root)'
	@echo 'make check     the tests that need no root, no network and no installing'
	@echo 'make all, install, uninstall, clean, deps, lint, fuzz, bench, coverage, manual'
	@echo 'with   PREFIX= DESTDIR= CC= CFLAGS= WERROR=1 SANITIZE=address,undefined HARDEN=1 V=1'
	@echo '       STATIC=1 (faster; the linker warns of libc functions that are not called)'

# What was built with other flags, or from sources that are gone, is built anew.
flags = $(subst ',,$(CC) $(CPPFLAGS) $(CFLAGS) $(ALL) $(LINK) $(LDFLAGS) $(objects))
$B/flags: FORCE
	@mkdir -p $B
	@echo '$(flags)' | cmp -s - $@ || echo '$(flags)' >$@
FORCE:

$B/%.o: %.c $B/flags
	@mkdir -p $(@D)
	$(if $(V),,@echo "  CC $<")
	$Q$(CC) $(CPPFLAGS) $(CFLAGS) $(ALL) -c -o $@ $<

$(lib): $(objects) $B/flags
	$Qrm -f $@ && $(AR) rcs $@ $(objects)

# Who needs libldns loads libcrypto with it, needed or not.
$B/plugins/check_mx_cname: first = -Wl,--push-state,--no-as-needed -lcrypto -Wl,--pop-state

$(plugins): %: %.o $(lib)
	$(if $(V),,@echo "  LD $@")
	$Q$(CC) $(CFLAGS) -o $@ $^ $(LINK) $(LDFLAGS) $(LIBS)

$(units): $B/tests/unit/%: $B/tests/unit/%.o $B/tests/unit/unit.o $(lib)
	$Q$(CC) $(CFLAGS) -o $@ $^ $(LINK) $(LDFLAGS) $(LIBS) $$(pkg-config --libs check)

$(replays): $B/tests/fuzz/%: $B/tests/fuzz/%.o $B/tests/fuzz/replay.o $(lib)
	$Q$(CC) $(CFLAGS) -o $@ $^ $(LINK) $(LDFLAGS) $(LIBS)

$(peer): $(patsubst %.c,$B/%.o,$(wildcard tests/peer/*.c)) $(lib)
	$Q$(CC) $(CFLAGS) -o $@ $^ $(LINK) $(LDFLAGS) $(LIBS)

ifneq ($(filter clean,$(MAKECMDGOALS)),)
.NOTPARALLEL:
endif

.PHONY: can-build can-test
can-build:
	@printf '#include <ldns/ldns.h>\n#include <openssl/ssl.h>\n' | \
	    $(CC) $(CPPFLAGS) -E - >/dev/null 2>&1 || { \
	    echo 'A C compiler or the headers of OpenSSL 3 or libldns are missing: tests/deps.sh build' \
	    'installs them (as root), or says what to install.' >&2; exit 1; }
can-test: can-build
	@pkg-config --exists check || { \
	    echo 'libcheck is missing: tests/deps.sh test installs what the tests need (as root), or' \
	    'says what to install.' >&2; exit 1; }
$(objects) $(plugins:=.o): | can-build
$(units:=.o): | can-test

check: all $(units) $(replays) $(peer)
	$Qtests/check.sh $B

deps:
	$Qtests/deps.sh all

test: deps
	$Q$(MAKE) --no-print-directory check; check=$$?; \
	    $(MAKE) --no-print-directory lab && exit $$check

lab: all
	$Qtests/lab/run.sh $B

demo:
	$Qtests/deps.sh build
	$Q$(MAKE) --no-print-directory all $(peer)
	$Qtests/demo/demo.sh $B

lint:
	$Qtests/lint.sh

fuzz:
	$Qtests/fuzz/fuzz.sh

bench: all $(peer)
	$Qtests/bench/bench.sh $B

coverage:
	$Q$(MAKE) --no-print-directory COVERAGE=1 CFLAGS='-O0 -g' check
	$Qgcovr --root . --filter 'common/' --filter 'plugins/' --print-summary build-coverage

manual: all
	$Qtests/golden/manual.sh $B --write

install: all
	install -d "$(DESTDIR)$(PLUGINDIR)" "$(DESTDIR)$(MANDIR)/man8" "$(DESTDIR)$(COMPDIR)"
	install -m 755 $(plugins) "$(DESTDIR)$(PLUGINDIR)"
	install -m 644 $(manpages) "$(DESTDIR)$(MANDIR)/man8"
	install -m 644 contrib/completion/postmaster-plugins.bash "$(DESTDIR)$(COMPDIR)/postmaster-plugins"
	for p in $(notdir $(plugins)); do ln -sf postmaster-plugins "$(DESTDIR)$(COMPDIR)/$$p"; done

uninstall:
	for p in $(notdir $(plugins)); do \
	    rm -f "$(DESTDIR)$(PLUGINDIR)/$$p" "$(DESTDIR)$(MANDIR)/man8/$$p.8" \
	    "$(DESTDIR)$(COMPDIR)/$$p"; done
	rm -f "$(DESTDIR)$(COMPDIR)/postmaster-plugins"

clean:
	rm -rf build build-*

-include $(shell [ -d $B ] && find $B -name '*.d')

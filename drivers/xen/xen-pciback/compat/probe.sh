#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# Asks the compiler which interfaces the target kernel has: every file of
# probes/ that compiles becomes a HAVE_... in the header printed here.
#
#   probe.sh DIR COMPILER ARGS... > generated.h
#
# What must compile for the answer to be "yes" stands in the probe itself,
# with the reason; no version numbers anywhere.
set -u
dir=$1
shift

echo "/* Made by probe.sh from probes/ */"
for probe in "$dir"/probes/*.c; do
	name=$(basename "$probe" .c | tr 'a-z-' 'A-Z_')
	if "$@" -Werror -fsyntax-only -x c "$probe" >/dev/null 2>&1; then
		echo "#define HAVE_$name 1"
	else
		echo "/* HAVE_$name: no */"
	fi
done

# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
#
# Which folder of the cache answers for a name: one that was made by today's recipe, and is
# not older than apt's lists are trusted. Needs cache.sh and a function say.

# Folders that no set of recipes has named for so many days are removed.
XPB_KEEP_DAYS=${XPB_KEEP_DAYS:-14}

new_tmp() {
	mktemp -d "$XPB_CACHE/.tmp.XXXXXX"
}

# point NAME FINAL: let current/NAME mean FINAL, in one step.
point() {
	mkdir -p "$XPB_CURRENT"
	ln -sfn "../$(basename "$2")" "$XPB_CURRENT/.$1.new"
	mv -Tf "$XPB_CURRENT/.$1.new" "$XPB_CURRENT/$1"
}

# of_recipe NAME: the folder of that name that today's recipe made, the newest; fails without.
of_recipe() {
	local recipe folder newest=
	recipe=$(artefact_recipe "$1")
	for folder in "$XPB_CACHE/$1"-*; do
		if [ -e "$folder/recipe" ] && [ "$(<"$folder/recipe")" = "$recipe" ] &&
			! [ "$newest/pkgversion" -nt "$folder/pkgversion" ]; then
			newest=$folder
		fi
	done
	[ -n "$newest" ] && printf '%s\n' "$newest"
}

# fresh FOLDER: was it compared with apt's lists within XPB_MAX_AGE days?
fresh() {
	local checked
	checked=$(stat -c %Y "$1/checked" 2>/dev/null) &&
		[ $((EPOCHSECONDS - checked)) -lt $((86400 * ${XPB_MAX_AGE:-7})) ]
}

# keep_artefact NAME COMMAND...: have current/NAME mean what today's recipe makes. COMMAND makes
# it and points to it, if the newest packages make another folder than is there. What was
# compared with apt's lists lately is taken as it is, and so is an older one if the newest
# packages cannot be had; never what another recipe has made. Returns 1 if there is nothing.
keep_artefact() {
	local name=$1 folder
	shift
	if folder=$(of_recipe "$name") && fresh "$folder"; then
		point "$name" "$folder"
	elif "$@" || { [ -z "${XPB_APT[*]}" ] && apt_refresh && "$@"; }; then
		folder=$(readlink -f "$XPB_CURRENT/$name")
		touch "$folder/checked"
	elif folder=$(of_recipe "$name"); then
		say "$name: ${why_not:-newest packages not to be had}, keeping $(cat "$folder/pkgversion")"
		point "$name" "$folder"
	else
		rm -f "$XPB_CURRENT/$name"
		return 1
	fi
	# The folder's own time is that of its last use, for remove_unused.
	touch -c "$folder" "$XPB_CURRENT"
}

# remove_unused: folders of older recipes and versions, also those of the time before keys.
remove_unused() {
	local folder
	find "$XPB_CACHE" -mindepth 1 -maxdepth 1 -type d -mtime "+$XPB_KEEP_DAYS" \
		-regextype posix-extended \
		-regex '.*/(current|k[0-9]|kdebug-|xen-|kernel-src-|kunit-src-|checkpatch-|suite-|arm64-)[^/]*' |
		while read -r folder; do
			say "removing $(basename "$folder"): not used for $XPB_KEEP_DAYS days"
			rm -rf "$folder"
		done
}

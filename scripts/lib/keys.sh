# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
#
# Keys of what the cache holds. A key is part of a folder's name and covers the contents of
# the scripts that make the folder and everything they are given: change one of them and the
# folder has another name, so nothing is ever answered from the work of an older recipe.
# scripts/selftest/test_keys.py tests this file. cache.sh sources it.

# recipe_text FILE...: the lines that matter, and where files begin. Comments and blank lines
# do not make another kernel; "# CONFIG_..." and "#!..." are not comments.
recipe_text() {
	[ $# -eq 0 ] || awk '
		FNR == 1 { print "\001" }
		/^[ \t]*# CONFIG_/ { print; next }
		/^[ \t]*(#[ \t].*|#)?$/ { next }
		{ print }' "$@"
}

# recipe_key FILE... [-- TEXT...]: the key of these recipes and inputs. Names of files are
# not part of it: another checkout of the same sources has the same keys.
recipe_key() {
	local file key
	local -a files=()
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		files+=("$1")
		shift
	done
	[ $# -eq 0 ] || shift
	for file in "${files[@]}"; do
		[ -r "$file" ] || { echo "recipe_key: cannot read $file" >&2; return 1; }
	done
	key=$({ printf '%s\0' "${#files[@]}" "$@"; recipe_text "${files[@]}"; } | sha256sum)
	echo "${key:0:12}"
}

# artefact_files NAME: the scripts that make it, one a line.
artefact_files() {
	case "$1" in
	xen | xen-*) printf '%s\n' "$XPB_LIB"/{recipe-xen,recipe-suite,debs}.sh ;;
	qemu-*) printf '%s\n' "$XPB_LIB"/{recipe-qemu,recipe-suite,debs}.sh ;;
	kernel-src) printf '%s\n' "$XPB_LIB"/{recipe-source,debs}.sh ;;
	suite-*) printf '%s\n' "$XPB_LIB"/{recipe-suite,debs}.sh ;;
	arm64) printf '%s\n' "$XPB_LIB"/{recipe-foreign,debs}.sh ;;
	*) if xpb_newer_names | grep -qxF "$1"; then
		printf '%s\n' "$XPB_LIB"/{recipe-newer,recipe-suite,recipe-kernel,debs}.sh
	else
		printf '%s\n' "$XPB_LIB"/{recipe-kernel,debs}.sh
	fi ;;
	esac
}

# artefact_inputs NAME: what these scripts are told about it.
artefact_inputs() {
	case "$1" in
	xen | xen-*) xpb_xens | awk -v name="$1" '$1 == name' ;;
	qemu-*) xpb_emulators | awk -v name="$1" '$1 == name' ;;
	kernel-src) echo "$XPB_SOURCE_PACKAGE" ;;
	suite-*) echo "$1" ;;
	*) { xpb_kernels; xpb_newer_kernels; xpb_foreign; } | awk -v name="$1" '$1 == name' ;;
	esac
}

# artefact_recipe NAME: the key of how it is made. The folder's name has a key that also
# covers what is known only when it is made, such as versions of packages.
artefact_recipe() {
	local -a files
	mapfile -t files < <(artefact_files "$1")
	recipe_key "${files[@]}" -- "$1" "$(artefact_inputs "$1")"
}

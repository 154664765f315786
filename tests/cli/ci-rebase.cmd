command -v git >/dev/null || { echo "no git: apt install git"; exit 77; }
# Options keep their blanks on the way through git's shell.
export HOME=$PWD PATH="$PWD/bin:$PATH"
mkdir bin tree
printf '#!/bin/sh\nprintf "<%%s> " "$@"\n' >bin/faultbench
chmod +x bin/faultbench
rebase=$(dirname "$FB")/packaging/ci/rebase
cd tree || exit
git init -q
git config user.name t
git config user.email t
for n in 1 2; do
	git commit -q --allow-empty -m "$n"
done
"$rebase" HEAD~1 --config "my config" -w seq-4k 2>/dev/null; echo "$?"
"$rebase" HEAD~1 2>/dev/null; echo "$?"

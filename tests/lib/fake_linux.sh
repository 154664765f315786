# shellcheck shell=sh
# A git repository in tree/ that kernel/build takes for Linux and builds in no time:
# its image is the object of mm/filemap.c. Golden tests source it.
#
# COMPILED in the environment names a file that gets a line per compilation, SLOW one
# that is made when a compilation begins that never ends.

fake_git()
{
	git -c user.name=t -c user.email=t -c init.defaultBranch=main -C tree "$@"
}

# TOOL...: ends the case as skipped if one, or what kernel/build needs, is missing.
fake_linux_needs()
{
	[ "$(uname -m)" = x86_64 ] || { echo "not an x86_64"; exit 77; }
	for tool in flex bison bc perl xz gcc objcopy setpriv "$@"; do
		command -v "$tool" >/dev/null || { echo "$tool is missing"; exit 77; }
	done
	printf '%s\n' '#include <gelf.h>' '#include <openssl/opensslv.h>' | gcc -E -o /dev/null - 2>/dev/null ||
		{ echo "headers that a kernel needs are missing"; exit 77; }
}

fake_linux()
{
	mkdir -p tree/mm tree/scripts
	fake_git init -q
	touch tree/Kbuild
	printf '%s\n' '*.o' .config /System.map /arch /include >tree/.gitignore
	cat >tree/Makefile <<'END'
allnoconfig:
	cp $(KCONFIG_ALLCONFIG) .config
olddefconfig mrproper: ;
kernelversion:
	@echo 6.1.0
bzImage: mm/filemap.o
	mkdir -p arch/x86/boot include/config
	objcopy -O binary -j .data $< arch/x86/boot/bzImage
	echo 0 T _text >System.map
	echo 6.1.0$(if $(filter environment undefined,$(origin LOCALVERSION)),+) >include/config/kernel.release
mm/filemap.o: mm/filemap.c
	@test -z "$$COMPILED" || echo CC >>"$$COMPILED"
	@test -z "$$SLOW" || { : >$@; touch "$$SLOW"; exec sleep 600; }
	$(CC) -c -o $@ $<
END
	fake_commit 1
}

# A commit whose image is $1.
fake_commit()
{
	echo "int image = $1;" >tree/mm/filemap.c
	fake_git add -f .
	fake_git commit -qm "image $1"
	fake_git tag -am "$1" "v$1"
}

/*
 * Preloaded into gtk-vnc, gives it a home folder of the test's own.
 *
 * gtk-vnc looks for certificates below /etc/pki and then below .pki in the home
 * folder that the password database names; the environment variable HOME has no
 * say. Here the password database names $HOME, and /etc/pki is empty, so that
 * neither a test nor what is installed on the machine meets the other.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct passwd *getpwuid(uid_t uid)
{
	struct passwd *(*next)(uid_t) = dlsym(RTLD_NEXT, "getpwuid");
	struct passwd *entry = next(uid);
	char *home = getenv("HOME");

	if (entry != NULL && home != NULL)
		entry->pw_dir = home;
	return entry;
}

static int hidden(const char *path)
{
	static const char folder[] = "/etc/pki/";

	return strncmp(path, folder, sizeof folder - 1) == 0;
}

int stat(const char *path, struct stat *result)
{
	if (hidden(path)) {
		errno = ENOENT;
		return -1;
	}
	return fstatat(AT_FDCWD, path, result, 0);
}

int stat64(const char *path, struct stat64 *result)
{
	if (hidden(path)) {
		errno = ENOENT;
		return -1;
	}
	return fstatat64(AT_FDCWD, path, result, 0);
}

/* Tells what libsasl2 reads in service files. Each line of the standard input is
 * a folder with a qemu.conf and then names of keys, each with '=' before it and a
 * blank between. The answer is a line: "refused", or "read" and for each key a
 * blank and its value in hexadecimal, or '-' for a key that is not there. */

#include <sasl/sasl.h>
#include <sasl/saslplug.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *folder, *keys;

static int tell_folder(void *context, char **path) {
    (void)context;
    *path = strdup(folder);
    return *path ? SASL_OK : SASL_NOMEM;
}

/* A plugin that only asks for settings and then fails to load. */
static int ask(const sasl_utils_t *utils, int max, int *version,
               sasl_auxprop_plug_t **plugin, const char *name) {
    (void)max, (void)version, (void)plugin;
    for (char *key = strtok(keys, " \n"); key; key = strtok(NULL, " \n")) {
        const char *value = NULL;
        unsigned length = 0;
        putchar(' ');
        if (utils->getopt(utils->getopt_context, name, key + 1, &value, &length) != SASL_OK || !value) {
            putchar('-');
            continue;
        }
        for (unsigned i = 0; i < length; i++)
            printf("%02x", (unsigned char)value[i]);
    }
    return SASL_FAIL;
}

int main(void) {
    static char line[1 << 16];
    sasl_callback_t callbacks[] = {
        {SASL_CB_GETCONFPATH, (int (*)(void))tell_folder, NULL},
        {SASL_CB_LIST_END, NULL, NULL},
    };
    while (fgets(line, sizeof line, stdin)) {
        folder = strtok(line, " \n");
        keys = folder + strlen(folder) + 1;
        if (sasl_server_init(callbacks, "qemu") != SASL_OK) {
            puts("refused");
        } else {
            printf("read");
            sasl_auxprop_add_plugin("ask", ask);
            puts("");
        }
        fflush(stdout);
        sasl_done();
    }
    return 0;
}

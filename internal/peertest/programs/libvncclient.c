/*
 * A viewer made of libvncclient, driven by a test: for each line that it reads
 * from standard input it writes the server's screen, as it knows it then, to
 * standard output, as a binary PPM; one of no size as long as a part of the
 * screen was never sent. It ends when its standard input does.
 *
 * Usage: libvncclient HOST PORT ENCODING CA CRL CERTIFICATE KEY PASSWORD USER
 *
 * HOST may be the path of a UNIX socket. ENCODING is in libvncclient's words,
 * such as "raw" or "zrle". Empty arguments stand for what there is not. What
 * libvncclient logs goes to standard error; the exit code is 1 if the session
 * failed.
 */
#include <poll.h>
#include <rfb/rfbclient.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SELF, HOST, PORT, ENCODING, CA, CRL, CERTIFICATE, KEY, PASSWORD, USER, COUNT };

static char **arguments;
static int missing; /* pixels that were not drawn yet */
static char *drawn; /* which ones were */

/* A copy that libvncclient may free; NULL when the argument is empty. */
static char *argument(int i)
{
	return *arguments[i] ? strdup(arguments[i]) : NULL;
}

static char *password(rfbClient *client)
{
	return strdup(arguments[PASSWORD]);
}

static char *user(rfbClient *client)
{
	return strdup(arguments[USER]);
}

static rfbCredential *credential(rfbClient *client, int type)
{
	rfbCredential *c;

	c = calloc(1, sizeof *c);
	if (type == rfbCredentialTypeUser) {
		c->userCredential.username = user(client);
		c->userCredential.password = password(client);
		return c;
	}
	c->x509Credential.x509CACertFile = argument(CA);
	c->x509Credential.x509CACrlFile = argument(CRL);
	c->x509Credential.x509ClientCertFile = argument(CERTIFICATE);
	c->x509Credential.x509ClientKeyFile = argument(KEY);
	return c;
}

static rfbBool resized(rfbClient *client)
{
	missing = client->width * client->height;
	free(drawn);
	free(client->frameBuffer);
	drawn = calloc(missing, 1);
	client->frameBuffer = calloc(missing, 4);
	return drawn != NULL && client->frameBuffer != NULL;
}

static void updated(rfbClient *client, int left, int top, int width, int height)
{
	for (int y = top; y < top + height; y++)
		for (int x = left; x < left + width; x++) {
			char *pixel = &drawn[y * client->width + x];

			missing -= !*pixel;
			*pixel = 1;
		}
}

static void write_picture(rfbClient *client)
{
	rfbPixelFormat *f = &client->format;
	uint32_t *pixel = (uint32_t *)client->frameBuffer;
	int count = missing > 0 ? 0 : client->width * client->height;

	if (count == 0)
		printf("P6\n0 0\n255\n");
	else
		printf("P6\n%d %d\n255\n", client->width, client->height);
	for (; count > 0; count--, pixel++) {
		putchar(*pixel >> f->redShift & f->redMax);
		putchar(*pixel >> f->greenShift & f->greenMax);
		putchar(*pixel >> f->blueShift & f->blueMax);
	}
	fflush(stdout);
}

/* Answers the test. Returns 0 once the test has no more questions. */
static int obey(rfbClient *client)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	char c;

	while (poll(&in, 1, 0) > 0) {
		if (read(STDIN_FILENO, &c, 1) != 1)
			return 0;
		if (c == '\n')
			write_picture(client);
	}
	return 1;
}

int main(int argc, char **argv)
{
	rfbClient *client = rfbGetClient(8, 3, 4);

	if (argc != COUNT) {
		fprintf(stderr, "wrong number of arguments\n");
		return 2;
	}
	arguments = argv;
	client->serverHost = strdup(argv[HOST]);
	client->serverPort = atoi(argv[PORT]);
	client->appData.encodingsString = argv[ENCODING];
	client->appData.enableJPEG = FALSE; /* exact pixels */
	client->appData.shareDesktop = TRUE;
	client->GetPassword = password;
	client->GetUser = user;
	client->GetCredential = credential;
	client->MallocFrameBuffer = resized;
	client->GotFrameBufferUpdate = updated;

	/* On failure the library has freed the client. */
	if (!rfbInitClient(client, NULL, NULL))
		return 1;
	while (obey(client)) {
		int ready = WaitForMessage(client, 20000);

		if (ready < 0 || (ready > 0 && !HandleRFBServerMessage(client)))
			return 1;
	}
	rfbClientCleanup(client);
	return 0;
}

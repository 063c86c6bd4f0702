/*
 * A viewer made of libvncclient, driven by a test: for each line that it reads
 * from standard input it writes the server's screen, as it knows it then, to
 * standard output, as a PAM picture with opaque pixels of red, green, blue and
 * alpha; one of no size as long as a part of the screen was never sent. It ends
 * when its standard input does.
 *
 * Usage: libvncclient HOST PORT ENCODING CA CRL CERTIFICATE KEY PASSWORD USER
 *                     FORMAT COMPRESSION QUALITY
 *
 * HOST may be the path of a UNIX socket. ENCODING is in libvncclient's words,
 * such as "raw" or "zrle". FORMAT is the numbers of a pixel format in the order
 * of the wire, COMPRESSION a level, QUALITY that of JPEG, which is only asked for
 * with it. Empty arguments stand for what there is not. What
 * libvncclient logs goes to standard error; the exit code is 1 if the session
 * failed.
 */
#include <poll.h>
#include <rfb/rfbclient.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SELF, HOST, PORT, ENCODING, CA, CRL, CERTIFICATE, KEY, PASSWORD, USER, FORMAT, COMPRESSION, QUALITY, COUNT };

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

/* The number of a pixel, whose bytes are in the format's order. */
static uint32_t pixel_value(const rfbPixelFormat *f, const uint8_t *bytes)
{
	int size = f->bitsPerPixel / 8;
	uint32_t value = 0;

	for (int i = 0; i < size; i++)
		value |= (uint32_t)bytes[i] << 8 * (f->bigEndian ? size - 1 - i : i);
	return value;
}

/* A colour of 0 to max as one of 0 to 255. */
static uint8_t colour(uint32_t value, int shift, int max)
{
	return ((value >> shift & max) * 255 + max / 2) / max;
}

static void write_picture(rfbClient *client)
{
	const rfbPixelFormat *f = &client->format;
	const uint8_t *pixel = client->frameBuffer;
	int width = missing > 0 ? 0 : client->width, height = missing > 0 ? 0 : client->height;

	printf("P7\nWIDTH %d\nHEIGHT %d\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n", width, height);
	for (int i = width * height; i > 0; i--, pixel += f->bitsPerPixel / 8) {
		uint32_t value = pixel_value(f, pixel);
		uint8_t rgba[] = {
			colour(value, f->redShift, f->redMax),
			colour(value, f->greenShift, f->greenMax),
			colour(value, f->blueShift, f->blueMax),
			255,
		};

		fwrite(rgba, sizeof rgba, 1, stdout);
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

/* Sets the pixel format to ask for. Returns 0 if the numbers are none. */
static int set_format(rfbPixelFormat *f, const char *numbers)
{
	return sscanf(numbers, "%hhu %hhu %hhu %hhu %hu %hu %hu %hhu %hhu %hhu", &f->bitsPerPixel, &f->depth,
		      &f->bigEndian, &f->trueColour, &f->redMax, &f->greenMax, &f->blueMax,
		      &f->redShift, &f->greenShift, &f->blueShift) == 10;
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
	client->appData.enableJPEG = *argv[QUALITY] != 0; /* without it, exact pixels */
	client->appData.qualityLevel = atoi(argv[QUALITY]);
	if (*argv[COMPRESSION])
		client->appData.compressLevel = atoi(argv[COMPRESSION]);
	if (*argv[FORMAT] && !set_format(&client->format, argv[FORMAT])) {
		fprintf(stderr, "not a pixel format: %s\n", argv[FORMAT]);
		return 2;
	}
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

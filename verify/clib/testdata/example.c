/* example TRUST BUNDLE ARTIFACT [BOX KEY]: verify, then unseal. */
#include "../plimsoll.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *slurp(const char *path, size_t *length) {
  FILE *f = fopen(path, "rb");
  char *data = calloc(1, 65536);
  if (!f || !data) exit(3);
  *length = fread(data, 1, 65535, f);
  fclose(f);
  return data;
}

/* field copies the value of a string in flat JSON without escapes. */
static void field(const char *json, const char *name, char *into, size_t size) {
  char key[64];
  snprintf(key, sizeof key, "\"%s\":\"", name);
  const char *at = strstr(json, key);
  size_t n = at ? strcspn(at + strlen(key), "\"") : 0;
  if (n >= size) n = size - 1;
  memcpy(into, at ? at + strlen(key) : "", n);
  into[n] = 0;
}

int main(int argc, char **argv) {
  char request[4096], product[256], version[256];
  char *answer = NULL;
  if (argc < 4) return 2;
  snprintf(request, sizeof request, "{\"trust\":\"%s\",\"bundle\":\"%s\",\"artifact\":\"%s\"}", argv[1], argv[2], argv[3]);
  if (plimsoll_unseal(12345, "{}", 2, "", &(size_t){0}, NULL)) return 4; /* a number that nobody gave */
  plimsoll_permit permit = plimsoll_verify(request, &answer);
  if (!permit) {
    field(answer, "reason", product, sizeof product);
    printf("refused [%s]\n", product);
    plimsoll_free(answer);
    return 1;
  }
  field(answer, "product", product, sizeof product);
  field(answer, "version", version, sizeof version);
  printf("verified %s %s\n", product, version);
  plimsoll_free(answer);
  if (argc == 6) {
    size_t box_length, key_length, length;
    char *box = slurp(argv[4], &box_length), *key = slurp(argv[5], &key_length);
    if (plimsoll_unseal(permit + 1000, box, box_length, key, &length, &answer)) return 5;
    plimsoll_free(answer);
    char *secret = plimsoll_unseal(permit, box, box_length, key, &length, &answer);
    if (!secret) return 1;
    printf("secret of %zu bytes\n", length);
    memset(secret, 0, length);
    plimsoll_free(secret);
    free(box);
    free(key);
  }
  plimsoll_release(permit);
  plimsoll_release(permit);
  return 0;
}

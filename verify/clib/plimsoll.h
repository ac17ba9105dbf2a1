/* Verification of Plimsoll permits, offline. See package verify. */
#ifndef PLIMSOLL_H
#define PLIMSOLL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A permit: 0 where nothing was verified. */
typedef uintptr_t plimsoll_permit;

/* Verifies an artefact. The request is JSON:
 *   {"trust": PATH, "bundle": PATH, "artifact": PATH, "kind": "file"|"dir"|"image",
 *    "product": NAME, "minVersion": VERSION, "require": [ID...], "state": PATH,
 *    "revocations": PATH, "requireLog": bool, "allowEmergency": bool}
 * of which the first three must be there. The answer is JSON too, what the
 * permit is for or {"reason", "message", "hint"} where 0 is returned. Free it
 * with plimsoll_free. */
plimsoll_permit plimsoll_verify(const char *request, char **answer);

/* Opens a sealed secret for what was verified, with the key that `plimsoll seal
 * keygen` wrote. Returns NULL and an answer with the reason where it does not.
 * The secret ends in a zero that secret_length does not count. Overwrite it,
 * then free it with plimsoll_free. */
char *plimsoll_unseal(plimsoll_permit permit, const char *box, size_t box_length,
                      const char *key, size_t *secret_length, char **answer);

/* Lets a permit go. */
void plimsoll_release(plimsoll_permit permit);

/* Frees what the functions above gave. */
void plimsoll_free(void *p);

#ifdef __cplusplus
}
#endif
#endif

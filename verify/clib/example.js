// Verify an artefact before it is used, from Node, with `npm install koffi`:
//
//     node example.js libplimsoll.so trust.json app.plimsoll app [secret.sealed unseal.key]
'use strict';

const fs = require('node:fs');
const koffi = require('koffi');

/** Nothing was verified; reason is one of package verify's. */
class Refused extends Error {
  constructor(answer) {
    super(`${answer.message} [${answer.reason}]`);
    this.reason = answer.reason;
  }
}

class Plimsoll {
  constructor(path) {
    const lib = koffi.load(path);
    this.free = lib.func('void plimsoll_free(void *p)');
    // A string that the library gave is copied, then given back.
    koffi.disposable('plimsoll_answer', 'char *', this.free);
    this.lib = {
      verify: lib.func('uintptr_t plimsoll_verify(str request, _Out_ plimsoll_answer *answer)'),
      unseal: lib.func('void *plimsoll_unseal(uintptr_t permit, const uint8_t *box, size_t length, str key, _Out_ size_t *secret_length, _Out_ plimsoll_answer *answer)'),
      release: lib.func('void plimsoll_release(uintptr_t permit)'),
    };
  }

  /** Returns a permit and what it is for, or throws Refused. */
  verify(request) {
    const answer = [null];
    const permit = this.lib.verify(JSON.stringify(request), answer);
    const said = JSON.parse(answer[0]);
    if (!permit) throw new Refused(said);
    return [permit, said];
  }

  /** Returns the secret in a Buffer, to be overwritten by who uses it. */
  unseal(permit, box, key) {
    const length = [0];
    const answer = [null];
    const secret = this.lib.unseal(permit, box, box.length, key, length, answer);
    if (!secret) throw new Refused(JSON.parse(answer[0]));
    try {
      const there = Buffer.from(koffi.view(secret, Number(length[0])));
      const copy = Buffer.from(there);
      there.fill(0);
      return copy;
    } finally {
      this.free(secret);
    }
  }
}

function main([library, trust, bundle, artifact, box, key]) {
  const plimsoll = new Plimsoll(library);
  try {
    const [permit, said] = plimsoll.verify({ trust, bundle, artifact });
    console.log('verified', said.product, said.version);
    if (box) {
      const secret = plimsoll.unseal(permit, fs.readFileSync(box), fs.readFileSync(key, 'utf8'));
      console.log('secret of', secret.length, 'bytes');
      secret.fill(0);
    }
    plimsoll.lib.release(permit);
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused;
    console.error(refused.message);
    process.exitCode = 1;
  }
}

main(process.argv.slice(2));

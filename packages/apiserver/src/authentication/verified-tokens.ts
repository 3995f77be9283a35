import type { Claims, ServiceAccountKey } from './service-account-keys';
import { tokenDigest } from './token-digest';

/** Tokens that are remembered at a time; a cluster has some per node and controller. */
const MAX_KNOWN = 4_096;

/** Checks signatures, each good one once: a program sends its token with every request, and a check costs as much as a read. */
export class VerifiedTokens {
  readonly #keys: readonly Pick<ServiceAccountKey, 'verify'>[];
  readonly #known = new Map<string, Claims>();

  constructor(keys: readonly Pick<ServiceAccountKey, 'verify'>[]) {
    this.#keys = keys;
  }

  /** What a token says that one of the keys has signed, whether or not that is still so; `undefined` for anything else. */
  claimsOf(token: string): Claims | undefined {
    const digest = tokenDigest(token);
    let claims = this.#known.get(digest);
    if (claims !== undefined) return claims;
    for (const key of this.#keys) {
      claims = key.verify(token);
      if (claims !== undefined) break;
    }
    if (claims === undefined) return undefined;
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(digest, claims);
    return claims;
  }
}

/** Who asks, as the authenticators found out. */
export interface User {
  readonly name: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** What a verb knows of the request besides its own arguments. */
export interface VerbContext {
  readonly user: User;
  /** Aborts when the client is gone or the time is up. */
  readonly signal: AbortSignal;
  /** Wall clock, ms. */
  readonly nowMs: number;
  /** Objects may be put into namespaces that do not exist, as release 0.14 allowed; set for its API versions. */
  readonly allowsMissingNamespace?: boolean;
  /** Sends a `Warning` header with the answer. */
  warn(text: string): void;
}

/** What the server itself acts as. */
export const SYSTEM_USER: User = { name: 'system:apiserver', uid: '', groups: ['system:masters'] };

/** A context for what the server does on its own account. */
export function systemContext(nowMs: number, signal: AbortSignal): VerbContext {
  return { user: SYSTEM_USER, signal, nowMs, warn: () => undefined };
}

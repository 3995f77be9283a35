/**
 * A value that its field cannot hold. Worded as Go's decoder words it:
 * `json: cannot unmarshal string into Go struct field PodSpec.spec.activeDeadlineSeconds of type int64`.
 */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  /** Names of the fields from the root down to the value; positions in lists are left out. */
  readonly path: string[] = [];
  readonly #got: string;
  readonly #goType: string | undefined;
  /** The innermost type around the value. */
  #owner = '';

  /** @param goType what was wanted; absent: `got` is the whole message */
  constructor(got: string, goType?: string) {
    super();
    this.#got = got;
    this.#goType = goType;
  }

  override get message(): string {
    if (this.#goType === undefined) return this.#got;
    const place = this.path.length === 0 ? 'Go value' : `Go struct field ${this.#owner}.${this.path.join('.')}`;
    return `json: cannot unmarshal ${this.#got} into ${place} of type ${this.#goType}`;
  }

  /** Called by each type on the way up. */
  enter(owner: string, field: string): void {
    if (this.#owner === '') this.#owner = owner;
    this.path.unshift(field);
  }
}

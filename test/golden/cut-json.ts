/**
 * Bodies that a recording cut off: the beginning of a JSON text, and `…`. What the beginning says in full counts; what it
 * leaves open is taken from the object that the command had read before.
 */

type Members = Record<string, unknown>;

/** What was read, and whether the text had all of it. */
interface Read {
  readonly value: unknown;
  readonly isWhole: boolean;
}

/** The text's object, with what the text does not tell from `base`. */
export function completeCut(text: string, base: Members): unknown {
  return new CutReader(text.replace(/…$/, '')).read(base).value;
}

const NOTHING: Read = { value: undefined, isWhole: false };

class CutReader {
  #at = 0;

  constructor(private readonly text: string) {}

  read(base: unknown): Read {
    const first = this.text[this.#at];
    if (first === '{') return this.#object(isObject(base) ? base : {});
    if (first === '[') return this.#array(base);
    const [token] = /^("(?:[^"\\]|\\.)*"|-?[\d.eE+]+(?=[,\]}])|true|false|null)/.exec(this.text.slice(this.#at)) ?? [];
    if (token === undefined) return { value: base, isWhole: false };
    this.#at += token.length;
    return { value: JSON.parse(token), isWhole: true };
  }

  /** Members after the cut are those of `base`. */
  #object(base: Members): Read {
    const read: Members = {};
    this.#at += 1;
    if (this.#skip('}')) return { value: read, isWhole: true };
    for (;;) {
      const key = this.read(undefined);
      if (!key.isWhole || !this.#skip(':')) return { value: { ...base, ...read }, isWhole: false };
      const name = String(key.value);
      const member = this.read(base[name]);
      if (member.value !== undefined) read[name] = member.value;
      if (!member.isWhole) return { value: { ...base, ...read }, isWhole: false };
      if (this.#skip('}')) return { value: read, isWhole: true };
      if (!this.#skip(',')) return { value: { ...base, ...read }, isWhole: false };
    }
  }

  /** A list that was cut is the one of `base`. */
  #array(base: unknown): Read {
    const items: unknown[] = [];
    this.#at += 1;
    if (this.#skip(']')) return { value: items, isWhole: true };
    for (;;) {
      const item = this.read(undefined);
      items.push(item.value);
      if (item.isWhole && this.#skip(']')) return { value: items, isWhole: true };
      if (!item.isWhole || !this.#skip(',')) return base === undefined ? NOTHING : { value: base, isWhole: false };
    }
  }

  #skip(mark: string): boolean {
    if (this.text[this.#at] !== mark) return false;
    this.#at += 1;
    return true;
  }
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

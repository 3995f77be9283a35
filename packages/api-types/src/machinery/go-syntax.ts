/** Where and why a text is no JSON, in the words of Go's decoder. Only asked about texts that JSON.parse refuses. */

const END = 'unexpected end of JSON input';

class SyntaxProblem extends Error {}

/** `invalid character 'h' looking for beginning of value`; `undefined` when nothing is wrong. */
export function goSyntaxProblem(text: string): string | undefined {
  const scanner = new Scanner(text);
  try {
    scanner.value();
    scanner.end();
    return undefined;
  } catch (problem) {
    if (problem instanceof SyntaxProblem) return problem.message;
    throw problem;
  }
}

/** What ends an object or an array. */
type Closing = '}' | ']';

class Scanner {
  #at = 0;

  constructor(private readonly text: string) {}

  /** Values lie within values to any depth: those that are open are kept in a list, not on the call stack. */
  value(): void {
    const open: Closing[] = [];
    do {
      const opened = this.#beginning();
      if (opened !== undefined) open.push(opened);
      else this.#closeEnded(open);
    } while (open.length > 0);
  }

  end(): void {
    this.#blanks();
    if (this.#at < this.text.length) this.#refuse('after top-level value');
  }

  /** Reads a whole value, or an object or array as far as to its first value: what will close it. */
  #beginning(): Closing | undefined {
    this.#blanks();
    const next = this.#peek();
    if (next === '{' || next === '[') return this.#opening(next === '{' ? '}' : ']');
    if (next === '"') this.#string();
    else if (next === '-' || isDigit(next)) this.#number();
    else if (next === 't') this.#literal('true');
    else if (next === 'f') this.#literal('false');
    else if (next === 'n') this.#literal('null');
    else this.#refuse('looking for beginning of value');
    return undefined;
  }

  #opening(closing: Closing): Closing | undefined {
    this.#at += 1;
    this.#blanks();
    if (this.#peek() === closing) {
      this.#at += 1;
      return undefined;
    }
    if (closing === '}') this.#key();
    return closing;
  }

  /** After a value: closes what ends here, up to where another value follows. */
  #closeEnded(open: Closing[]): void {
    for (let closing = open.at(-1); closing !== undefined; closing = open.at(-1)) {
      this.#blanks();
      const next = this.#peek();
      if (next !== ',' && next !== closing) {
        this.#refuse(closing === '}' ? 'after object key:value pair' : 'after array element');
      }
      this.#at += 1;
      if (next === ',') {
        if (closing === '}') this.#key();
        return;
      }
      open.pop();
    }
  }

  #key(): void {
    this.#blanks();
    if (this.#peek() !== '"') this.#refuse('looking for beginning of object key string');
    this.#string();
    this.#blanks();
    if (this.#peek() !== ':') this.#refuse('after object key');
    this.#at += 1;
  }

  #string(): void {
    this.#at += 1;
    for (;;) {
      const next = this.#peek();
      if (next === '"') break;
      if (next < ' ') this.#refuse('in string literal');
      this.#at += 1;
      if (next === '\\') this.#escape();
    }
    this.#at += 1;
  }

  #escape(): void {
    const code = this.#peek();
    if (!'"\\/bfnrtu'.includes(code)) this.#refuse('in string escape code');
    this.#at += 1;
    for (let digit = 0; code === 'u' && digit < 4; digit++) {
      if (!/[0-9a-fA-F]/.test(this.#peek())) this.#refuse('in \\u hexadecimal character escape');
      this.#at += 1;
    }
  }

  #number(): void {
    if (this.#peek() === '-') {
      this.#at += 1;
      if (!isDigit(this.#peek())) this.#refuse('in numeric literal');
    }
    if (this.#peek() === '0') this.#at += 1;
    else this.#digits();
    if (this.text[this.#at] === '.') {
      this.#at += 1;
      if (!isDigit(this.#peek())) this.#refuse('after decimal point in numeric literal');
      this.#digits();
    }
    if (this.text[this.#at] === 'e' || this.text[this.#at] === 'E') {
      this.#at += 1;
      if (this.#peek() === '+' || this.#peek() === '-') this.#at += 1;
      if (!isDigit(this.#peek())) this.#refuse('in exponent of numeric literal');
      this.#digits();
    }
  }

  #digits(): void {
    while (isDigit(this.text[this.#at] ?? '')) this.#at += 1;
  }

  #literal(word: string): void {
    for (const letter of word) {
      if (this.#peek() !== letter) this.#refuse(`in literal ${word} (expecting '${letter}')`);
      this.#at += 1;
    }
  }

  #blanks(): void {
    while (' \t\r\n'.includes(this.text[this.#at] ?? 'x')) this.#at += 1;
  }

  /** The next character; the end of the text is a problem. */
  #peek(): string {
    const next = this.text[this.#at];
    if (next === undefined) throw new SyntaxProblem(END);
    return next;
  }

  #refuse(where: string): never {
    throw new SyntaxProblem(`invalid character ${quoted(this.#peek())} ${where}`);
  }
}

function isDigit(text: string): boolean {
  return text >= '0' && text <= '9';
}

function quoted(character: string): string {
  if (character === "'") return "'\\''";
  if (character === '"') return `'"'`;
  return `'${JSON.stringify(character).slice(1, -1)}'`;
}

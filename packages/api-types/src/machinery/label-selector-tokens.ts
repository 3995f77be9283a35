/** A token of label selector syntax; `text` is what an error message shows. */
export interface SelectorToken {
  readonly kind: SelectorTokenKind;
  readonly text: string;
}

export type SelectorTokenKind = 'end' | 'identifier' | SelectorSymbol;

type SelectorSymbol = (typeof SYMBOLS)[number] | 'in' | 'notin';

const SYMBOLS = [')', ',', '!', '==', '=', '>', '<', '!=', '('] as const;
const BLANKS = /[ \t\r\n]*/y;
const WORD = /[^=!(),>< \t\r\n\0]+/y;

/** All tokens of a text, the last of kind `end`. */
export function tokenize(text: string): SelectorToken[] {
  const tokens: SelectorToken[] = [];
  let position = 0;
  for (;;) {
    position += matchAt(BLANKS, text, position).length;
    if (position >= text.length) break;
    const symbol = symbolAt(text, position);
    if (symbol !== undefined) {
      tokens.push({ kind: symbol, text: symbol });
      position += symbol.length;
      continue;
    }
    const word = matchAt(WORD, text, position);
    // A NUL ends the text, as it does in Go's scanner.
    if (word === '') break;
    tokens.push({ kind: word === 'in' || word === 'notin' ? word : 'identifier', text: word });
    position += word.length;
  }
  tokens.push({ kind: 'end', text: '' });
  return tokens;
}

/** The longest symbol that is there: `==` before `=`. Only what is there is looked at, however many follow. */
function symbolAt(text: string, position: number): SelectorSymbol | undefined {
  const two = SYMBOLS.find((symbol) => symbol.length === 2 && text.startsWith(symbol, position));
  return two ?? SYMBOLS.find((symbol) => symbol.length === 1 && text.startsWith(symbol, position));
}

function matchAt(pattern: RegExp, text: string, position: number): string {
  pattern.lastIndex = position;
  return pattern.exec(text)?.[0] ?? '';
}

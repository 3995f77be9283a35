/** Lines are folded at the first blank behind this column. */
export const MAX_COLUMN = 80;

/** Words that YAML 1.1 takes for something else than text. */
const WORDS = /^(?:|~|null|y|n|yes|no|on|off|true|false|<<|=|[-+]?\.inf|\.nan)$/i;
const NUMBER = /^[-+]?(?:\.[0-9][0-9_]*|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?$|^[-+]?0[xob][0-9a-fA-F_]+$/;
const BASE_60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const TIMESTAMP = /^\d{4}-\d{1,2}-\d{1,2}(?:$|[Tt ])/;

/** Characters that only double quotes can show: controls, breaks of other kinds, halves of pairs. */
const SPECIAL = /[^\n\u0020-\u007e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;
/** What a bare text cannot begin with, hold or end with. */
const NOT_PLAIN = /^[#,[\]{}&*!|>'"%@`]|^[-?:](?: |$)|^(?:---|\.\.\.)|: |:$| #|^ | $/;

export interface ScalarPlace {
  /** Blanks in front of what the text belongs to; its further lines have two more. */
  readonly indent: number;
  /** Where in its line it begins. */
  readonly column: number;
  /** Of a map: stays in one line. */
  readonly isKey: boolean;
}

/** A text as Go's library writes it: bare, in quotes, or in lines of its own. */
export function scalarText(text: string, place: ScalarPlace): string {
  const pad = ' '.repeat(place.indent + 2);
  if (text.includes('\n')) {
    const isBlock = !place.isKey && !SPECIAL.test(text) && !/ (?:\n|$)/.test(text);
    return isBlock ? literal(text, pad) : doubleQuoted(text);
  }
  if (SPECIAL.test(text) || readsAsOther(text)) return doubleQuoted(text);
  if (!NOT_PLAIN.test(text)) return folded(text, place.column, pad);
  return folded(`'${text.replace(/'/g, "''")}'`, place.column, pad);
}

function readsAsOther(text: string): boolean {
  return WORDS.test(text) || NUMBER.test(text) || BASE_60.test(text) || TIMESTAMP.test(text);
}

/** Blanks at which a line may end have none beside them, and are not those next to a quote. */
function folded(text: string, column: number, pad: string): string {
  if (column + text.length <= MAX_COLUMN) return text;
  let result = '';
  let from = 0;
  let at = column;
  for (let i = 0; i < text.length; i++) {
    const isBreak = text[i] === ' ' && at > MAX_COLUMN && text[i - 1] !== ' ' && text[i + 1] !== ' ';
    const isInside = i > 1 && i < text.length - 2;
    if (isBreak && isInside) {
      result += `${text.slice(from, i)}\n${pad}`;
      from = i + 1;
      at = pad.length;
    } else {
      at += 1;
    }
  }
  return result + text.slice(from);
}

function literal(text: string, pad: string): string {
  const indentHint = /^[ \n]/.test(text) ? '2' : '';
  const chomp = !text.endsWith('\n') ? '-' : /^\n$|\n\n$/.test(text) ? '+' : '';
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  const lines = body.split('\n').map((line) => (line === '' ? '' : pad + line));
  return `|${indentHint}${chomp}\n${lines.join('\n')}`;
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\x85': '\\N',
  '\u2028': '\\L',
  '\u2029': '\\P',
};

function doubleQuoted(text: string): string {
  const escaped = text.replace(
    /["\\]|[^ -~\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/gu,
    (char) => {
      const code = char.codePointAt(0) ?? 0;
      const hex = code.toString(16).toUpperCase();
      return SHORT_ESCAPES[char] ?? (code < 0x100 ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`);
    },
  );
  return `"${escaped}"`;
}

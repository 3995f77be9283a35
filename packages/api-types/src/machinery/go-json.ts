/** JSON text as Go's encoding/json writes it: compact, with `<`, `>`, `&`, U+2028 and U+2029 escaped. */

/** The last part is what is below a blank: control characters. */
const NEEDS_ESCAPE = /["\\<>&\u2028\u2029\ud800-\udfff]|[^ -\uffff]/;
const LONE_SURROGATE = /\p{Cs}/u;
const GO_ESCAPES = /[<>&\u2028\u2029]/g;

/** A string with its quotes. Lone surrogates become U+FFFD, as in Go. */
export function encodeString(text: string): string {
  if (!NEEDS_ESCAPE.test(text)) return `"${text}"`;
  const json = JSON.stringify(LONE_SURROGATE.test(text) ? Buffer.from(text).toString() : text);
  return json.includes('\\b') || json.includes('\\f') ? escapeControls(json) : json.replace(GO_ESCAPES, escapeOne);
}

/** Any JSON value; members of objects are sorted by name, as Go sorts the keys of maps. */
export function encodeAny(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return encodeString(value);
    case 'number':
    case 'boolean':
      return JSON.stringify(value);
    case 'object': {
      if (value === null) return 'null';
      if (Array.isArray(value)) return `[${value.map(encodeAny).join(',')}]`;
      const members = value as Readonly<Record<string, unknown>>;
      const texts: string[] = [];
      for (const key of sortedKeys(members)) {
        if (members[key] !== undefined) texts.push(`${encodeString(key)}:${encodeAny(members[key])}`);
      }
      return `{${texts.join(',')}}`;
    }
    default:
      return 'null';
  }
}

/** Keys in the order of their UTF-8 bytes. */
export function sortedKeys(map: Readonly<Record<string, unknown>>): string[] {
  const keys = Object.keys(map);
  return keys.length < 2 ? keys : keys.sort(compareUtf8);
}

/** Order of code points, which is the order of UTF-8 bytes. */
function compareUtf8(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** UTF-16 puts surrogates below U+E000; code points are above it. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

function escapeControls(json: string): string {
  // Walks escapes one by one: `\\b` is a backslash and a letter, `\b` a backspace.
  return json
    .replace(/\\(.)/g, (escape, letter: string) => {
      if (letter === 'b') return '\\u0008';
      return letter === 'f' ? '\\u000c' : escape;
    })
    .replace(GO_ESCAPES, escapeOne);
}

function escapeOne(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

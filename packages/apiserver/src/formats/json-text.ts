/** JSON text as Go's encoder writes it, but with members in the order in which they are. */

const GO_ESCAPES = /[<>&\u2028\u2029]/g;

/** Compact; `<`, `>`, `&`, U+2028 and U+2029 can only be inside strings and are escaped there. */
export function encodeJson(value: unknown): string {
  return JSON.stringify(value).replace(
    GO_ESCAPES,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * Compact JSON text spread over lines, as Go's `json.Indent` does; the order of members stays.
 * @param outer brackets that are open around it
 */
export function indentJson(text: string, unit = '  ', outer = 0): string {
  const parts: string[] = [];
  let depth = outer;
  let copied = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    switch (char) {
      case '"':
        at = endOfString(text, at);
        break;
      case '{':
      case '[': {
        const close = char === '{' ? '}' : ']';
        if (text[at + 1] === close) {
          at += 1;
          break;
        }
        depth += 1;
        parts.push(text.slice(copied, at + 1), `\n${unit.repeat(depth)}`);
        copied = at + 1;
        break;
      }
      case '}':
      case ']':
        depth -= 1;
        parts.push(text.slice(copied, at), `\n${unit.repeat(depth)}`);
        copied = at;
        break;
      case ',':
        parts.push(text.slice(copied, at + 1), `\n${unit.repeat(depth)}`);
        copied = at + 1;
        break;
      case ':':
        parts.push(text.slice(copied, at + 1), ' ');
        copied = at + 1;
        break;
      default:
    }
  }
  parts.push(text.slice(copied));
  return parts.join('');
}

/** Index of the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

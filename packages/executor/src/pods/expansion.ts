/**
 * `$(NAME)` in commands, arguments and variables: replaced when known, kept as written when not; `$$` is a `$`
 * that starts no reference.
 */
export function expand(text: string, lookup: (name: string) => string | undefined): string {
  if (!text.includes('$')) return text;
  let result = '';
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char !== '$' || at + 1 >= text.length) {
      result += char;
      continue;
    }
    const next = text.charAt(at + 1);
    if (next === '$') {
      result += '$';
      at += 1;
    } else if (next === '(') {
      const end = text.indexOf(')', at + 2);
      if (end < 0) {
        result += '$(';
        at += 1;
        continue;
      }
      const name = text.slice(at + 2, end);
      result += lookup(name) ?? `$(${name})`;
      at = end;
    } else {
      result += `$${next}`;
      at += 1;
    }
  }
  return result;
}

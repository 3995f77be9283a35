/** Sections of an ini file: `[section]`, `key = value`, `;` and `#` begin comments, quotes around a value are dropped. */
export function parseIni(text: string): Map<string, Map<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let current = new Map<string, string>();
  sections.set('', current);
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim();
    if (line === '' || line.startsWith(';') || line.startsWith('#')) continue;
    const header = /^\[([^\]]+)\]$/.exec(line)?.[1];
    if (header !== undefined) {
      current = sections.get(header.trim()) ?? new Map<string, string>();
      sections.set(header.trim(), current);
      continue;
    }
    const equals = line.indexOf('=');
    if (equals < 0) continue;
    current.set(
      line.slice(0, equals).trim(),
      line
        .slice(equals + 1)
        .trim()
        .replace(/^"(.*)"$/, '$1'),
    );
  }
  return sections;
}

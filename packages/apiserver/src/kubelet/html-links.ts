import { posix } from 'node:path';
import { Transform, type TransformCallback } from 'node:stream';

/** Where a page was asked for and where it came from. */
export interface LinkRules {
  /** Path on this server below which the other end's root appears. */
  readonly prefix: string;
  /** `host:port` of the other end. */
  readonly backend: string;
  /** `Host` of the client's request. */
  readonly requestHost: string;
}

/** Attributes that hold a URL, by element. */
const LINK_ATTRIBUTES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    a: ['href'],
    applet: ['codebase'],
    area: ['href'],
    audio: ['src'],
    base: ['href'],
    blockquote: ['cite'],
    body: ['background'],
    button: ['formaction'],
    command: ['icon'],
    del: ['cite'],
    embed: ['src'],
    form: ['action'],
    frame: ['longdesc', 'src'],
    head: ['profile'],
    html: ['manifest'],
    iframe: ['longdesc', 'src'],
    img: ['longdesc', 'src', 'usemap'],
    input: ['src', 'usemap', 'formaction'],
    ins: ['cite'],
    link: ['href'],
    object: ['classid', 'codebase', 'data', 'usemap'],
    q: ['cite'],
    script: ['src'],
    source: ['src'],
    video: ['poster', 'src'],
  }),
);

/** Elements in which `<` begins nothing but their own end. */
const RAW_TEXT: ReadonlySet<string> = new Set(['script', 'style', 'textarea', 'title', 'xmp', 'noembed', 'noframes']);

const URL_PARTS = /^(?:([a-z][a-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(.*)$/is;
const ATTRIBUTE = /([^\s"'<>/=]+)(\s*=\s*)("[^"]*"|'[^']*'|[^\s"'>]+)/g;
/** Longest tag that is looked into. */
const MAX_TAG = 64 * 1024;

/** A URL as the client has to ask for it: one with an absolute path on the other end gets the prefix. Pure. */
export function rewriteUrl(url: string, { prefix, backend, requestHost }: LinkRules): string {
  const [, scheme = '', host = '', path = '', rest = ''] = URL_PARTS.exec(url) ?? [];
  if ((host !== '' && host !== backend && host !== requestHost) || !path.startsWith('/')) return url;
  const origin = host !== '' && host === requestHost ? `${scheme === '' ? '' : `${scheme}:`}//${host}` : '';
  if (path === prefix || path.startsWith(`${prefix}/`)) return `${origin}${path}${rest}`;
  const joined = posix.join('/', prefix, path);
  return `${origin}${path.endsWith('/') && !joined.endsWith('/') ? `${joined}/` : joined}${rest}`;
}

/** Rewrites the links of an HTML page that flows through. What is no tag stays byte for byte. */
export class HtmlLinkRewriter extends Transform {
  readonly #rules: LinkRules;
  #text = '';
  /** The element whose raw text we are in. */
  #raw: string | undefined;

  constructor(rules: LinkRules) {
    super();
    this.#rules = rules;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#text += chunk.toString('latin1');
    this.#pass(this.#take());
    done();
  }

  override _flush(done: TransformCallback): void {
    this.#pass(this.#text);
    done();
  }

  #pass(text: string): void {
    if (text !== '') this.push(Buffer.from(text, 'latin1'));
  }

  /** Rewrites what is complete, and keeps the rest. */
  #take(): string {
    let output = '';
    for (;;) {
      if (this.#raw !== undefined) {
        const end = this.#text.search(new RegExp(`</${this.#raw}`, 'i'));
        const length = end < 0 ? Math.max(0, this.#text.length - this.#raw.length - 2) : end;
        output += this.#cut(length);
        if (end < 0) return output;
        this.#raw = undefined;
      }
      const begin = this.#text.indexOf('<');
      if (begin < 0) return output + this.#cut(this.#text.length);
      output += this.#cut(begin);
      const length = tokenLength(this.#text);
      if (length === undefined) return this.#text.length > MAX_TAG ? output + this.#cut(this.#text.length) : output;
      const token = this.#cut(length);
      const name = /^<([a-z][a-z0-9]*)/i.exec(token)?.[1]?.toLowerCase();
      output += name === undefined ? token : this.#rewriteTag(name, token);
      if (name !== undefined && RAW_TEXT.has(name) && !token.endsWith('/>')) this.#raw = name;
    }
  }

  #cut(length: number): string {
    const text = this.#text.slice(0, length);
    this.#text = this.#text.slice(length);
    return text;
  }

  #rewriteTag(name: string, tag: string): string {
    const attributes = LINK_ATTRIBUTES.get(name);
    if (attributes === undefined) return tag;
    return tag.replace(ATTRIBUTE, (whole: string, attribute: string, equals: string, value: string) => {
      if (!attributes.includes(attribute.toLowerCase())) return whole;
      const quote = value.startsWith('"') || value.startsWith("'") ? value.charAt(0) : '';
      const url = quote === '' ? value : value.slice(1, -1);
      return `${attribute}${equals}${quote}${rewriteUrl(url, this.#rules)}${quote}`;
    });
  }
}

/** Length of the comment or tag that `text` begins with, 1 for a `<` that begins neither; `undefined`: not all is here. */
function tokenLength(text: string): number | undefined {
  if (text.startsWith('<!--') || '<!--'.startsWith(text)) {
    const end = text.indexOf('-->', 4);
    return end < 0 ? undefined : end + 3;
  }
  if (text.length < 2) return undefined;
  if (!/^<[/!?a-z]/i.test(text)) return 1;
  let quote = '';
  for (let at = 1; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '>') return at + 1;
  }
  return undefined;
}

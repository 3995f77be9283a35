import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { HtmlLinkRewriter, rewriteUrl, type LinkRules } from '../../src/kubelet/html-links';

const rules: LinkRules = {
  prefix: '/api/v1/namespaces/x/pods/p:80/proxy',
  backend: '10.1.2.3:80',
  requestHost: 'api.example:8080',
};

test.each([
  ['/index.html', '/api/v1/namespaces/x/pods/p:80/proxy/index.html'],
  ['/', '/api/v1/namespaces/x/pods/p:80/proxy/'],
  ['/a/?b=/c#/d', '/api/v1/namespaces/x/pods/p:80/proxy/a/?b=/c#/d'],
  ['http://10.1.2.3:80/login', '/api/v1/namespaces/x/pods/p:80/proxy/login'],
  ['http://api.example:8080/login/', 'http://api.example:8080/api/v1/namespaces/x/pods/p:80/proxy/login/'],
  ['/api/v1/namespaces/x/pods/p:80/proxy/done', '/api/v1/namespaces/x/pods/p:80/proxy/done'],
  ['relative/path', 'relative/path'],
  ['?only=query', '?only=query'],
  ['#fragment', '#fragment'],
  ['', ''],
  ['http://elsewhere/x', 'http://elsewhere/x'],
  ['//elsewhere/x', '//elsewhere/x'],
  ['mailto:somebody@example.org', 'mailto:somebody@example.org'],
  ['javascript:go()', 'javascript:go()'],
])('%s becomes %s', (url, expected) => {
  expect(rewriteUrl(url, rules)).toBe(expected);
});

const rewritten = async (page: string, cuts: readonly number[] = []): Promise<string> => {
  const bytes = Buffer.from(page);
  const pieces: Buffer[] = [];
  let at = 0;
  for (const cut of cuts) {
    pieces.push(bytes.subarray(at, at + cut));
    at += cut;
  }
  pieces.push(bytes.subarray(at));
  const source = Readable.from(
    pieces.filter(({ length }) => length > 0),
    { objectMode: false },
  );
  return (await buffer(source.pipe(new HtmlLinkRewriter(rules)))).toString();
};

const PAGE = `<!DOCTYPE html><!-- <a href="/comment"> --><html><head>
<title>a <b href="/title"> title</title><link rel=stylesheet href=/style.css><script>if (a < b) s = '<a href="/script">';</script>
</head><body background='/b.png'><a class="x > y" href="/a?x=1&amp;y=2">grüße</a> 1 < 2 <IMG SRC="/i.png" alt="/alt"/>
<form action="post"><a href="http://elsewhere/">e</a></form></body></html>`;
const EXPECTED = PAGE.replace('href=/style.css', `href=${rules.prefix}/style.css`)
  .replace("'/b.png'", `'${rules.prefix}/b.png'`)
  .replace('"/a?x', `"${rules.prefix}/a?x`)
  .replace('"/i.png"', `"${rules.prefix}/i.png"`);

test('links of a page lead through the proxy; comments, scripts, text and other attributes stay', async () => {
  expect(await rewritten(PAGE)).toBe(EXPECTED);
});

test('however the page is cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 30 }), async (cuts) => {
      expect(await rewritten(PAGE, cuts)).toBe(EXPECTED);
    }),
    { numRuns: 50 },
  );
});

test('what is no page stays byte for byte', async () => {
  const bytes = fc.uint8Array({ maxLength: 300 }).map((each) => Buffer.from(each));
  await fc.assert(
    fc.asyncProperty(bytes, async (each) => {
      const through = new HtmlLinkRewriter(rules);
      through.end(each);
      expect(await buffer(through)).toEqual(each);
    }),
  );
});

test.each(['<a href="/never closed', '<!-- never closed', '<script>never closed', '<', '<a', 'a <'])(
  'a page that ends in %s ends',
  async (page) => {
    expect(await rewritten(page)).toBe(page);
  },
);

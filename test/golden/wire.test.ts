import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { goldensFolder } from '@kubernetes-mesos/test-support';
import { startApiServerRole, type ApiServerFixture } from './api-server';
import type { CaseResult } from './replay';
import { rulesOf, unexplained } from './rules';

const goldens = goldensFolder();
const when = goldens === undefined ? describe.skip : describe;

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly status: number;
}

/** The body as it was sent; ids and versions that the command had read before are those of the object as it is now. */
async function bodyOf(url: string, { body, path }: Request): Promise<string> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  if (!/<(rvn?|uid|time)(:\d+)?>/.test(text)) return text;
  const found = (await (await fetch(`${url}${path}`)).json()) as Meta & { metadata?: Meta };
  const { uid = '', resourceVersion = '', creationTimestamp = '' } = found.metadata ?? found;
  return text
    .replace(/"?<rvn(:\d+)?>"?/g, String(resourceVersion))
    .replace(/<rv(:\d+)?>/g, String(resourceVersion))
    .replace(/<uid(:\d+)?>/g, uid)
    .replace(/<time>/g, creationTimestamp);
}

interface Meta {
  readonly uid?: string;
  readonly resourceVersion?: string | number;
  readonly creationTimestamp?: string;
}

/** Removes what a scenario left, which has been played in part. */
async function removeAll(url: string): Promise<void> {
  for (const plural of ['pods', 'replicationcontrollers', 'services', 'secrets', 'limitranges', 'resourcequotas']) {
    const collection = `${url}/api/v1/namespaces/default/${plural}`;
    const { items } = (await (await fetch(collection)).json()) as { items: { metadata: { name: string } }[] };
    for (const { metadata } of items)
      if (metadata.name !== 'kubernetes')
        await fetch(`${collection}/${metadata.name}?gracePeriodSeconds=0&propagationPolicy=Background`, {
          method: 'DELETE',
        });
  }
}

/** Sends the requests that a recorded command sent, in order, and compares the codes of the answers. */
async function play(url: string, folder: string, suite: string): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const scenario of readdirSync(join(folder, suite)).sort()) {
    if (scenario === 'suite.json') continue;
    await removeAll(url);
    // The recordings cut long bodies: what comes after one cannot be played.
    let isCut = false;
    for (const file of readdirSync(join(folder, suite, scenario)).sort()) {
      if (isCut) break;
      const recorded = JSON.parse(readFileSync(join(folder, suite, scenario, file), 'utf8')) as { wire?: Request[] };
      const diffs: string[] = [];
      for (const request of recorded.wire ?? []) {
        const { method, path, body, contentType, status } = request;
        isCut ||= typeof body === 'string';
        if (isCut) break;
        // An id that only that server gave.
        if (/<\w+(:\d+)?>/.test(path)) continue;
        const answer = await fetch(`${url}${path}`, {
          method,
          headers: { 'content-type': contentType ?? 'application/json' },
          ...(body === undefined ? {} : { body: await bodyOf(url, request) }),
        });
        const text = await answer.text();
        if (answer.status !== status)
          diffs.push(`${method} ${path}: wants ${status}, got ${answer.status} ${text.replace(/\s+/g, ' ')}`);
      }
      const name = `${suite}/${scenario}/${file.replace(/\.json$/, '')}`;
      results.push({ case: name, result: diffs.length === 0 ? 'pass' : 'fail', diffs });
    }
  }
  return results;
}

when('the requests that kubectl 0.14 and 1.0 sent', () => {
  let server: ApiServerFixture;

  beforeAll(async () => {
    server = await startApiServerRole(['--admission_control=AlwaysAdmit']);
  }, 60_000);
  afterAll(() => server.stop());

  test('are answered with the codes that they were answered with, or a rule says why', async () => {
    const folder = goldens ?? '';
    const results = [
      ...(await play(server.url, folder, 'kubectl-014')),
      ...(await play(server.url, folder, 'kubectl-100')),
    ];
    expect(results.length).toBeGreaterThan(300);
    expect(unexplained(results, rulesOf('wire.allow.json'))).toEqual([]);
  }, 120_000);
});

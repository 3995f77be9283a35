import { freePort, goldensFolder } from '@kubernetes-mesos/test-support';
import { completeCut } from './cut-json';
import type { CaseResult } from './replay';
import { rulesOf, unexplained } from './rules';
import { playOnEachStore } from './stores';
import { unlikeJson, unlikeTable, unusable } from './wire-answer';
import {
  isMembers,
  manifestOf,
  metaOf,
  nameOf,
  textOf,
  wireScenarios,
  type Members,
  type WireCase,
  type WireRequest,
} from './wire-case';

const goldens = goldensFolder();
const when = goldens === undefined ? describe.skip : describe;

/** Plays the requests of recorded commands, as the tool of a suite sent them. */
class WirePlayer {
  /** What the command before the present request read of one object: its ids stand in the requests that follow. */
  #lastRead: Members = {};

  constructor(
    private readonly url: string,
    private readonly agent: string,
  ) {}

  async play(command: WireCase): Promise<CaseResult> {
    const diffs: string[] = [];
    const answers: string[] = [];
    for (const request of command.wire) {
      const { method, status } = request;
      const path = this.#fill(request.path);
      const { text, status: code } = await this.#send(request, path, command);
      answers.push(text);
      const what = `${method} ${request.path}`;
      if (code !== status) diffs.push(`${what}: wants ${status}, got ${code} ${text.replace(/\s+/g, ' ')}`);
      else diffs.push(...unusable(request, text).map((problem) => `${what}: ${problem}`));
    }
    diffs.push(...unlikeTable(command, answers), ...unlikeJson(command, answers));
    return { case: command.name, result: diffs.length === 0 ? 'pass' : 'fail', diffs };
  }

  /** Removes what a scenario left. */
  async removeAll(): Promise<void> {
    for (const plural of ['pods', 'replicationcontrollers', 'services', 'secrets', 'limitranges', 'resourcequotas']) {
      const collection = `/api/v1/namespaces/default/${plural}`;
      const { items } = JSON.parse((await this.#fetch('GET', collection)).text) as { items: unknown[] };
      for (const item of items) {
        if (!/^kubernetes(-ro)?$/.test(nameOf(item)))
          await this.#fetch(
            'DELETE',
            `${collection}/${nameOf(item)}?gracePeriodSeconds=0&propagationPolicy=Background`,
          );
      }
    }
  }

  async #send(request: WireRequest, path: string, command: WireCase): Promise<{ text: string; status: number }> {
    const { method, body, contentType } = request;
    if (body === undefined) {
      const answer = await this.#fetch(method, path);
      const object: unknown = method === 'GET' && answer.status === 200 ? jsonOrNothing(answer.text) : undefined;
      if (isMembers(object) && nameOf(object) !== '') this.#lastRead = object;
      return answer;
    }
    const item = path.replace(/\/(status|finalize)(?=\?|$)/, '');
    const current: unknown = method === 'POST' ? {} : jsonOrNothing((await this.#fetch('GET', item)).text);
    const present = isMembers(current) ? current : {};
    const whole = typeof body === 'string' ? this.#complete(body, present, command) : body;
    return this.#fetch(method, path, fillIds(JSON.stringify(whole), present), contentType);
  }

  /** A body that the recording cut: the rest is in the object that the command changes, or in its manifest. */
  #complete(cut: string, present: Members, command: WireCase): unknown {
    const head = completeCut(cut, {}) as Members;
    const manifest = manifestOf(goldens ?? '', command).find((object) => nameOf(object) === nameOf(head));
    if (manifest === undefined) return completeCut(cut, present);
    return manifest['apiVersion'] === head['apiVersion'] ? completeCut(cut, manifest) : manifest;
  }

  #fill(path: string): string {
    return path.replace(/<uid(:\d+)?>/g, textOf(metaOf(this.#lastRead)['uid']));
  }

  async #fetch(
    method: string,
    path: string,
    body?: string,
    contentType?: string,
  ): Promise<{ text: string; status: number }> {
    const headers = { 'user-agent': this.agent, ...(contentType === undefined ? {} : { 'content-type': contentType }) };
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: Buffer.from(body) }),
    });
    return { text: await answer.text(), status: answer.status };
  }
}

/** Ids and versions that the command had read before are those of the object as it is now. */
function fillIds(text: string, present: Members): string {
  const { uid = '', resourceVersion = '', creationTimestamp = '' } = metaOf(present);
  return text
    .replace(/"?<rvn(:\d+)?>"?/g, String(resourceVersion))
    .replace(/<rv(:\d+)?>/g, String(resourceVersion))
    .replace(/<uid(:\d+)?>/g, String(uid))
    .replace(/<time>|\{\{t\d+\}\}/g, String(creationTimestamp));
}

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

async function play(url: string, suite: string, agent: string): Promise<CaseResult[]> {
  const player = new WirePlayer(url, agent);
  const results: CaseResult[] = [];
  for (const scenario of wireScenarios(goldens ?? '', suite)) {
    await player.removeAll();
    // The others (help, mistakes in the command line or the file) send nothing: only the tool itself can be tried.
    for (const command of scenario) if (command.wire.length > 0) results.push(await player.play(command));
  }
  return results;
}

const FLAGS = ['--advertise_address=127.0.0.1'];

when(
  'the requests of a tool of 2015 get the codes that they got, and answers that it can use and print as it did',
  () => {
    test.each([
      // Release 0.14 had a port for readers, with a service of its own.
      ['kubectl-014', 'kubectl/v0.14.1 (linux/amd64) kubernetes/unknown', freePort, 230],
      ['kubectl-100', 'kubectl/v1.0.0 (linux/amd64) kubernetes/cd82144', async (): Promise<number> => 0, 224],
    ] as const)(
      '%s, or a rule says why',
      async (suite, agent, readOnlyPort: () => Promise<number>, atLeast) => {
        const flags = async (): Promise<string[]> => [...FLAGS, `--read_only_port=${await readOnlyPort()}`];
        const rules = rulesOf('wire.allow.json').filter(({ cases }) => cases.source.includes(suite));
        for (const [store, results] of await playOnEachStore(flags, (url) => play(url, suite, agent))) {
          expect(results.length).toBeGreaterThanOrEqual(atLeast);
          expect({ store, unexplained: unexplained(results, rules) }).toEqual({ store, unexplained: [] });
        }
      },
      240_000,
    );
  },
);

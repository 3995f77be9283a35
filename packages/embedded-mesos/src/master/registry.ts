import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { decodeWire, stringifyWire } from '../link/wire';
import type { AgentInfo } from '@kubernetes-mesos/mesos';
import type { RegistryEntry } from './effects';

/** What of the cluster survives the master: which agents were admitted, which are unreachable or gone, and the weights. */
export interface RegistryContent {
  readonly agents: Map<string, AgentInfo>;
  readonly unreachable: Map<string, number>;
  readonly gone: Map<string, number>;
  readonly weights: Map<string, number>;
}

/** Entries after which the file is written anew at the next start. */
const COMPACT_AFTER = 1000;

/**
 * A file of one JSON entry per line, appended and synced before the master acts on a change. Frameworks and tasks are not
 * in it: a new master learns them from the agents, as Mesos does.
 */
export class Registry {
  readonly content: RegistryContent = {
    agents: new Map(),
    unreachable: new Map(),
    gone: new Map(),
    weights: new Map(),
  };
  readonly #path: string;
  #file: number | undefined;

  /** `path` need not exist. A torn last line (a crash while writing) is dropped. */
  constructor(path: string) {
    this.#path = path;
    mkdirSync(dirname(path), { recursive: true });
    const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
    const torn = lines.pop() ?? '';
    for (const line of lines) this.#apply(decodeWire(line) as RegistryEntry);
    if (torn !== '' || lines.length > COMPACT_AFTER) this.#rewrite();
    this.#file = openSync(path, 'a');
  }

  append(entries: readonly RegistryEntry[]): void {
    if (this.#file === undefined || entries.length === 0) return;
    for (const entry of entries) this.#apply(entry);
    writeSync(this.#file, entries.map((entry) => `${stringifyWire(entry)}\n`).join(''));
    fsyncSync(this.#file);
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #apply(entry: RegistryEntry): void {
    const { agents, unreachable, gone, weights } = this.content;
    switch (entry.change) {
      case 'admitted':
      case 'reachable': {
        const id = entry.agent.id?.value;
        if (id === undefined) return;
        agents.set(id, entry.agent);
        unreachable.delete(id);
        return;
      }
      case 'unreachable':
        agents.delete(entry.agentId);
        unreachable.set(entry.agentId, entry.at);
        return;
      case 'gone':
        agents.delete(entry.agentId);
        unreachable.delete(entry.agentId);
        gone.set(entry.agentId, entry.at);
        return;
      case 'removed':
        agents.delete(entry.agentId);
        return;
      case 'weight':
        weights.set(entry.role, entry.weight);
        return;
    }
  }

  #rewrite(): void {
    const { agents, unreachable, gone, weights } = this.content;
    const entries: RegistryEntry[] = [
      ...[...agents.values()].map((agent) => ({ change: 'admitted' as const, agent })),
      ...[...unreachable].map(([agentId, at]) => ({ change: 'unreachable' as const, agentId, at })),
      ...[...gone].map(([agentId, at]) => ({ change: 'gone' as const, agentId, at })),
      ...[...weights].map(([role, weight]) => ({ change: 'weight' as const, role, weight })),
    ];
    const temporary = `${this.#path}.new`;
    writeFileSync(temporary, entries.map((entry) => `${stringifyWire(entry)}\n`).join(''));
    renameSync(temporary, this.#path);
  }
}

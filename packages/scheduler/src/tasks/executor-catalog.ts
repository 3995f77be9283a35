import {
  fromMilli,
  reservationsOf,
  UNRESERVED,
  type CommandInfo,
  type ExecutorInfo,
  type Milli,
  type Resource,
  type ResourcePool,
} from '@kubernetes-mesos/mesos';
import { crc64Hex } from './crc64';

/** What the executors of one scheduler have in common on every agent. */
export interface ExecutorTemplate {
  readonly name: string;
  readonly source: string;
  /** Without what differs from agent to agent. */
  readonly command: CommandInfo;
  /** Charged once per agent; 0 charges nothing. */
  readonly cpus: Milli;
  readonly mem: Milli;
  /** Role that the framework's offers are allocated to. */
  readonly allocationRole: string;
  /** Reservation roles that executors may be charged to, in order. */
  readonly roles: readonly string[];
}

const ID_SUFFIX = '_k8sm-executor';

/**
 * Executor ids and infos. Mesos takes a task for a running executor only with an ExecutorInfo equal to the first one,
 * resources included; so the id carries a checksum of all of it, and an executor of any other id on an agent is of
 * another scheduler version (or of other flags) and cannot be used until it has ended.
 */
export class ExecutorCatalog {
  readonly #template: ExecutorTemplate;
  /** By executor id: what it is charged. Holds every variant that can be told without having seen it before. */
  readonly #variants = new Map<string, readonly Resource[]>();
  /** Ids by what is charged, so that the checksum is made once per variant and not per offer. */
  readonly #ids = new Map<string, string>();

  constructor(template: ExecutorTemplate) {
    this.#template = template;
    for (const role of [UNRESERVED, ...template.roles]) {
      this.#learn(
        this.#costs().map(([name, milli]): Resource => ({
          name,
          type: 'SCALAR',
          scalar: { value: fromMilli(milli) },
          ...(role === UNRESERVED ? {} : { reservations: [{ type: 'STATIC', role }] }),
        })),
      );
    }
  }

  get cpus(): Milli {
    return this.#template.cpus;
  }
  get mem(): Milli {
    return this.#template.mem;
  }

  isExecutorId(id: string): boolean {
    return id.endsWith(ID_SUFFIX);
  }
  /** Whether tasks can be given to a running executor of this id. */
  knows(id: string): boolean {
    return this.#variants.has(id);
  }

  /**
   * Takes an executor's resources out of what an agent offers, all from one role. @returns the executor's id, or
   * `undefined` (and nothing taken) when no role has room for it.
   */
  take(pool: ResourcePool): string | undefined {
    for (const role of this.#template.roles) {
      const taken: Resource[] = [];
      const fits = this.#costs().every(([name, milli]) => {
        const part = pool.takeScalar(name, milli, [role]);
        taken.push(...(part ?? []));
        return part !== undefined;
      });
      if (fits) return this.#learn(taken);
      for (const resource of taken) pool.add(resource);
    }
    return undefined;
  }

  /** @throws Error for an id that is not known */
  info(id: string, hostname: string): ExecutorInfo {
    const resources = this.#variants.get(id);
    if (resources === undefined) throw new Error(`unknown executor ${id}`);
    const { name, source, command } = this.#template;
    const hostFlag = `--hostname_override=${hostname}`;
    return {
      type: 'CUSTOM',
      executor_id: { value: id },
      name,
      source,
      command: { ...command, arguments: [...(command.arguments ?? []), hostFlag] },
      ...(resources.length === 0 ? {} : { resources }),
    };
  }

  #costs(): (readonly [string, Milli])[] {
    const costs: (readonly [string, Milli])[] = [
      ['cpus', this.#template.cpus],
      ['mem', this.#template.mem],
    ];
    return costs.filter(([, milli]) => milli > 0);
  }

  #learn(resources: readonly Resource[]): string {
    const charge = JSON.stringify(resources.map((each) => [each.name, each.scalar?.value, reservationsOf(each)]));
    const known = this.#ids.get(charge);
    if (known !== undefined) return known;
    const id = `${crc64Hex(checksumText(this.#template, charge))}${ID_SUFFIX}`;
    const allocation_info = { role: this.#template.allocationRole };
    this.#ids.set(charge, id);
    this.#variants.set(
      id,
      resources.map((resource) => ({ ...resource, allocation_info })),
    );
    return id;
  }
}

/** Everything that Mesos compares, less what differs between agents or follows from the framework. */
function checksumText(template: ExecutorTemplate, charge: string): string {
  const { name, source, command } = template;
  const environment = (command.environment?.variables ?? []).map((each) => `${each.name}=${each.value ?? ''}`).sort();
  const uris = (command.uris ?? [])
    .map((uri) => JSON.stringify([uri.value, uri.executable, uri.extract, uri.output_file]))
    .sort();
  return JSON.stringify([
    name,
    source,
    command.value,
    command.user,
    command.shell,
    command.arguments ?? [],
    environment,
    uris,
    charge,
  ]);
}

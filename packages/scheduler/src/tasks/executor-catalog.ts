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
  /** Where this scheduler serves files to executors, `http://host:port`: differs between schedulers of one framework. */
  readonly servedFrom?: string;
}

/** What Mesos has to be told again, word for word, to give tasks to an executor that runs already. Plain JSON. */
export interface ExecutorRecord {
  readonly id: string;
  /** Equal for executors that can stand in for each other. */
  readonly likeness: string;
  /** Without what differs from agent to agent. */
  readonly command: CommandInfo;
  readonly resources: readonly Resource[];
}

type Variant = Pick<ExecutorRecord, 'command' | 'resources'>;

/** More variants than a framework has at a time, short of changing its flags every day. */
const MAX_RECORDS = 64;

const ID_SUFFIX = '_k8sm-executor';

/**
 * Executor ids and infos. Mesos takes a task for a running executor only with an ExecutorInfo equal to the first one,
 * resources and the addresses of its files included; so the id carries a checksum of all of it. An executor that another
 * scheduler of the framework started can be used by whoever has its record and would start one alike. Any other is of
 * another version (or of other flags) and cannot be used until it has ended.
 */
export class ExecutorCatalog {
  readonly #template: ExecutorTemplate;
  readonly #likeness: string;
  readonly #onLearned: () => void;
  /** By executor id. Holds every variant that can be told without having seen it before, and the adopted ones. */
  readonly #variants = new Map<string, Variant>();
  /** Ids by what is charged, so that the checksum is made once per variant and not per offer. */
  readonly #ids = new Map<string, string>();
  /** Of executors that are not like ours: kept for others. */
  readonly #foreign: readonly ExecutorRecord[];

  /**
   * @param records of this scheduler and others, as of `records`
   * @param onLearned there is a new record, of an executor that is about to be started
   */
  constructor(template: ExecutorTemplate, records: readonly ExecutorRecord[] = [], onLearned = (): void => undefined) {
    this.#template = template;
    this.#likeness = likenessOf(template);
    this.#onLearned = () => undefined;
    this.#foreign = records.filter(({ likeness }) => likeness !== this.#likeness);
    for (const { id, likeness, command, resources } of records) {
      if (likeness === this.#likeness) this.#variants.set(id, { command, resources });
    }
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
    this.#onLearned = onLearned;
  }

  /** What a scheduler that follows needs to use the executors started so far, the newest last. */
  records(): readonly ExecutorRecord[] {
    const own = [...this.#variants].map(([id, variant]) => ({ id, likeness: this.#likeness, ...variant }));
    return [...this.#foreign, ...own].slice(-MAX_RECORDS);
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
    const variant = this.#variants.get(id);
    if (variant === undefined) throw new Error(`unknown executor ${id}`);
    const { command, resources } = variant;
    const { name, source } = this.#template;
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
    // Last in order: the newest.
    this.#variants.delete(id);
    this.#variants.set(id, {
      command: this.#template.command,
      resources: resources.map((resource) => ({ ...resource, allocation_info })),
    });
    this.#onLearned();
    return id;
  }
}

/** Equal for executors that differ only in where they fetch their files from, and in who is charged. */
function likenessOf(template: ExecutorTemplate): string {
  const { command, servedFrom, cpus, mem } = template;
  const local = (value: string): string =>
    servedFrom !== undefined && value.startsWith(`${servedFrom}/`) ? value.slice(servedFrom.length) : value;
  const uris = command.uris?.map((uri) => ({ ...uri, value: local(uri.value) }));
  const alike = { ...template, command: { ...command, ...(uris === undefined ? {} : { uris }) } };
  return crc64Hex(checksumText(alike, JSON.stringify([cpus, mem])));
}

/** Everything that Mesos compares, less what differs between agents or follows from the framework. */
function checksumText(template: ExecutorTemplate, charge: string): string {
  const { name, source, command, allocationRole } = template;
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
    // Mesos compares the role that the resources are allocated to as well; the default role adds nothing to the id.
    ...(allocationRole === UNRESERVED ? [] : [allocationRole]),
  ]);
}

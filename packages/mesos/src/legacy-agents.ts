import type { Attribute, MasterResponseGetAgents, MasterResponseGetAgentsAgent, Resource } from './messages';

/**
 * The agents of a master's `/slaves` or `/state` (plain JSON, not of the v1 API), as far as they tell what GET_AGENTS does:
 * who they are, where they listen, what they have, their attributes and fault domain, and whether they are active.
 */
export function agentsOfState(state: unknown): MasterResponseGetAgents {
  const list = (name: string): readonly unknown[] => {
    const value = isRecord(state) ? state[name] : undefined;
    return Array.isArray(value) ? value : [];
  };
  const recovered = list('recovered_slaves').flatMap((each) => agentOf(each)?.agent_info ?? []);
  return {
    agents: list('slaves').flatMap((each) => agentOf(each) ?? []),
    ...(recovered.length === 0 ? {} : { recovered_agents: recovered }),
  };
}

function agentOf(slave: unknown): MasterResponseGetAgentsAgent | undefined {
  if (!isRecord(slave)) return undefined;
  const { id, hostname, port, pid, version, active, deactivated, resources, attributes, domain } = slave;
  if (typeof id !== 'string' || typeof hostname !== 'string') return undefined;
  const total = resourcesOf(resources);
  const region = nameIn(domain, 'region');
  const zone = nameIn(domain, 'zone');
  return {
    agent_info: {
      hostname,
      id: { value: id },
      ...(typeof port === 'number' ? { port } : {}),
      resources: total,
      attributes: attributesOf(attributes),
      ...(region === undefined || zone === undefined
        ? {}
        : { domain: { fault_domain: { region: { name: region }, zone: { name: zone } } } }),
    },
    active: active === true,
    version: typeof version === 'string' ? version : '',
    ...(typeof pid === 'string' ? { pid } : {}),
    total_resources: total,
    deactivated: deactivated === true,
  };
}

/** Scalars only: of ranges, these endpoints give a text. Revocable ones have names of their own. */
function resourcesOf(resources: unknown): readonly Resource[] {
  if (!isRecord(resources)) return [];
  return Object.entries(resources).flatMap(([name, value]): Resource[] =>
    typeof value === 'number' ? [{ name, type: 'SCALAR', scalar: { value } }] : [],
  );
}

function attributesOf(attributes: unknown): readonly Attribute[] {
  if (!isRecord(attributes)) return [];
  return Object.entries(attributes).flatMap(([name, value]): Attribute[] => {
    if (typeof value === 'string') return [{ name, type: 'TEXT', text: { value } }];
    return typeof value === 'number' ? [{ name, type: 'SCALAR', scalar: { value } }] : [];
  });
}

/** `domain.fault_domain.<part>.name` */
function nameIn(domain: unknown, part: 'region' | 'zone'): string | undefined {
  const fault = isRecord(domain) ? domain['fault_domain'] : undefined;
  const place = isRecord(fault) ? fault[part] : undefined;
  const name = isRecord(place) ? place['name'] : undefined;
  return typeof name === 'string' ? name : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

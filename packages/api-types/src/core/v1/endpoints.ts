import type { EndpointAddress, EndpointPort, Endpoints } from '../../generated/core-v1.types';
import { notSupported, required, type FieldError } from '../../machinery/field-error';
import {
  dnsLabelProblems,
  dnsSubdomainProblems,
  portNumberProblems,
  qualifiedNameProblems,
} from '../../machinery/names';
import { pushInvalid } from '../../machinery/object-meta-validation';
import { defineCoreResource } from './define';
import { AGE_COLUMN, age, column, NAME_COLUMN, NONE } from './tables/columns';
import { ipProblems, validateNonSpecialIP } from './validation/ip';
import { PORT_PROTOCOLS } from './validation/ports';

/** So many addresses are listed in a table. */
const SHOWN_ADDRESSES = 3;

export const ENDPOINTS = defineCoreResource<Endpoints>({
  names: { plural: 'endpoints', singular: 'endpoints', kind: 'Endpoints', shortNames: ['ep'] },
  scope: 'Namespaced',
  strategy: {
    deleteAnswers: 'status',
    allowCreateOnUpdate: true,
    applyDefaults(endpoints) {
      for (const subset of endpoints.subsets ?? []) {
        for (const port of subset.ports ?? []) port.protocol ??= 'TCP';
      }
    },
    validate,
  },
  table: {
    columns: [NAME_COLUMN, column('Endpoints', 'Addresses and ports of what is ready.'), AGE_COLUMN],
    cells: (endpoints, nowMs) => [
      endpoints.metadata.name ?? '',
      formatEndpoints(endpoints),
      age(endpoints.metadata, nowMs),
    ],
  },
});

function validate(endpoints: Endpoints, errors: FieldError[]): void {
  for (const [index, subset] of (endpoints.subsets ?? []).entries()) {
    const path = `subsets[${index}]`;
    const { addresses = [], notReadyAddresses = [], ports = [] } = subset;
    if (addresses.length === 0 && notReadyAddresses.length === 0) {
      errors.push(required(path, 'must specify `addresses` or `notReadyAddresses`'));
    }
    addresses.forEach((address, at) => validateAddress(address, `${path}.addresses[${at}]`, errors));
    notReadyAddresses.forEach((address, at) => validateAddress(address, `${path}.notReadyAddresses[${at}]`, errors));
    ports.forEach((port, at) => validatePort(port, ports.length > 1, `${path}.ports[${at}]`, errors));
  }
}

function validateAddress(address: EndpointAddress, path: string, errors: FieldError[]): void {
  const { ip = '', hostname = '', nodeName } = address as Partial<EndpointAddress>;
  pushInvalid(errors, `${path}.ip`, ip, ipProblems(ip));
  if (hostname !== '') pushInvalid(errors, `${path}.hostname`, hostname, dnsLabelProblems(hostname));
  if (nodeName !== undefined) pushInvalid(errors, `${path}.nodeName`, nodeName, dnsSubdomainProblems(nodeName));
  validateNonSpecialIP(ip, `${path}.ip`, errors);
}

function validatePort(port: EndpointPort, needsName: boolean, path: string, errors: FieldError[]): void {
  const { name = '', protocol = '', appProtocol } = port;
  const number = (port as Partial<EndpointPort>).port ?? 0;
  if (name !== '') pushInvalid(errors, `${path}.name`, name, dnsLabelProblems(name));
  else if (needsName) errors.push(required(`${path}.name`));
  pushInvalid(errors, `${path}.port`, number, portNumberProblems(number));
  if (protocol === '') errors.push(required(`${path}.protocol`));
  else if (!PORT_PROTOCOLS.includes(protocol)) errors.push(notSupported(`${path}.protocol`, protocol, PORT_PROTOCOLS));
  if (appProtocol !== undefined) {
    pushInvalid(errors, `${path}.appProtocol`, appProtocol, qualifiedNameProblems(appProtocol));
  }
}

function formatEndpoints({ subsets = [] }: Endpoints): string {
  if (subsets.length === 0) return NONE;
  const shown: string[] = [];
  let count = 0;
  for (const { addresses = [], ports = [] } of subsets) {
    for (const port of ports.length === 0 ? [undefined] : ports) {
      count += addresses.length;
      for (const { ip = '' } of addresses.slice(0, SHOWN_ADDRESSES - shown.length)) {
        const host = ip.includes(':') ? `[${ip}]` : ip;
        shown.push(port === undefined ? ip : `${host}:${port.port ?? 0}`);
      }
    }
  }
  const text = shown.join(',');
  return count > SHOWN_ADDRESSES ? `${text} + ${count - SHOWN_ADDRESSES} more...` : text;
}

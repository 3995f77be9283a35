import type { PodDNSConfig } from '../../../generated/core-v1.types';
import { invalid, required, type FieldError } from '../../../machinery/field-error';
import { child, element, type FieldPath } from '../../../machinery/field-path';
import { dnsSubdomainProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';
import { ipFamily } from './ip';

const MAX_NAMESERVERS = 3;
const MAX_SEARCH_PATHS = 32;
const MAX_SEARCH_LENGTH = 2048;

export function validateDnsConfig(
  config: PodDNSConfig | undefined,
  policy: string | undefined,
  path: FieldPath,
  errors: FieldError[],
): void {
  if (policy === 'None') {
    if (config === undefined) {
      errors.push(required(path, 'must provide `dnsConfig` when `dnsPolicy` is None'));
      return;
    }
    if ((config.nameservers ?? []).length === 0) {
      const detail = 'must provide at least one DNS nameserver when `dnsPolicy` is None';
      errors.push(required(child(path, 'nameservers'), detail));
      return;
    }
  }
  if (config === undefined) return;
  const { nameservers = [], searches = [], options = [] } = config;
  if (nameservers.length > MAX_NAMESERVERS) {
    const detail = `must not have more than ${MAX_NAMESERVERS} nameservers`;
    errors.push(invalid(child(path, 'nameservers'), nameservers, detail));
  }
  for (const [index, server] of nameservers.entries()) {
    if (ipFamily(server) !== 0) continue;
    errors.push(invalid(element(child(path, 'nameservers'), index), server, 'must be valid IP address'));
  }
  validateSearches(searches, child(path, 'searches'), errors);
  for (const [index, { name = '' }] of options.entries()) {
    if (name === '') errors.push(required(element(child(path, 'options'), index), 'must not be empty'));
  }
}

function validateSearches(searches: readonly string[], path: FieldPath, errors: FieldError[]): void {
  if (searches.length > MAX_SEARCH_PATHS) {
    errors.push(invalid(path, searches, `must not have more than ${MAX_SEARCH_PATHS} search paths`));
  }
  if (searches.join(' ').length > MAX_SEARCH_LENGTH) {
    const detail = `must not have more than ${MAX_SEARCH_LENGTH} characters (including spaces) in the search list`;
    errors.push(invalid(path, searches, detail));
  }
  for (const [index, search] of searches.entries()) {
    if (search === '.') continue;
    const name = search.endsWith('.') ? search.slice(0, -1) : search;
    // Unlike elsewhere, an underscore counts as a letter.
    if (dnsSubdomainProblems(name.replaceAll('_', 'a')).length === 0) continue;
    pushInvalid(errors, element(path, index), name, dnsSubdomainProblems(name));
  }
}

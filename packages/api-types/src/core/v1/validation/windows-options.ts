import type { WindowsSecurityContextOptions } from '../../../generated/core-v1.types';
import { invalid, type FieldError } from '../../../machinery/field-error';
import { child, type FieldPath } from '../../../machinery/field-path';
import { dnsSubdomainProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';

const MAX_GMSA_SPEC = 64 * 1024;
const MAX_DOMAIN = 256;
const MAX_USER = 104;
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\0-\x1f\x7f]/;
const NET_BIOS_DOMAIN = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const DNS_PART = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?';
const DNS_DOMAIN = new RegExp(`^${DNS_PART}(?:\\.${DNS_PART})*$`);
const BAD_USER_CHARACTERS = /["/\\:;|=,+*?<>@[\]]/;

export function validateWindowsOptions(
  options: WindowsSecurityContextOptions,
  path: FieldPath,
  errors: FieldError[],
): void {
  const { gmsaCredentialSpecName: specName, gmsaCredentialSpec: credentials, runAsUserName: user } = options;
  if (specName !== undefined) {
    pushInvalid(errors, child(path, 'gmsaCredentialSpecName'), specName, dnsSubdomainProblems(specName));
  }
  const field = child(path, 'gmsaCredentialSpec');
  if (credentials === '') errors.push(invalid(field, '', 'gmsaCredentialSpec cannot be an empty string'));
  else if (credentials !== undefined && Buffer.byteLength(credentials) > MAX_GMSA_SPEC) {
    errors.push(invalid(field, credentials, 'gmsaCredentialSpec size must be under 64 KiB'));
  }
  if (user !== undefined) {
    for (const problem of userProblems(user)) errors.push(invalid(child(path, 'runAsUserName'), user, problem));
  }
}

/** A user as Windows names one: `DOMAIN\user`, or the user alone. */
function userProblems(name: string): string[] {
  if (name === '') return ['runAsUserName cannot be an empty string'];
  if (CONTROL.test(name)) return ['runAsUserName cannot contain control characters'];
  const parts = name.split('\\');
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash'];
  const user = parts.at(-1) ?? '';
  const domain = parts.length === 2 ? (parts[0] ?? '') : undefined;
  const problems: string[] = [];
  if (domain !== undefined && domain.length >= MAX_DOMAIN) {
    problems.push(`runAsUserName's Domain length must be under ${MAX_DOMAIN} characters`);
  }
  if (domain !== undefined && !NET_BIOS_DOMAIN.test(domain) && !DNS_DOMAIN.test(domain)) {
    problems.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
  }
  if (user === '') problems.push("runAsUserName's User cannot be empty");
  else if (user.length > MAX_USER) {
    problems.push(`runAsUserName's User length must not be longer than ${MAX_USER} characters`);
  }
  if (/^[. ]+$/.test(user)) problems.push("runAsUserName's User cannot contain only periods or spaces");
  if (BAD_USER_CHARACTERS.test(user)) {
    problems.push('runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]');
  }
  return problems;
}

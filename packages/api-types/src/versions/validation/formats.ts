/** The syntax rules of release 0.14 and the words in which it refused what breaks them. */

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const LABEL_952 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const TOKEN = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const QUALIFIED = `(${TOKEN}/)?${TOKEN}`;
const LABEL_VALUE = `(${TOKEN})?`;
const C_IDENTIFIER = '[A-Za-z_][A-Za-z0-9_]*';

/** A rule for texts; `detail` says what is expected. */
export interface TextFormat {
  readonly detail: string;
  readonly accepts: (text: string) => boolean;
}

export const dnsLabel = limited(LABEL, 63);
export const dnsSubdomain = limited(SUBDOMAIN, 253);
/** Names of services. */
export const dns952Label = limited(LABEL_952, 24);
export const qualifiedName = limited(QUALIFIED, 253);
export const labelValue = limited(LABEL_VALUE, 63);
export const cIdentifier: TextFormat = { ...matching(C_IDENTIFIER), detail: `must match regex ${C_IDENTIFIER}` };
/** Keys of secrets are subdomains, but the refusal speaks of identifiers. */
export const secretKey: TextFormat = { detail: cIdentifier.detail, accepts: dnsSubdomain.accepts };

export const PORT_RANGE_DETAIL = 'must be greater than 0 and less than 65536';

export function isPort(port: number): boolean {
  return port > 0 && port < 65536;
}

function limited(pattern: string, maxLength: number): TextFormat {
  const { accepts } = matching(pattern);
  return {
    detail: `must have at most ${maxLength} characters and match regex ${pattern}`,
    accepts: (text) => text.length <= maxLength && accepts(text),
  };
}

function matching(pattern: string): Pick<TextFormat, 'accepts'> {
  const whole = new RegExp(`^(?:${pattern})$`);
  return { accepts: (text) => whole.test(text) };
}

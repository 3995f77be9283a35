import type { LimitRangeItem } from '../../../generated/core-v1.types';
import { duplicate, forbidden, invalid, required, type FieldError } from '../../../machinery/field-error';
import { child, keyed, type FieldPath } from '../../../machinery/field-path';
import { qualifiedNameProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';
import { ownMember } from '../../../machinery/own-member';
import { parseQuantity, Quantity } from '../../../machinery/quantity';
import { isOvercommitAllowed, validateContainerResourceName, validateResourceName } from './resource-names';

const STANDARD_TYPES: ReadonlySet<string> = new Set(['Pod', 'Container', 'PersistentVolumeClaim']);
const ONE = Quantity.fromInteger(1);

export function validateLimitRangeItems(items: readonly LimitRangeItem[], errors: FieldError[]): void {
  const types = new Set<string>();
  for (const [index, item] of items.entries()) {
    const path = `spec.limits[${index}]`;
    validateType(item.type, child(path, 'type'), errors);
    if (types.has(item.type)) errors.push(duplicate(child(path, 'type'), item.type));
    types.add(item.type);
    validateItem(item, path, errors);
  }
}

function validateType(type: string, path: FieldPath, errors: FieldError[]): void {
  const problems = qualifiedNameProblems(type ?? '');
  pushInvalid(errors, path, type ?? '', problems);
  if (problems.length === 0 && !type.includes('/') && !STANDARD_TYPES.has(type)) {
    errors.push(invalid(path, type, 'must be a standard limit type or fully qualified'));
  }
}

interface Bound {
  readonly value: Quantity | undefined;
  readonly words: string;
}

type ListName = 'max' | 'min' | 'default' | 'defaultRequest' | 'maxLimitRequestRatio';

function validateItem(item: LimitRangeItem, path: FieldPath, errors: FieldError[]): void {
  const names = new Set<string>();
  const checkNames = (list: ListName): void => {
    for (const name of Object.keys(item[list] ?? {})) {
      const check =
        item.type === 'Pod' || item.type === 'Container' ? validateContainerResourceName : validateResourceName;
      check(name, keyed(child(path, list), name), errors);
      names.add(name);
    }
  };
  checkNames('max');
  checkNames('min');
  const isPod = item.type === 'Pod';
  for (const list of ['default', 'defaultRequest'] as const) {
    if (!isPod) checkNames(list);
    else if (Object.keys(item[list] ?? {}).length > 0) {
      errors.push(forbidden(child(path, list), "may not be specified when `type` is 'Pod'"));
    }
  }
  if (
    item.type === 'PersistentVolumeClaim' &&
    item.min?.['storage'] === undefined &&
    item.max?.['storage'] === undefined
  ) {
    const detail = 'either minimum or maximum storage value is required, but neither was provided';
    errors.push(required(child(path, 'limits'), detail));
  }
  checkNames('maxLimitRequestRatio');
  for (const name of names) validateBounds(item, name, path, errors);
}

/** min <= defaultRequest <= default <= max, and a ratio that they can reach. */
function validateBounds(item: LimitRangeItem, name: string, path: FieldPath, errors: FieldError[]): void {
  const get = (list: ListName): Quantity | undefined => {
    const text = item.type === 'Pod' && list.startsWith('default') ? undefined : ownMember(item[list], name);
    return text === undefined ? undefined : parseQuantity(text);
  };
  const min = get('min');
  const max = get('max');
  const limit = get('default');
  const request = get('defaultRequest');
  const ratio = get('maxLimitRequestRatio');
  const refuse = (list: ListName, shown: Quantity, detail: string): void => {
    errors.push(invalid(keyed(child(path, list), name), shown.toString(), detail));
  };
  const bound = (list: ListName, low: Bound, high: Bound, shown: Bound): void => {
    if (low.value === undefined || high.value === undefined || low.value.compare(high.value) <= 0) return;
    const detail = `${low.words} ${low.value.toString()} is greater than ${high.words} ${high.value.toString()}`;
    refuse(list, shown.value ?? low.value, detail);
  };
  const least = { value: min, words: 'min value' };
  const most = { value: max, words: 'max value' };
  const asked = { value: request, words: 'default request value' };
  bound('min', least, most, least);
  bound('defaultRequest', least, asked, asked);
  bound('defaultRequest', asked, most, asked);
  bound('defaultRequest', asked, { value: limit, words: 'default limit value' }, asked);
  const given = { value: limit, words: 'default value' };
  bound('default', least, given, least);
  bound('default', given, most, most);
  if (ratio !== undefined) {
    if (ratio.compare(ONE) < 0) refuse('maxLimitRequestRatio', ratio, `ratio ${ratio.toString()} is less than 1`);
    const reachable = min === undefined || max === undefined ? undefined : max.toNumber() / min.toNumber();
    if (reachable !== undefined && ratio.toNumber() > reachable) {
      refuse(
        'maxLimitRequestRatio',
        ratio,
        `ratio ${ratio.toString()} is greater than max/min = ${reachable.toFixed(6)}`,
      );
    }
  }
  if (limit !== undefined && request !== undefined && !isOvercommitAllowed(name) && !limit.equals(request)) {
    refuse(
      'defaultRequest',
      request,
      `default value ${limit.toString()} must equal to defaultRequest value ${request.toString()} in ${name}`,
    );
  }
}

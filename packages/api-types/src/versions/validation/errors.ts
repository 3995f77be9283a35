import type { FieldError, FieldErrorReason } from '../../machinery/field-error';
import type { TextFormat } from './formats';

/** Collects what is wrong below one path of an object, in the order in which it is found. */
export class Problems {
  readonly list: FieldError[];

  constructor(
    private readonly path = '',
    list: FieldError[] = [],
  ) {
    this.list = list;
  }

  /** The same collection, for a part of the object: `containers[0]`, `name`. */
  at(part: string): Problems {
    const separator = this.path === '' || part.startsWith('[') ? '' : '.';
    return new Problems(`${this.path}${separator}${part}`, this.list);
  }

  required(): void {
    this.#add('FieldValueRequired', undefined, '');
  }

  invalid(value: unknown, detail: string): void {
    this.#add('FieldValueInvalid', value, detail);
  }

  notSupported(value: unknown): void {
    this.#add('FieldValueNotSupported', value, '');
  }

  duplicate(value: unknown): void {
    this.#add('FieldValueDuplicate', value, '');
  }

  notFound(value: unknown): void {
    this.#add('FieldValueNotFound', value, '');
  }

  forbidden(value: unknown): void {
    this.#add('FieldValueForbidden', value, '');
  }

  /** A refusal that names no field. */
  plain(text: string): void {
    this.list.push({ reason: 'InternalError', field: '', detail: text });
  }

  /** A text that must be there and of a form. */
  requireText(text: string, format: TextFormat): void {
    if (text === '') this.required();
    else this.checkText(text, format);
  }

  checkText(text: string, format: TextFormat): void {
    if (!format.accepts(text)) this.invalid(text, format.detail);
  }

  #add(reason: FieldErrorReason, value: unknown, detail: string): void {
    this.list.push({ reason, field: this.path, value, detail });
  }
}

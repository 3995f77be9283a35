import type { KubeObject } from './object';

/** Columns of `kubectl get`, as the server prints them. */
export interface TableDefinition<T extends KubeObject> {
  readonly columns: readonly TableColumn[];
  /** One cell a column, in their order. `nowMs`: wall clock, for ages. */
  cells(object: T, nowMs: number): TableCell[];
  /** What the row says of the object besides its cells; pods that have ended only. */
  conditions?(object: T): TableRowCondition[];
}

export interface TableRowCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

export interface TableColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly format: '' | 'name';
  readonly description: string;
  /** 0 is always shown, 1 only with `-o wide`. */
  readonly priority: 0 | 1;
}

export type TableCell = string | number | boolean | null;

// An app as far as access to it goes.

export interface Deployable {
  readonly name: string;
  /** Role ids that may deploy and roll back this app besides operators. */
  readonly deployers: readonly string[];
}

/** What a process of the in-process bench is told. */
export interface Job {
  readonly reactants: number;
  readonly messages: number;
}

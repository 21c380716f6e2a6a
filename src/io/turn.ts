/** Turn: does something once at the end of this turn of the event loop, however often it is asked to. */
export class Turn {
  readonly #act: () => void;
  #immediate: NodeJS.Immediate | undefined;

  constructor(act: () => void) {
    this.#act = act;
  }

  ask(): void {
    this.#immediate ??= setImmediate(() => {
      this.#immediate = undefined;
      this.#act();
    });
  }

  cancel(): void {
    clearImmediate(this.#immediate);
    this.#immediate = undefined;
  }
}

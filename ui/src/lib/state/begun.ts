type Line = {
  line: string;
  /** It is to stay on this device. */
  here?: boolean;
  /** Words in it that were understood and are not meant. */
  dismissed?: readonly string[];
};

/** Lines for something new that were begun and left, by what they are for. */
export class Begun {
  readonly #lines = new Map<string, Line>();

  get(what: string): Line | undefined {
    return this.#lines.get(what);
  }

  set(what: string, line: Line): void {
    this.#lines.set(what, line);
  }

  /** That line was made into something, wherever its person is by now. */
  end(what: string, line: string): void {
    if (this.#lines.get(what)?.line.trim() === line.trim()) this.#lines.delete(what);
  }
}

/** What the names of the file mean to the grammar, scope by scope: a type, or something that hides one. */
export class Scopes {
  readonly #scopes: Map<string, boolean>[] = [new Map()];
  /** Where set, what is declared at file scope is noted here as well. */
  log: Map<string, boolean> | undefined;

  get depth(): number {
    return this.#scopes.length;
  }

  push(): void {
    this.#scopes.push(new Map());
  }

  pop(): void {
    this.#scopes.pop();
  }

  /** Back to an earlier depth, after an error. */
  restore(depth: number): void {
    this.#scopes.length = depth;
  }

  declare(name: string, isType: boolean): void {
    this.#scopes[this.#scopes.length - 1]!.set(name, isType);
    if (this.log && this.#scopes.length === 1) this.log.set(name, isType);
  }

  /** Whether a scope inside of the file's declares the name. */
  isInner(name: string): boolean {
    for (let i = this.#scopes.length - 1; i > 0; i--) if (this.#scopes[i]!.has(name)) return true;
    return false;
  }

  /** Whether the name is a type in the innermost scope that declares it; nothing where none does. */
  isType(name: string): boolean | undefined {
    for (let i = this.#scopes.length - 1; i >= 0; i--) {
      const found = this.#scopes[i]!.get(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

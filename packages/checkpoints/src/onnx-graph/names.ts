/** Names of a model, where any text is a name, as names of our graph: letters, digits and `_ . - /`, not starting with a sign. */
export interface NameBook {
  /** The name of a value of the model: the same each time. */
  of(value: string): string;
  /** A name that nothing has, like that of a value. */
  fresh(value: string): string;
}

const LONGEST = 200;

export function createNameBook(): NameBook {
  const taken = new Set<string>();
  const next = new Map<string, number>(); // so that a file of a hundred thousand equal names takes no hour
  const known = new Map<string, string>();
  const fresh = (value: string) => {
    const plain = value.slice(0, LONGEST).replaceAll(/[^\w./-]/g, '_');
    const base = /^[A-Za-z0-9]/.test(plain) ? plain : `v${plain}`;
    let name = base;
    for (let i = next.get(base) ?? 2; taken.has(name); i++) {
      name = `${base}.${i}`;
      next.set(base, i + 1);
    }
    taken.add(name);
    return name;
  };
  return {
    fresh,
    of(value) {
      const name = known.get(value) ?? fresh(value);
      known.set(value, name);
      return name;
    },
  };
}

/** What of `navigator` names the browser. */
export interface Named {
  readonly userAgent: string;
  readonly userAgentData?: {
    readonly brands: readonly { readonly brand: string; readonly version: string }[];
    readonly platform: string;
  };
}

/** The order matters: most browsers also call themselves Chrome or Safari. */
const patterns: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['Edge', /Edg(?:A|iOS)?\/([\d.]+)/],
  ['Opera', /OPR\/([\d.]+)/],
  ['Firefox', /(?:Firefox|FxiOS)\/([\d.]+)/],
  ['Chrome', /(?:HeadlessChrome|Chrome|CriOS)\/([\d.]+)/],
  ['Safari', /Version\/([\d.]+).*Safari/],
];

const systems: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['Android', /Android/],
  ['iOS', /iPhone|iPad/],
  ['Windows', /Windows/],
  ['macOS', /Mac OS X/],
  ['Linux', /Linux/],
];

/** The browser and the system, as people call them: `Chrome 147 on Windows`. */
export function browserName({ userAgent, userAgentData }: Named): string {
  const system = userAgentData?.platform ?? systems.find(([, pattern]) => pattern.test(userAgent))?.[0];
  const on = system === undefined || system === '' ? '' : ` on ${system}`;
  // the list has an invented brand, so that nobody relies on its order
  const brand = userAgentData?.brands.find(({ brand: name }) => !/not.?a.?brand|^chromium$/i.test(name));
  if (brand !== undefined) return `${brand.brand} ${brand.version}${on}`;
  for (const [name, pattern] of patterns) {
    const version = pattern.exec(userAgent)?.[1];
    if (version !== undefined) return `${name} ${version}${on}`;
  }
  return `a browser${on}`;
}

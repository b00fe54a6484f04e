/** E07xx: the command line and files. One line a message; codes are never reused. */
export const cliCodes = {
  E0701: (path: string) => `no file called '${path}'`,
  E0702: (path: string, why: string) => `cannot read '${path}': ${why}`,
  E0703: (path: string) => `'${path}' is not text: it holds bytes that are no UTF-8`,
  E0704: (path: string, why: string) => `cannot write '${path}': ${why}`,
  E0705: (path: string) => `'${path}' is a folder`,
  E0706: (path: string) => `the folder of '${path}' does not exist`,
  E0707: (code: string) => `no diagnostic is called '${code}'`,
  E0709: (name: string, object: string) => `no program '${name}' in '${object}'`,
  E0710: (path: string, size: number) => `'${path}' is too large: ${size} bytes`,
  E0711: (path: string) => `'${path}' is empty`,
  E0715: (path: string) => `the log from '${path}' tells of no refusal`,
  E0720: (path: string) => `'${path}' is not what this build makes`,
  E0721: (path: string, why: string) => `cannot take the options in '${path}': ${why}`,
  E0722: (path: string) => `'${path}' is no list of compile commands`,
} as const;

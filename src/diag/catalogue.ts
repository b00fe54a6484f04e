import { cliCodes } from "./codes/cli.ts";
import { codegenCodes } from "./codes/codegen.ts";
import { kernelCodes } from "./codes/kernel.ts";
import { kernelLogCodes } from "./codes/kernel-log.ts";
import { objectCodes } from "./codes/object.ts";
import { semaCodes } from "./codes/sema.ts";
import { syntaxCodes } from "./codes/syntax.ts";
import { verifierCodes } from "./codes/verifier.ts";
import { warningTexts } from "./codes/warnings.ts";

/** Everything that bpfasm can refuse, by code. `docs/errors/CODE.md` explains each. */
export const errorTexts = {
  ...syntaxCodes,
  ...semaCodes,
  ...kernelCodes,
  ...codegenCodes,
  ...verifierCodes,
  ...kernelLogCodes,
  ...objectCodes,
  ...cliCodes,
} as const;

export { warningTexts };
export type ErrorCode = keyof typeof errorTexts;
export type WarningName = keyof typeof warningTexts;

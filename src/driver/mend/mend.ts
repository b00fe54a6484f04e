/** Which mend goes with which code of the verifier. */
import type { Edit } from "../../diag/diagnostic.ts";
import type { Span } from "../../support/span.ts";
import { localCopy } from "./context.ts";
import { boundIndex } from "./index.ts";
import { gplLicense } from "./license.ts";
import { nullCheck } from "./null-check.ts";
import { packetEnd } from "./packet.ts";
import { leakingReturn, release } from "./release.ts";
import { rightResult, wrongReturn } from "./result.ts";
import { anotherSection, atTheEnd, taskPointer } from "./section.ts";
import { boundSize } from "./size.ts";
import type { Mender, Placer, Trouble } from "./trouble.ts";

const sizeOrIndex: Mender = (t) => (t.finding.cause.callee === undefined ? boundIndex(t) : boundSize(t));

const menders: Readonly<Record<string, Mender>> = {
  E0509: taskPointer,
  E0510: nullCheck,
  E0511: localCopy,
  E0515: atTheEnd,
  E0518: sizeOrIndex,
  E0520: sizeOrIndex,
  E0523: sizeOrIndex,
  E0524: sizeOrIndex,
  E0525: sizeOrIndex,
  E0526: sizeOrIndex,
  E0533: gplLicense,
  E0537: nullCheck,
  E0539: sizeOrIndex,
  E0546: anotherSection,
  E0547: gplLicense,
  E0548: anotherSection,
  E0550: nullCheck,
  E0551: boundSize,
  E0558: anotherSection,
  E0560: release,
  E0562: rightResult,
  E0580: packetEnd,
};

/** Where a `return` is the place, whose line the machine's one exit does not have. */
const placers: Readonly<Record<string, Placer>> = { E0560: leakingReturn, E0562: wrongReturn };

export interface Mend {
  /** All in the main file; none where no mend is known. */
  readonly edits: readonly Edit[];
  /** What may be done instead. */
  readonly alternatives?: readonly (readonly Edit[])[];
  /** The place to tell of instead of the finding's own. */
  readonly at?: Span;
}

export function mend(trouble: Trouble): Mend {
  const { code } = trouble.finding;
  const isOurs = (edits: readonly Edit[]) => edits.every(({ span }) => span.file === trouble.tree.file.id);
  const found = (menders[code]?.(trouble) ?? []).filter((edits) => edits.length > 0 && isOurs(edits));
  const [edits = [], ...alternatives] = unlike(found);
  const at = placers[code]?.(trouble);
  return { edits, ...(alternatives.length > 0 && { alternatives }), ...(at && !at.via && { at }) };
}

/** Each once. */
function unlike(all: readonly (readonly Edit[])[]): readonly (readonly Edit[])[] {
  const seen = new Set<string>();
  return all.filter((edits) => {
    const key = JSON.stringify(edits);
    return !seen.has(key) && seen.add(key);
  });
}

// The confusion table of a group, its disagreements by name, and what is most often not modelled.
const VERDICTS = ["accepted", "rejected", "unknown"];
const share = (part, whole) => (whole === 0 ? "" : `${((100 * part) / whole).toFixed(1)} %`);

const count = (rows, ours, truth) =>
  rows.filter((row) => row.ours.verdict === ours && row.truth.verdict === truth).length;

/** Prints the table; returns whether the bars are met. */
export function confusion(title, rows, unknownAllowed) {
  const accepted = rows.filter((row) => row.truth.verdict === "accepted").length;
  console.log(`\n${title}: ${rows.length} programs`);
  console.log("  ours        kernel accepts   kernel rejects");
  for (const ours of VERDICTS) {
    const [a, r] = [count(rows, ours, "accepted"), count(rows, ours, "rejected")];
    console.log(`  ${ours.padEnd(10)} ${String(a).padStart(15)} ${String(r).padStart(16)}`);
  }
  const wrong = count(rows, "accepted", "rejected");
  const strict = count(rows, "rejected", "accepted");
  const unknown = rows.filter((row) => row.ours.verdict === "unknown").length;
  console.log(`  accepted but refused by the kernel: ${wrong} (none allowed)`);
  console.log(
    `  refused but accepted by the kernel: ${strict} of ${accepted}, ${share(strict, accepted)} (1 % allowed)`,
  );
  console.log(`  unknown: ${unknown}, ${share(unknown, rows.length)} (${unknownAllowed} % allowed)`);
  return wrong === 0 && strict * 100 <= accepted && unknown * 100 <= unknownAllowed * rows.length;
}

/** Every program on which the two differ, with both reasons. */
export function disagreements(rows) {
  for (const { name, section, truth, ours } of rows) {
    if (ours.verdict === "unknown" || ours.verdict === truth.verdict) continue;
    console.log(`\n${name} (${section})`);
    console.log(`  kernel: ${truth.verdict}${truth.why ? `, ${truth.why}` : ""}`);
    console.log(`  ours:   ${ours.verdict}${ours.why ? `, ${ours.why}` : ""}`);
  }
}

/** What keeps programs from being judged, most often first. */
export function unknowns(rows, most = 40) {
  const times = new Map();
  for (const { ours } of rows) {
    if (ours.verdict !== "unknown") continue;
    times.set(ours.why, (times.get(ours.why) ?? 0) + 1);
  }
  for (const [why, n] of [...times].sort((a, b) => b[1] - a[1]).slice(0, most)) {
    console.log(`${String(n).padStart(6)} ${why}`);
  }
}

/** How many instructions ours and the kernel follow, as a geometric mean of the ratio. */
export function processedTable(rows) {
  const both = rows.filter(
    ({ truth, ours }) => truth.verdict === "accepted" && ours.verdict === "accepted" && truth.processed > 0,
  );
  const logs = both.map(({ truth, ours }) => Math.log(ours.processed / truth.processed));
  const mean = Math.exp(logs.reduce((sum, v) => sum + v, 0) / Math.max(1, logs.length));
  console.log(
    `  processed instructions, ours by the kernel's: ${mean.toFixed(2)} in the geometric mean of ${both.length}`,
  );
}

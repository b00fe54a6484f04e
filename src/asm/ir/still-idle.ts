/**
 * Which passes that had nothing to do in a function still have nothing to do after another pass has changed it. What is
 * not listed is asked again: the table saves time, and a pass that it leaves out where it should not costs instructions,
 * never meaning.
 */

/** Passes that look for instructions which no cleaning makes. */
const seekers = ["known-callees", "known-lengths", "expand-compares", "known-quotients"] as const;

/** By the pass that changed something: those that it leaves idle. */
const table: Readonly<Record<string, readonly string[]>> = {
  // Nobody read what it takes away.
  "drop-dead": [
    ...seekers,
    "drop-dead",
    "expand",
    "follow-branches",
    "forward-memory",
    "hoist-loads",
    "number-values",
    "promote",
    "reuse-loads",
    "simplify",
    "split-slots",
    "thread-jumps",
  ],
  // What it found equal is one value now; stack objects stay as they were.
  "number-values": [...seekers, "number-values", "promote"],
  // Loads go, the rest stays in its place.
  "forward-memory": [...seekers, "forward-memory", "promote"],
  // Instructions keep their operands.
  "simplify-cfg": [...seekers, "hoist-loads", "number-values", "promote", "simplify-cfg"],
  // Stack objects that it can take are taken all at once.
  promote: ["promote"],
};

const sets = new Map(Object.entries(table).map(([pass, idle]) => [pass, new Set(idle)]));

/** Whether `pass`, idle before `changer` changed the function, or `changer` itself, is idle behind it. */
export const staysIdle = (pass: string, changer: string): boolean => sets.get(changer)?.has(pass) === true;

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
    "split-slots",
    "drop-dead",
    "expand",
    "follow-branches",
    "forward-memory",
    "hoist-loads",
    "number-values",
    "one-round",
    "promote",
    "reuse-loads",
    "simplify",
    "thread-jumps",
  ],
  // What it found equal is one value now, as those that compare addresses took it for; stack objects stay as they were.
  "number-values": [...seekers, "split-slots", "hoist-loads", "number-values", "one-round", "promote", "reuse-loads"],
  // Loads go, the rest stays in its place.
  "forward-memory": [...seekers, "split-slots", "forward-memory", "hoist-loads", "promote", "reuse-loads"],
  // Instructions keep their operands; blocks that follow each other were one to those that look along a way.
  "simplify-cfg": [
    ...seekers,
    "split-slots",
    "bits-of-tests",
    "follow-branches",
    "forward-memory",
    "hoist-loads",
    "number-values",
    "promote",
    "reuse-loads",
    "simplify-cfg",
  ],
  // Stack objects that it can take are taken all at once.
  promote: ["bits-of-tests", "hoist-loads", "promote"],
  // Copies and fills become accesses of their own objects: no test, no value that was there is another.
  expand: [
    ...seekers,
    "bits-of-tests",
    "drop-dead",
    "follow-branches",
    "hoist-loads",
    "merge-tests",
    "one-round",
    "reuse-loads",
    "simplify-cfg",
    "thread-jumps",
  ],
  // Stores go that nothing reads.
  "drop-dead-stores": [
    ...seekers,
    "split-slots",
    "bits-of-tests",
    "follow-branches",
    "forward-memory",
    "hoist-loads",
    "merge-tests",
    "number-values",
    "one-round",
    "reuse-loads",
    "simplify",
  ],
  // Other objects under the same accesses; moved instructions; one instruction for two.
  "share-slots": ["drop-dead", "merge-tests", "promote", "thread-jumps"],
  "sink-uses": ["drop-dead", "merge-tests", "simplify-cfg"],
  "hoist-common": ["drop-dead", "merge-tests"],
};

const sets = new Map(Object.entries(table).map(([pass, idle]) => [pass, new Set(idle)]));

/** Whether `pass`, idle before `changer` changed the function, or `changer` itself, is idle behind it. */
export const staysIdle = (pass: string, changer: string): boolean => sets.get(changer)?.has(pass) === true;

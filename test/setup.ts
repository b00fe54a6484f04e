/** Properties take the same examples in every run; FC_SEED asks for others. */
import fc from "fast-check";

fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 7_2_12) });

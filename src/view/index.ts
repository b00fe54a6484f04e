/** `bpfasm/view`: what `inspect` and `disassemble` tell, for people to look at. */
export { type Block, type BlockRow, type Edge, type Flow, flowOf } from "./blocks.ts";
export { bytecodeView, type ViewInput } from "./bytecode-view.ts";
export { draw, type PictureKind } from "./cfg.ts";
export { inspectionText } from "./inspection-text.ts";
export { type PageInput, page } from "./page.ts";
export { viewScript } from "./view-script.ts";
export { viewStyle } from "./view-style.ts";

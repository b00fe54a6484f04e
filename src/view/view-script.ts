/** What makes the bytecode view move, as the text of a script for the page that shows it. */

/**
 * Defines `bpfasmView(element)`. Resting on a row marks what belongs to it and shows its state; a click keeps that until
 * the next one; arrow keys move along the instructions. Of a row that is kept, the element hears by an event `bpfasm-line`
 * with `detail: { file, line }`. The function gives `{ showLine(file, line), showFunction(name) }`: what an editor beside
 * the view has its cursor on.
 */
export const viewScript = `
function bpfasmView(view) {
  "use strict";
  const states = JSON.parse(view.querySelector(".bpf-data").textContent);
  const all = (selector) => [...view.querySelectorAll(selector)];
  const panel = view.querySelector(".bpf-state");
  const byLine = new Map();
  for (const row of all("[data-line]")) {
    const rows = byLine.get(row.dataset.line) ?? [];
    rows.push(row);
    byLine.set(row.dataset.line, rows);
  }
  view.classList.toggle("bpf-states", states.some((one) => Object.keys(one).length > 0));
  let marked = [];
  let pinned;

  const funcOf = (row) => row.closest("[data-func]");
  function cell(row, text) {
    const made = document.createElement("td");
    made.textContent = text;
    row.append(made);
  }
  function table(known) {
    const made = document.createElement("table");
    const places = [...Object.entries(known.regs), ...Object.entries(known.stack).map(([off, words]) => ["r10" + off, words])];
    for (const [place, words] of places) {
      const row = document.createElement("tr");
      row.dataset.place = place;
      cell(row, place);
      cell(row, words);
      made.append(row);
    }
    return made;
  }
  function showState(row) {
    const func = funcOf(row).dataset.func;
    const known = states[func][row.dataset.slot];
    const title = document.createElement("p");
    title.className = "bpf-none";
    title.textContent = known
      ? "before " + row.dataset.slot + ", seen " + known.visits + "x" + (known.refs ? ", holding " + known.refs + " references" : "")
      : "the verifier does not come by here";
    panel.replaceChildren(title, ...(known ? [table(known)] : []));
  }
  function showPicture(row) {
    const func = funcOf(row).dataset.func;
    for (const picture of all(".bpf-picture")) picture.hidden = picture.dataset.func !== func;
    return view.querySelector('.bpf-picture[data-func="' + func + '"]');
  }
  function mark(row, scroll) {
    for (const one of marked) one.classList.remove("bpf-on", "bpf-pinned");
    marked = [row, ...(byLine.get(row.dataset.line) ?? [])];
    const insns = row.classList.contains("bpf-insn") ? [row] : marked.filter((one) => one.classList.contains("bpf-insn"));
    const picture = insns[0] && showPicture(insns[0]);
    for (const insn of insns) {
      if (picture && funcOf(insn).dataset.func === picture.dataset.func)
        marked.push(...picture.querySelectorAll('.cfg-insn[data-slot="' + insn.dataset.slot + '"]'));
    }
    for (const one of marked) one.classList.add("bpf-on");
    if (pinned === row) row.classList.add("bpf-pinned");
    if (insns[0]) showState(insns[0]);
    if (scroll) for (const one of new Set([insns[0], marked.find((m) => m.classList.contains("bpf-line")), marked.find((m) => m.tagName === "text")]))
      if (one && one !== row) one.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  const rowAt = (target) => {
    const drawn = target.closest(".cfg-insn, .cfg-source");
    if (drawn) {
      const func = drawn.closest("[data-func]").dataset.func;
      return view.querySelector('.bpf-code [data-func="' + func + '"] [data-slot="' + drawn.dataset.slot + '"]');
    }
    return target.closest(".bpf-insn, .bpf-line[data-line]");
  };
  function keep(row) {
    pinned = row;
    mark(row, true);
    const [, line, file] = /^(\\d+) (.*)$/s.exec(row.dataset.line ?? "") ?? [];
    if (line) view.dispatchEvent(new CustomEvent("bpfasm-line", { bubbles: true, detail: { file, line: Number(line) } }));
  }
  function letGo() {
    for (const one of marked) one.classList.remove("bpf-on", "bpf-pinned");
    marked = [];
    pinned = undefined;
  }
  view.addEventListener("mouseover", (event) => {
    const row = rowAt(event.target);
    if (row && !pinned) mark(row, false);
  });
  view.addEventListener("click", (event) => {
    const row = rowAt(event.target);
    if (!row) return;
    if (pinned === row) {
      pinned = undefined;
      mark(row, true);
    } else keep(row);
    if (row.classList.contains("bpf-insn")) row.focus({ preventScroll: true });
  });
  view.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const rows = all(".bpf-insn");
    const at = rows.indexOf(pinned);
    if (!step || at === -1) return;
    const next = rows[at + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
    keep(next);
  });
  return {
    showLine(file, line) {
      letGo();
      const row = byLine.get(line + " " + file)?.find((one) => one.classList.contains("bpf-insn"));
      if (!row) return;
      mark(row, false);
      row.scrollIntoView({ block: "nearest" });
    },
    showFunction(name) {
      for (const title of all(".bpf-code h2")) if (title.firstChild.textContent.trim() === name) title.parentElement.scrollIntoView();
    },
  };
}
`;

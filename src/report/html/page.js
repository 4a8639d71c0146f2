"use strict";
// What the page does beyond being read: sorting, filtering, the flame graph. Without this script nothing is hidden; with
// it, long tables are short from the start, so this runs before there is a body.
document.documentElement.classList.add("script");
const find = (id) => document.getElementById(id);
const make = (name, text, parent) => {
  const element = document.createElement(name);
  element.textContent = text;
  if (parent) parent.append(element);
  return element;
};

// Links open what they lead to, and printing opens everything.
const links = () => {
  const open = () => {
    const target = location.hash && find(decodeURIComponent(location.hash.slice(1)));
    for (let up = target; up; up = up.parentElement) if (up.tagName === "DETAILS") up.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", open);
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
  open();
};

// Tables: a button in each head sorts, numbers by their value and words by their letters.
const sorting = () => {
  for (const table of document.querySelectorAll("table.sortable")) {
    const body = table.tBodies[0];
    const value = (row, column) => {
      const cell = row.cells[column];
      return cell.dataset.v === undefined ? cell.textContent : Number(cell.dataset.v);
    };
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = make("button", head.textContent);
      button.type = "button";
      head.replaceChildren(button);
      if (!head.hasAttribute("aria-sort")) head.setAttribute("aria-sort", "none");
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "none" ? head.classList.contains("n") : head.getAttribute("aria-sort") === "ascending";
        heads.forEach((one) => one.setAttribute("aria-sort", "none"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const keyed = [...body.rows].map((row) => [value(row, column), row]);
        keyed.sort(([a], [b]) => (down ? -1 : 1) * (typeof a === "number" ? a - b : a.localeCompare(b)));
        const shown = keyed.length - body.querySelectorAll(".more").length;
        keyed.forEach(([, row], index) => row.classList.toggle("more", index >= shown));
        body.append(...keyed.map(([, row]) => row));
      });
    });
    const hidden = body.querySelectorAll(".more").length;
    if (hidden > 0) {
      const all = make("button", `Show all ${body.rows.length.toLocaleString("en")}`);
      all.type = "button";
      all.className = "show";
      all.addEventListener("click", () => { table.classList.add("all"); all.remove(); });
      table.parentElement.after(all);
    }
  }
};

const filtering = () => {
  for (const filter of document.querySelectorAll("input.filter")) {
    const table = find(filter.dataset.table);
    let texts;
    filter.addEventListener("input", () => {
      texts ??= [...table.tBodies[0].rows].map((row) => [row, row.textContent.toLowerCase()]);
      const wanted = filter.value.trim().toLowerCase();
      if (wanted) table.classList.add("all");
      for (const [row, text] of texts) row.classList.toggle("unmatched", !text.includes(wanted));
    });
  }
};

// The flame graph. A node is a function in its place below its callers; values come from its callees and itself.
const GROWTH = 2;
const ROW = 21;
const quantity = (value, unit) => {
  if (unit !== "bytes") return Math.round(value).toLocaleString("en");
  let size = Math.abs(value);
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let power = 0;
  while (size >= 1023.95 && power < units.length - 1) { size /= 1024; power += 1; }
  return `${value < 0 ? "-" : ""}${size.toFixed(power ? 1 : 0)} ${units[power]}`;
};
const signed = (value, unit) => (value < 0 ? "" : "+") + quantity(value, unit);
const percent = (share) => (share > 0 && share < 0.01 ? "<1 %" : `${Math.round(100 * share)} %`);

const prepare = (flame) => {
  const size = flame.nodes.length;
  const totals = flame.values.map((own) => Float64Array.from(own));
  const children = Array.from({ length: size + 1 }, () => []);
  for (let node = size - 1; node >= 0; node -= 1) {
    const parent = flame.parents[node];
    if (parent >= 0) totals.forEach((total) => { total[parent] += total[node]; });
    children[parent < 0 ? size : parent].push(node);
  }
  const whole = totals.map((total) => children[size].reduce((sum, node) => sum + Math.max(0, total[node]), 0));
  return { ...flame, size, totals, children, whole };
};

const drawing = () => {
  const view = find("flame");
  const flames = JSON.parse(find("flames").textContent);
  if (!view || flames.length === 0) return;
  const graph = find("flame-graph");
  const told = find("flame-told");
  const search = find("flame-search");
  let flame = prepare(flames[0]);
  let mode = GROWTH;
  let focus = flame.size;

  const total = (node) => (node === flame.size ? flame.whole[mode] : Math.max(0, flame.totals[mode][node]));
  const parent = (node) => (flame.parents[node] < 0 ? flame.size : flame.parents[node]);
  const name = (node) => (node === flame.size ? "all" : flame.functions[flame.nodes[node]][0]);
  const change = (node) => (node === flame.size ? flame.whole[1] - flame.whole[0] : flame.totals[1][node] - flame.totals[0][node]);
  const hits = (node) => search.value.trim() && node !== flame.size && name(node).toLowerCase().includes(search.value.trim().toLowerCase());
  const tint = (node) => {
    if (node === flame.size) return "all";
    if (mode === GROWTH) return flame.functions[flame.nodes[node]][2];
    const larger = Math.max(flame.totals[0][node], flame.totals[1][node]);
    const share = larger > 0 ? change(node) / larger : 0;
    return share < -0.3 ? "d0" : share < -0.05 ? "d1" : share <= 0.05 ? "d2" : share <= 0.3 ? "d3" : "d4";
  };
  const tell = (node) => {
    const [before, after] = node === flame.size ? flame.whole : [flame.totals[0][node], flame.totals[1][node]];
    told.textContent = `${name(node)}: ${quantity(before, flame.unit)} before, ${quantity(after, flame.unit)} after, ${signed(change(node), flame.unit)}. ${percent(total(node) / (flame.whole[mode] || 1))} of what is drawn${node === flame.size ? "" : `. ${flame.functions[flame.nodes[node]][1]}`}`;
  };

  const draw = () => {
    graph.replaceChildren();
    const above = [];
    for (let node = focus; node !== flame.size; node = parent(node)) above.unshift(parent(node));
    const width = graph.clientWidth || 1000;
    const boxes = [];
    let depth = 0;
    const box = (node, left, share, level, past) => {
      const button = make("button", share * width > 24 ? name(node) : "");
      button.type = "button";
      button.className = `${tint(node)}${past ? " past" : ""}${hits(node) ? " hit" : ""}`;
      button.style.left = `${100 * left}%`;
      button.style.width = `${100 * share}%`;
      button.style.top = `${level * ROW}px`;
      button.tabIndex = node === focus ? 0 : -1;
      button.dataset.node = node;
      button.setAttribute("role", "treeitem");
      button.setAttribute("aria-level", level + 1);
      button.setAttribute("aria-label", `${name(node)}, ${quantity(total(node), flame.unit)}`);
      boxes.push(button);
      depth = Math.max(depth, level + 1);
    };
    above.forEach((node, level) => box(node, 0, 1, level, true));
    const scale = total(focus) || 1;
    // Depth first with a list of its own: stacks may be deeper than the script's.
    const work = [[focus, 0, above.length]];
    while (work.length > 0) {
      const [node, left, level] = work.pop();
      const share = total(node) / scale;
      if (share * width < 1.5 && node !== focus) continue;
      box(node, left, node === focus ? 1 : share, level, false);
      let at = left;
      for (const child of [...flame.children[node]].sort((a, b) => total(b) - total(a))) {
        work.push([child, at, level + 1]);
        at += total(child) / scale;
      }
    }
    graph.append(...boxes);
    graph.style.height = `${depth * ROW + 2}px`;
    graph.classList.toggle("searching", search.value.trim() !== "");
    tell(focus);
  };
  const go = (node) => {
    focus = node;
    draw();
    graph.querySelector("[tabindex='0']").focus({ preventScroll: true });
  };
  const found = () => {
    const names = new Set();
    let sum = 0;
    // A function within another that was found is counted once.
    const inside = new Uint8Array(flame.size + 1);
    for (let node = 0; node < flame.size; node += 1) {
      const hit = hits(node);
      if (hit && total(node) > 0) {
        names.add(name(node));
        if (!inside[parent(node)]) sum += total(node);
      }
      inside[node] = hit || inside[parent(node)] ? 1 : 0;
    }
    find("flame-found").textContent = search.value.trim() === "" ? "" : `${names.size} ${names.size === 1 ? "function" : "functions"}, ${percent(sum / (flame.whole[mode] || 1))} of what is drawn`;
    draw();
  };

  graph.addEventListener("click", (event) => { if (event.target.dataset.node) go(Number(event.target.dataset.node)); });
  for (const kind of ["mouseover", "focusin"]) {
    graph.addEventListener(kind, (event) => { if (event.target.dataset.node) tell(Number(event.target.dataset.node)); });
  }
  graph.addEventListener("keydown", (event) => {
    const here = Number(event.target.dataset.node);
    const drawn = (node) => graph.querySelector(`[data-node="${node}"]`);
    const siblings = () => flame.children[parent(here)].filter(drawn).sort((a, b) => total(b) - total(a));
    const step = {
      ArrowUp: () => drawn(parent(here)),
      ArrowDown: () => [...flame.children[here]].sort((a, b) => total(b) - total(a)).map(drawn).find(Boolean),
      ArrowLeft: () => (here === flame.size ? null : drawn(siblings()[siblings().indexOf(here) - 1])),
      ArrowRight: () => (here === flame.size ? null : drawn(siblings()[siblings().indexOf(here) + 1])),
    }[event.key];
    if (event.key === "Escape") go(flame.size);
    if (!step) return;
    event.preventDefault();
    const next = step();
    if (next) next.focus();
  });
  search.addEventListener("input", found);
  find("flame-reset").addEventListener("click", () => { search.value = ""; focus = flame.size; found(); });
  view.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  const legend = () => {
    const words = mode === GROWTH ? [["own", "own code"], ["dependency", "dependencies"], ["std", "Go's own"]] : [["grew", "grew"], ["same", "the same"], ["shrank", "shrank"]];
    find("flame-legend").replaceChildren(...words.map(([key, word]) => {
      const entry = make("span", word);
      entry.className = `k-${key}`;
      return entry;
    }), make("span", "Click or Enter zooms, arrow keys move, Escape shows all."));
    find("flame-legend").lastChild.className = "hint";
  };
  for (const radio of view.querySelectorAll("[name=mode]")) {
    radio.addEventListener("change", () => { mode = Number(radio.value); legend(); found(); });
  }
  const kinds = find("flame-kinds");
  kinds.classList.toggle("single", flames.length === 1);
  flames.forEach((one, index) => {
    const label = make("label", "", kinds);
    const radio = make("input", "", label);
    Object.assign(radio, { type: "radio", name: "kind", checked: index === 0 });
    label.append(` ${one.kind}`);
    radio.addEventListener("change", () => { flame = prepare(one); focus = flame.size; found(); });
  });
  view.hidden = false;
  // Where nothing grew, there is still what is there.
  if (flame.whole[GROWTH] === 0) {
    mode = 1;
    view.querySelector("[name=mode][value='1']").checked = true;
  }
  legend();
  draw();
  addEventListener("resize", draw);
};

addEventListener("DOMContentLoaded", () => {
  sorting();
  filtering();
  drawing();
  links();
});

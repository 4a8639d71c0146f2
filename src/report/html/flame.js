// The flame graph. A node is a function in its place below its callers; values come from its callees and itself.
const [BEFORE, AFTER, GREW, SHRANK, CHANGED] = [0, 1, 2, 3, 4];
const ROW = 21;

// A tree of functions from its nodes, callers before their callees, with the sums of all that ends below each. The node
// after the last stands for all.
const tree = (functions, parents, nodes, own) => {
  const size = nodes.length;
  const totals = own.map((values) => Float64Array.from(values));
  const children = Array.from({ length: size + 1 }, () => []);
  for (let node = size - 1; node >= 0; node -= 1) {
    const parent = parents[node];
    if (parent >= 0) totals.forEach((total) => { total[parent] += total[node]; });
    children[parent < 0 ? size : parent].push(node);
  }
  totals[CHANGED] = totals[GREW].map((grew, node) => grew + totals[SHRANK][node]);
  const whole = totals.map((total) => children[size].reduce((sum, node) => sum + Math.max(0, total[node]), 0));
  return { functions, parents, nodes, size, totals, children, whole };
};

const prepare = (flame) => {
  // What shrank follows from the others: grown less shrunk is the change.
  const [before, after, grew] = flame.values;
  const own = [before, after, grew, grew.map((grown, node) => Math.max(0, grown - (after[node] - before[node])))];
  return { ...tree(flame.functions, flame.parents, flame.nodes, own), unit: flame.unit, own };
};

// All stacks through one function: what calls it as a tree of callers, and what it calls as one of callees. Of a function
// that calls itself the outermost call counts.
const sandwich = (flame, wanted) => {
  const merged = () => ({ parents: [-1], nodes: [wanted], own: [[0], [0], [0], [0]], places: new Map() });
  const step = (side, parent, fun) => {
    const key = parent * flame.functions.length + fun;
    if (!side.places.has(key)) {
      side.places.set(key, side.nodes.length);
      side.parents.push(parent);
      side.nodes.push(fun);
      side.own.forEach((values) => values.push(0));
    }
    return side.places.get(key);
  };
  const [callers, callees] = [merged(), merged()];
  const inside = new Int32Array(flame.size).fill(-1);
  for (let node = 0; node < flame.size; node += 1) {
    const above = flame.parents[node];
    if (above >= 0 && inside[above] >= 0) inside[node] = step(callees, inside[above], flame.nodes[node]);
    else if (flame.nodes[node] === wanted) {
      inside[node] = 0;
      let place = 0;
      for (let up = above; up >= 0; up = flame.parents[up]) place = step(callers, place, flame.nodes[up]);
      callers.own.forEach((values, column) => { values[place] += flame.totals[column][node]; });
    } else continue;
    callees.own.forEach((values, column) => { values[inside[node]] += flame.own[column][node]; });
  }
  return [callers, callees].map((side) => tree(flame.functions, side.parents, side.nodes, side.own));
};

// The boxes of a tree from one node on: where each stands, as shares of the width, and in which row below the node's.
const boxes = (drawn, from, mode, least) => {
  const total = (node) => (node === drawn.size ? drawn.whole[mode] : Math.max(0, drawn.totals[mode][node]));
  const scale = total(from) || 1;
  const list = [];
  // Depth first with a list of its own: stacks may be deeper than the script's.
  const work = [[from, 0, 0]];
  while (work.length > 0) {
    const [node, left, row] = work.pop();
    const share = node === from ? 1 : total(node) / scale;
    if (share < least && node !== from) continue;
    list.push({ drawn, node, left, share, row });
    let at = left;
    for (const child of [...drawn.children[node]].sort((a, b) => total(b) - total(a))) {
      work.push([child, at, row + 1]);
      at += total(child) / scale;
    }
  }
  return list;
};

const drawing = () => {
  const view = find("flame");
  if (!view) return;
  const flames = JSON.parse(find("flames").textContent);
  if (flames.length === 0) return;
  const graph = find("flame-graph");
  const words = find("flame-words");
  const search = find("flame-search");
  let flame = prepare(flames[0]);
  let mode = GREW;
  let focus = flame.size;
  // The function in the middle of the sandwich, if that is what is drawn.
  let middle = null;
  let shown = [];

  const wanted = () => search.value.trim().toLowerCase();
  const name = ({ drawn, node }) => (node === drawn.size ? "all" : drawn.functions[drawn.nodes[node]][0]);
  const values = ({ drawn, node }) => (node === drawn.size ? drawn.whole : drawn.totals.map((total) => total[node]));
  const hit = (box) => wanted() !== "" && box.node !== box.drawn.size && name(box).toLowerCase().includes(wanted());
  const tint = (box) => {
    if (box.node === box.drawn.size) return "all";
    const [before, after] = values(box);
    const owner = box.drawn.functions[box.drawn.nodes[box.node]][2];
    if (mode === GREW) return owner;
    if (mode === CHANGED) return after < before ? `less ${owner}` : owner;
    const larger = Math.max(before, after);
    const share = larger > 0 ? (after - before) / larger : 0;
    return share < -0.3 ? "d0" : share < -0.05 ? "d1" : share <= 0.05 ? "d2" : share <= 0.3 ? "d3" : "d4";
  };
  const tell = (box) => {
    const [before, after, grew, shrank] = values(box);
    const sides = grew > 0 && shrank > 0 ? ` (${signed(grew, flame.unit)} and ${signed(-shrank, flame.unit)})` : "";
    const file = box.node === box.drawn.size ? "" : `. ${box.drawn.functions[box.drawn.nodes[box.node]][1]}`;
    words.textContent = `${name(box)}: ${quantity(before, flame.unit)} before, ${quantity(after, flame.unit)} after, ${signed(after - before, flame.unit)}${sides}. ${percent(values(box)[mode] / (flame.whole[mode] || 1))} of what is drawn${file}`;
  };

  // What is drawn, each box in its row.
  const layout = (least) => {
    if (middle === null) {
      const above = [];
      for (let node = focus; node !== flame.size;) {
        node = flame.parents[node] < 0 ? flame.size : flame.parents[node];
        above.unshift({ drawn: flame, node, left: 0, share: 1, past: true });
      }
      above.forEach((box, row) => { box.row = row; });
      return [...above, ...boxes(flame, focus, mode, least).map((box) => ({ ...box, row: box.row + above.length, here: box.node === focus }))];
    }
    const [callers, callees] = sandwich(flame, middle).map((side) => boxes(side, 0, mode, least));
    const height = Math.max(...callers.map((box) => box.row));
    return [
      ...callers.filter((box) => box.row > 0).map((box) => ({ ...box, row: height - box.row })),
      ...callees.map((box) => ({ ...box, row: height + box.row, here: box.row === 0 })),
    ];
  };
  const draw = () => {
    const width = graph.clientWidth || 1000;
    shown = layout(1.5 / width);
    let rows = 0;
    const buttons = shown.map((box, index) => {
      const button = make("button", box.share * width > 24 ? name(box) : "");
      button.type = "button";
      button.className = `${tint(box)}${box.past ? " past" : ""}${hit(box) ? " hit" : ""}${middle !== null && box.here ? " middle" : ""}`;
      button.style.left = `${100 * box.left}%`;
      button.style.width = `${100 * box.share}%`;
      button.style.top = `${box.row * ROW}px`;
      button.tabIndex = box.here ? 0 : -1;
      button.dataset.box = index;
      button.setAttribute("role", "treeitem");
      button.setAttribute("aria-level", box.row + 1);
      button.setAttribute("aria-label", `${name(box)}, ${quantity(values(box)[mode], flame.unit)}`);
      box.button = button;
      rows = Math.max(rows, box.row + 1);
      return button;
    });
    graph.replaceChildren(...buttons);
    graph.style.height = `${rows * ROW + 2}px`;
    graph.classList.toggle("searching", wanted() !== "");
    tell(shown.find((box) => box.here));
  };
  const focused = () => {
    draw();
    const here = graph.querySelector("[tabindex='0']");
    here.focus({ preventScroll: true });
    if (middle !== null) here.scrollIntoView({ block: "nearest" });
  };
  const go = (box) => {
    if (middle === null) focus = box.node;
    else if (box.node !== box.drawn.size) middle = box.drawn.nodes[box.node];
    focused();
  };
  const found = () => {
    const names = new Set();
    let sum = 0;
    // A function within another that was found is counted once.
    const inside = new Uint8Array(flame.size + 1);
    for (let node = 0; node < flame.size; node += 1) {
      const box = { drawn: flame, node };
      const above = flame.parents[node] < 0 ? flame.size : flame.parents[node];
      const found = hit(box);
      if (found && flame.totals[mode][node] > 0) {
        names.add(name(box));
        if (!inside[above]) sum += flame.totals[mode][node];
      }
      inside[node] = found || inside[above] ? 1 : 0;
    }
    find("flame-found").textContent = wanted() === "" ? "" : `${names.size} ${names.size === 1 ? "function" : "functions"}, ${percent(sum / (flame.whole[mode] || 1))} of what is drawn`;
    draw();
  };
  // The function that most of what is drawn ends in, or in what it calls: the deepest of one's own code in each stack.
  const heaviest = () => {
    const sums = new Map();
    const own = new Int32Array(flame.size);
    const ends = mode === CHANGED ? GREW : mode;
    for (let node = 0; node < flame.size; node += 1) {
      const above = flame.parents[node];
      const isOwn = flame.functions[flame.nodes[node]][2] === "own" || above < 0;
      own[node] = isOwn ? flame.nodes[node] : own[above];
      sums.set(own[node], (sums.get(own[node]) ?? 0) + flame.own[ends][node]);
    }
    return [...sums].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
  };

  const boxOf = (event) => shown[event.target.dataset.box];
  graph.addEventListener("click", (event) => { if (boxOf(event)) go(boxOf(event)); });
  for (const kind of ["mouseover", "focusin"]) {
    graph.addEventListener(kind, (event) => { if (boxOf(event)) tell(boxOf(event)); });
  }
  graph.addEventListener("keydown", (event) => {
    const here = boxOf(event);
    if (!here) return;
    if (event.key === "Escape") {
      if (middle !== null) view.querySelector("[name=view][value=stacks]").click();
      focus = flame.size;
      focused();
    }
    const row = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: 0, ArrowRight: 0 }[event.key];
    if (row === undefined) return;
    event.preventDefault();
    const around = shown.filter((box) => box.row === here.row + row && box !== here);
    const middleOf = (box) => box.left + box.share / 2;
    const candidates = {
      ArrowLeft: () => around.filter((box) => box.left < here.left).sort((a, b) => b.left - a.left),
      ArrowRight: () => around.filter((box) => box.left > here.left).sort((a, b) => a.left - b.left),
      ArrowUp: () => around,
      ArrowDown: () => around,
    }[event.key]();
    const touches = (box) => box.left < here.left + here.share - 1e-9 && here.left < box.left + box.share - 1e-9;
    const next = row === 0 ? candidates[0] : candidates.filter(touches).sort((a, b) => b.share - a.share || middleOf(a) - middleOf(b))[0];
    if (next) next.button.focus();
  });
  search.addEventListener("input", found);
  find("flame-reset").addEventListener("click", () => {
    search.value = "";
    focus = flame.size;
    view.querySelector("[name=view][value=stacks]").click();
    found();
  });
  view.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  const legend = () => {
    const owners = [["own", "own code"], ["dependency", "dependencies"], ["std", "Go's own"]];
    const words = mode === GREW ? owners : mode === CHANGED ? [...owners, ["less", "less than before"]] : [["grew", "grew"], ["same", "the same"], ["shrank", "shrank"]];
    const help = middle === null ? "Click or Enter zooms, arrow keys move, Escape shows all." : "Callers stand above the function, callees below it. Click or Enter moves another one there, Escape leads back.";
    find("flame-legend").replaceChildren(...words.map(([key, word]) => {
      const entry = make("span", word);
      entry.className = `k-${key}`;
      return entry;
    }), make("span", help));
    find("flame-legend").lastChild.className = "hint";
  };
  for (const radio of view.querySelectorAll("[name=mode]")) {
    radio.addEventListener("change", () => { mode = Number(radio.value); legend(); found(); });
  }
  for (const radio of view.querySelectorAll("[name=view]")) {
    radio.addEventListener("change", () => {
      if (radio.value === "stacks") middle = null;
      else middle = focus === flame.size ? heaviest() : flame.nodes[focus];
      legend();
      found();
    });
  }
  const kinds = find("flame-kinds");
  kinds.classList.toggle("single", flames.length === 1);
  flames.forEach((one, index) => {
    const label = make("label", "", kinds);
    const radio = make("input", "", label);
    Object.assign(radio, { type: "radio", name: "kind", checked: index === 0 });
    label.append(` ${one.kind}`);
    radio.addEventListener("change", () => {
      flame = prepare(one);
      focus = flame.size;
      if (middle !== null) middle = heaviest();
      found();
    });
  });
  view.hidden = false;
  // Where nothing grew, there is still what is there.
  if (flame.whole[GREW] === 0) {
    mode = AFTER;
    view.querySelector(`[name=mode][value='${AFTER}']`).checked = true;
  }
  legend();
  draw();
  addEventListener("resize", draw);
};

addEventListener("DOMContentLoaded", () => {
  themes();
  sorting();
  filtering();
  document.querySelectorAll("svg.chart").forEach(choosing);
  drawing();
  links();
});
